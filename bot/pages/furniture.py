"""What stands around a story's text, told from each block by itself."""

import re
from dataclasses import dataclass

from bot.agency import ends_in_credit
from bot.article import Role
from bot.pages.boilerplate import Boilerplate, boilerplate
from bot.pages.particulars import Particulars, read_particulars
from bot.pages.wording import one_of

_CAPTION = re.compile(
    rf"(?i:{one_of('caption')}\s?[:：|/])|FILE\s?[-–—:]|(?i:file photo)\b"
    r"|(?i:(?:photo|image|picture)s?\s(?:credit|courtesy|by|copyright)\b[^.!?]{2,60}\Z)"
    r"|In this (?:\w+\.? \d{1,2},? \d{4},? (?:file |handout )?|(?:file|undated|handout|combination)\s)"
    r"(?:photo|image|picture|frame)\b"
    r"|In this (?:photo|image|picture|frame)(?: \w+)? (?:taken|made|released|provided|posted|from)\b"
)
_LONGEST_CAPTION = 400
"""Characters of a photo's caption with its credit."""
_WHY = {
    Boilerplate.INTRODUCING: "a line that other stories follow",
    Boilerplate.LINE: "a line of the site’s own",
    Boilerplate.POINTER: "points at another story",
    Boilerplate.PROMPT: "speaks to the reader of the page itself",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """A block beside the story's text: its role, and why."""

    role: Role
    why: str
    kind: Boilerplate | None = None
    particulars: Particulars | None = None

    @property
    def mild(self) -> bool:
        """Whether it could be a story's headline all the same: `Watch: …`, `Photo: …`, `Live`."""
        return self.role in (Role.BOILERPLATE, Role.CAPTION) and self.kind is not Boilerplate.PROMPT


def furniture(text: str) -> Furniture | None:
    """Tell what a block is if it is no text, wherever on the page it stands."""
    if particulars := read_particulars(text):
        return Furniture(role=particulars.role, why=particulars.why, particulars=particulars)
    if not any(character.isalpha() for character in text):
        return Furniture(role=Role.BOILERPLATE, why="has no words")
    if kind := boilerplate(text):
        return Furniture(role=Role.BOILERPLATE, why=_WHY[kind], kind=kind)
    if len(text) <= _LONGEST_CAPTION:
        if _CAPTION.match(text):
            return Furniture(role=Role.CAPTION, why="begins as captions and credits do")
        if ends_in_credit(text):
            return Furniture(role=Role.CAPTION, why="ends in a photo credit")
    return None
