"""A page's passages -> its story: each passage from the headline on gets its role, and the reason for it."""

import re
from collections.abc import Sequence

from bot.article import Role
from bot.pages.boilerplate import Boilerplate, boilerplate
from bot.pages.furniture import furniture
from bot.pages.html.credits import is_label, particulars
from bot.pages.html.links import Teased
from bot.pages.html.passages import MOSTLY_LINKS, Passage
from bot.pages.html.places import Place
from bot.pages.html.tree import Element
from bot.pages.names import read_unlabelled
from bot.text import words

SHUNNED = frozenset(
    {
        Place.NAVIGATION,
        Place.FOOTER,
        Place.ASIDE,
        Place.RELATED,
        Place.COMMENTS,
        Place.FURNITURE,
        Place.HIDDEN,
    }
)
"""Places where no text of a story stands."""
_MOST_PROSE = 0.4
"""Share of a page's prose from which an element holds the story itself, whatever its name says."""
_SENTENCE = 40
"""Characters from which a passage that ends as sentences do is one, and no label or button."""
_CLOSED = re.compile(r"[.!?:;…。！？।॥؟۔][\"'”’»)\]]*\Z")
_ENTRIES = frozenset({"li", "dt", "dd"})
_OF_STANDFIRST = re.compile(
    r"(?:^| )(?:dek|deck|stand ?first|sub ?title|sub ?head(?:line|ing)?|summary|excerpt|lead|lede|intro\w*|teaser|strapline"
    r"|description|tagline|abstract)(?= |$)"
)
_LABEL_WORDS = 6
"""Words up to which a line above the text is a name, a section or a label."""
_FEW_BESIDE = 4
"""Elements in the one around a standfirst: headline, date, byline and itself."""
_FEW_WORDS = 3
"""Words that a standfirst has at least."""
_READING_TIME = re.compile(r"(?i)\b\d+[- ]min(?:ute)?s?\b")


def places(passages: Sequence[Passage]) -> list[frozenset[Place]]:
    """Tell for each passage what the elements around it are for, except those that hold most of the page's prose."""
    prose = sum(len(passage.text) for passage in passages if passage.is_prose)
    return [
        frozenset(part.place for part in passage.containers if part.prose <= _MOST_PROSE * prose)
        for passage in passages
    ]


def find_headline(passages: Sequence[Passage], around: Sequence[frozenset[Place]], headline: str) -> int:
    """Return the position of the headline, a heading if possible; -1 where the page does not show it."""
    said = words(headline)
    shown = [at for at, passage in enumerate(passages) if passage.words == said and not around[at] & SHUNNED]
    return next((at for at in shown if passages[at].level), next(iter(shown), -1))


class Story:
    """The roles of a page's passages, and its text."""

    def __init__(
        self,
        passages: Sequence[Passage],
        around: Sequence[frozenset[Place]],
        taken: Sequence[bool],
        *,
        top: int,
        teased: Sequence[Teased],
        titles: Sequence[str],
        description: str | None,
        names: Sequence[str],
    ) -> None:
        """Read the story; `titles` are other forms of its headline, `names` its authors and its house."""
        self.roles: dict[int, tuple[Role, str]] = {}
        self.standfirst: int | None = None
        self.first = top + 1
        """The position of the first running text below the standfirst."""
        self._passages = passages
        self._around = around
        self._taken = taken
        self._titles = [words(title) for title in titles]
        self._names = [words(name) for name in names]
        self._description = words(description or "")
        self._top = top
        self._lists: set[Element] = set()
        self._said: set[str] = set()
        if top >= 0:
            self.roles[top] = (Role.HEADLINE, "the page’s headline")
        self._give_away(teased)
        self._read()

    @property
    def text(self) -> list[int]:
        """The positions of what is read as the story's text, below the standfirst."""
        return sorted(at for at, (role, _) in self.roles.items() if role in (Role.PARAGRAPH, Role.SUBHEADING))

    def _give_away(self, teased: Sequence[Teased]) -> None:
        for one in teased:
            for at in one.members:
                self.roles.setdefault(at, (Role.BOILERPLATE, "beside another story’s headline"))
            self.roles[one.headline] = (Role.TEASER_HEADLINE, f"another story’s headline, {one.reason}")
            if one.text is not None:
                self.roles[one.text] = (Role.TEASER_TEXT, "another story’s first words, below its headline")
            above = min(one.members) - 1
            if above > self._top and self._leads(above):
                self.roles.setdefault(above, (Role.BOILERPLATE, "a line that other stories follow"))

    def _leads(self, at: int) -> bool:
        passage = self._passages[at]
        return passage.level is not None or boilerplate(passage.text) is Boilerplate.INTRODUCING

    def _read(self) -> None:
        mine = [at for at in range(self._top + 1, len(self._passages)) if self._is_mine(at)]
        prose = [at for at in mine if self._passages[at].is_prose] or mine
        if not prose:
            return
        last = mine[-1]
        entries = (self._passages[at].element for at in mine if self._passages[at].tag in _ENTRIES)
        self._lists = {entry.getparent() for entry in entries}
        self.standfirst = self._find_standfirst(prose)
        if self.standfirst is not None:
            self.roles[self.standfirst] = (Role.STANDFIRST, "stands between headline and text")
        own = (at for at in prose if at != self.standfirst and self._passages[at].words not in self._titles)
        self.first = next(own, last)
        for at in range(self._top + 1, last + 1):
            if at not in self.roles and (found := self._role(at)):
                self.roles[at] = found
        for at in reversed(self.text):
            if self.roles[at][0] is not Role.SUBHEADING:
                break
            self.roles[at] = (Role.BOILERPLATE, "a heading with nothing of the story below it")

    def _is_mine(self, at: int) -> bool:
        return self._taken[at] and at not in self.roles and not self._around[at] & SHUNNED

    def _role(self, at: int) -> tuple[Role, str] | None:
        """Give a passage its role; None for what is not the story's at all."""
        passage = self._passages[at]
        if self._around[at] & SHUNNED:
            return None
        if beside := self._beside_text(at) or (at < self.first and self._above_text(at)):
            return beside
        if not self._taken[at] and not self._is_missed(at):
            return None
        if passage.level:
            return Role.SUBHEADING, "a heading within the story"
        if passage.is_prose:
            self._said.add(passage.text)
        why = "text of the story" if self._taken[at] else "among the paragraphs of the story"
        return Role.PARAGRAPH, why

    def _beside_text(self, at: int) -> tuple[Role, str] | None:
        """Give a passage its role that stands within the story and is none of its text."""
        passage = self._passages[at]
        if found := furniture(passage.text):
            return found.role, found.why
        if passage.words in self._titles:
            return Role.REPEAT, "says the headline again"
        if passage.text in self._said:
            return Role.REPEAT, "stands on the page a second time"
        if Place.CAPTION in self._around[at]:
            return Role.CAPTION, "below a picture"
        return None

    def _above_text(self, at: int) -> tuple[Role, str] | None:
        """Give a passage between headline and text its role."""
        passage = self._passages[at]
        if passage.words in self._names:
            return Role.BYLINE, "a name below the headline"
        said = particulars(passage.text)
        if any(found.published or found.updated for found in said):
            return Role.DATE, "a date below the headline"
        is_short = len(passage.words) <= _LABEL_WORDS or _READING_TIME.search(passage.text)
        if is_label(passage.text) or (not passage.level and is_short and not _CLOSED.search(passage.text)):
            return Role.BOILERPLATE, "a label above the text"
        return None

    def _find_standfirst(self, prose: Sequence[int]) -> int | None:
        """Return the position of the text that stands by itself between headline and story."""
        if self._top < 0:
            return None
        for at in range(self._top + 1, prose[0] + 1):
            passage = self._passages[at]
            unfit = self._around[at] & SHUNNED or passage.linked >= MOSTLY_LINKS or at in self.roles
            if unfit or self._beside_text(at) or self._is_signature(passage):
                continue
            named = _OF_STANDFIRST.search(passage.names) or passage.words == self._description
            if named and len(passage.words) >= _FEW_WORDS:
                return at
            if len(passage.words) > _LABEL_WORDS:
                return at if self._taken[at] and self._stands_apart(at, prose) else None
            if passage.level:
                # The story begins with a heading of its own.
                return None
        return None

    @staticmethod
    def _is_signature(passage: Passage) -> bool:
        return not _CLOSED.search(passage.text) and read_unlabelled(passage.text) is not None

    def _stands_apart(self, at: int, prose: Sequence[int]) -> bool:
        """Tell whether a date, a byline or the end of an element parts a passage from the story's text."""
        following = next((other for other in prose if other > at), None)
        if following is None or self._passages[at].level == 1:
            return False
        between = self._passages[at + 1 : following]
        said = [found for passage in between if (found := furniture(passage.text))]
        if any(found.particulars for found in said) or any(
            passage.words in self._names for passage in between
        ):
            return True
        one, other = self._passages[at].element, self._passages[following].element
        return (
            one.tag != "li"
            and one.getparent() is not other.getparent()
            and len(one.getparent()) <= _FEW_BESIDE
        )

    def _is_missed(self, at: int) -> bool:
        """Tell whether trafilatura dropped a passage that stands among those of the story."""
        passage = self._passages[at]
        if Place.CAPTION in self._around[at]:
            return False
        if passage.tag in _ENTRIES and passage.element.getparent() in self._lists:
            return True
        if passage.linked >= MOSTLY_LINKS:
            return False
        if at < self.first:
            heads_text = at == self.first - 1 and passage.level is not None and passage.level > 1
            return heads_text or (passage.is_prose and _CLOSED.search(passage.text) is not None)
        if passage.level or passage.tag in _ENTRIES:
            return True
        return len(passage.text) >= _SENTENCE and _CLOSED.search(passage.text) is not None
