"""A page's text -> its blocks, and the shape of each."""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property, lru_cache

from bot.agency import split_dateline
from bot.pages.boilerplate import Boilerplate
from bot.pages.furniture import Furniture, furniture
from bot.pages.wording import one_of
from bot.text import clean, words

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_PARAGRAPH_ENDS = re.compile("[\x0c\u2029]")
_CUT = re.compile(
    rf"(?:\.{{3,}}|…|\[(?:\.{{3}}|…)\]|\((?:\.{{3}}|…)\))(?:\s*[\[(]?(?i:{one_of('more')})[\s.»>→\])]*)?\Z"
)
_CLOSED = re.compile(r"(?:[.!?。！？।॥؟۔።။;,:；，：]|…(?=[\"'”’»“‘«]))[\"'”’»“‘«)\]」』）]*\Z")
_ASKED = re.compile(r"[!?！？؟][\"'”’»“‘«)\]」』）]*\Z")
_ABBREVIATED = re.compile(r"(?:\b(?:[A-Z]\.){2,}|\b(?:Inc|Co|Corp|Ltd|Jr|Sr|a\.m|p\.m|St|No)\.)\Z")
_SENTENCE_INSIDE = re.compile(
    r"[^\W_A-Z][”’»\")]*[.!?؟।][”’»\")]*\s+[\"“‘«'¿¡]?[^\W\d_a-zß-öø-ÿа-я]|[。！？]."
)
_BULLET = re.compile(r"(?:[•◦▪●‣*–—-]|\(?\d{1,2}[.)])\s+")
_LONGEST_HEADLINE = 200
"""Characters of a line without a full stop that can be a headline; longer ones are text that lost its stop."""
_LINES_OF_TEXT = 2
"""Line ends in a block that make it text, whatever it ends in: an address, a verse."""
_LONGEST_CRY = 120
"""Characters of a question or a cry that can be a headline."""
_LONGEST_WRAPPED = 100
"""Characters of a line in a file that was wrapped by hand; longer lines end where their paragraph ends."""
_REMEMBERED = 10_000
_LONGEST_REMEMBERED = 100
"""Blocks of which is remembered what they are, and their characters. A site's own come back on all its pages."""


class Shape(Enum):
    """What a block looks like, whatever it says."""

    LINE = auto()
    """Short and without a full stop: a headline, a subheading."""
    EITHER = auto()
    """One short sentence that a headline may be as well: a question, a cry, `… in the U.S.`"""
    SENTENCE = auto()
    """Text that comes to an end, or is too long for a headline."""
    CUT = auto()
    """Text that breaks off with an ellipsis."""


_OF_HEADLINES = (Shape.LINE, Shape.EITHER)


@dataclass(frozen=True)
class Part:
    """A block while the page is being read."""

    raw: str
    text: str
    furniture: Furniture | None

    @cached_property
    def shape(self) -> Shape:
        """What the block looks like."""
        text = self.text
        if _CUT.search(text):
            return Shape.CUT
        if self.raw.count("\n") >= _LINES_OF_TEXT:
            return Shape.SENTENCE
        is_open = _ASKED.search(text) or _ABBREVIATED.search(text)
        if is_open and len(text) <= _LONGEST_CRY and not _SENTENCE_INSIDE.search(text):
            return Shape.EITHER
        return Shape.SENTENCE if len(text) > _LONGEST_HEADLINE or _CLOSED.search(text) else Shape.LINE

    @cached_property
    def words(self) -> list[str]:
        """The block's normalised words."""
        return words(self.text)

    @cached_property
    def words_told(self) -> list[str]:
        """The same without a dateline."""
        return words(split_dateline(self.text).rest)

    @property
    def has_sentences(self) -> bool:
        """Whether a sentence ends inside of it."""
        return _SENTENCE_INSIDE.search(self.text) is not None

    @property
    def is_content(self) -> bool:
        """Whether the block is no furniture."""
        return self.furniture is None

    @property
    def introduces(self) -> bool:
        """Whether it is a line that other stories follow."""
        return self.furniture is not None and self.furniture.kind is Boilerplate.INTRODUCING

    @cached_property
    def bullet(self) -> str:
        """The bullet or the number before an item of a list; empty where there is none."""
        match = _BULLET.match(self.text)
        return match.group() if match else ""


def split_blocks(text: str) -> list[Part]:
    """Cut a page at its blank lines, and a block of several short entries at its lines."""
    text = _LINE_ENDS.sub("\n", _PARAGRAPH_ENDS.sub("\n\n", text))
    blocks: list[list[str]] = [[]]
    for line in map(str.strip, text.split("\n")):
        if line and ((line.isascii() and line.isprintable()) or clean(line)):
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    if len(blocks) == 1:
        # Not one blank line in the file: every line is a block.
        blocks = [[line] for line in blocks[0]]
    by_hand = all(len(line) <= _LONGEST_WRAPPED for block in blocks for line in block)
    return _with_content([part for block in blocks for part in _entries(block, by_hand=by_hand)])


def _part(raw: str) -> Part:
    return _short_part(raw) if len(raw) <= _LONGEST_REMEMBERED else _new_part(raw)


def _new_part(raw: str) -> Part:
    text = clean(raw)
    return Part(raw.strip(), text, furniture(text))


@lru_cache(maxsize=_REMEMBERED)
def _short_part(raw: str) -> Part:
    return _new_part(raw)


def _entries(lines: list[str], *, by_hand: bool) -> list[Part]:
    """Return a block's parts: its lines, or all of them together where they are one wrapped paragraph.

    `by_hand`: no line of the file is longer than those of files that were wrapped by hand.
    """
    whole = _part("\n".join(lines))
    if len(lines) == 1:
        return [whole]
    parts = [_part(line) for line in lines]
    if all(part.shape is Shape.SENTENCE for part in parts):
        return parts if any(len(part.text) > _LONGEST_WRAPPED for part in parts) else [whole]
    # A headline with its byline and date right below, or a few particulars together.
    if parts[0].introduces or all(part.furniture for part in parts[1:]):
        return parts
    return parts if _are_pairs(parts, by_hand=by_hand) else [whole]


def _are_pairs(parts: list[Part], *, by_hand: bool) -> bool:
    """Tell whether lines are headlines, each with its text right below, and not a text that was wrapped."""
    headlines, texts = parts[::2], parts[1::2]
    if len(headlines) != len(texts) or any(part.shape not in _OF_HEADLINES for part in headlines):
        return False
    if any(part.text[:1].islower() or part.shape is Shape.LINE for part in texts):
        return False
    return all(part.shape is Shape.CUT for part in texts) or not by_hand


def _with_content(parts: list[Part]) -> list[Part]:
    """Take for a headline what looks like furniture but stands where among teasers a headline stands."""
    kept = list(parts)
    for at, part in enumerate(parts[1:-1], start=1):
        before, after = kept[at - 1], parts[at + 1]
        if (
            part.furniture is None
            or not part.furniture.mild
            or after.furniture
            or after.shape is not Shape.CUT
        ):
            continue
        among = (before.is_content and before.shape is Shape.CUT) or (
            before.introduces and not part.introduces
        )
        if among:
            kept[at] = replace(part, furniture=None)
    return kept
