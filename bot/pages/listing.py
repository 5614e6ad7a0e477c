"""A list of other stories read as a whole: which of its blocks are headlines, and which their texts.

One block at a time, a headline that ends in a full stop and a text that is a question look like one another.
The whole list tells them apart: teasers of one list are built alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from bot.pages.blocks import Part, Shape

LONGEST_TEXT = 300
"""Characters of a teaser's text that is not cut; sites cut at 80 to 250."""
LONGEST_SENTENCE = 160
"""Characters of a teaser's headline that ends in a full stop."""

# What speaks against a block in its place. Only the sizes relative to one another matter: a headline in an
# odd shape is dearer than a text in one, and two odd ones are dearer than a list that is built in two ways.
_AS_HEADLINE = {Shape.LINE: 0.0, Shape.EITHER: 0.3, Shape.CUT: 1.0, Shape.SENTENCE: 1.5}
_AS_TEXT = {Shape.CUT: 0.0, Shape.SENTENCE: 0.3, Shape.EITHER: 0.7, Shape.LINE: 1.5}
_UNLIKE_THE_OTHERS = 1.2
_BORNE = 0.75
"""What may speak against a list for each of its teasers."""
_ALIKE = (0.6, 1.4)
"""How long a cut text is beside the others of its list. Where sites cut at a word, they differ by less."""
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Item:
    """The positions of one teaser's headline and of its text."""

    headline: int
    text: int | None = None

    @property
    def last(self) -> int:
        """The position of the item's last block."""
        return self.headline if self.text is None else self.text


@dataclass(slots=True)
class Run:
    """Teasers that stand together."""

    items: list[Item]
    introduced: bool
    asides: list[int] = field(default_factory=list)
    """Positions of short lines above it that only lead to it."""


def read_list(parts: Sequence[Part], start: int, end: int) -> list[Item] | None:
    """Read all parts from start to end as one list; None if too much speaks against it."""
    readings = [_Reading(parts[start:end], pairs=pairs) for pairs in (True, False)]
    best = min(readings, key=lambda reading: reading.cost)
    items = [Item(start + item.headline, item.text and start + item.text) for item in best.items]
    return items if best.cost <= _BORNE * len(items) and _are_alike(parts, items) else None


def _are_alike(parts: Sequence[Part], items: Sequence[Item]) -> bool:
    """Tell whether the texts below headlines with a full stop are cut where the others are."""
    texts = [
        (parts[item.headline].shape, len(parts[item.text].text)) for item in items if item.text is not None
    ]
    usual = median([length for shape, length in texts if shape is not Shape.SENTENCE] or [0])
    return all(
        _ALIKE[0] * usual <= length <= _ALIKE[1] * usual for shape, length in texts if shape is Shape.SENTENCE
    )


class _Reading:
    """The best way to read a list of pairs, or one of headlines alone, in which a few may be otherwise."""

    def __init__(self, parts: Sequence[Part], *, pairs: bool) -> None:
        self.parts = parts
        self.dear_pair = 0.0 if pairs else _UNLIKE_THE_OTHERS
        self.dear_alone = _UNLIKE_THE_OTHERS if pairs else 0.0

    @property
    def cost(self) -> float:
        """What speaks against it in all."""
        return self._best[-1][0]

    @cached_property
    def _best(self) -> list[tuple[float, bool]]:
        """For each number of blocks: what they cost at least, and whether the last two of them are a pair."""
        best = [(0.0, False)]
        for at, part in enumerate(self.parts):
            alone = best[at][0] + _as_headline(part) + self.dear_alone
            pair = _NEVER
            if at and (self.parts[at - 1].shape is not Shape.SENTENCE or part.shape is Shape.CUT):
                pair = best[at - 1][0] + _as_headline(self.parts[at - 1]) + _as_text(part) + self.dear_pair
            best.append(min((alone, False), (pair, True)))
        return best

    @cached_property
    def items(self) -> list[Item]:
        """The teasers, in order."""
        found: list[Item] = []
        at = len(self.parts)
        while at:
            found.append(Item(at - 2, at - 1) if self._best[at][1] else Item(at - 1))
            at -= 2 if self._best[at][1] else 1
        return found[::-1]


def _as_headline(part: Part) -> float:
    fits = part.shape in (Shape.LINE, Shape.EITHER) or len(part.text) <= LONGEST_SENTENCE
    return _AS_HEADLINE[part.shape] if fits else _NEVER


def _as_text(part: Part) -> float:
    fits = part.shape is Shape.CUT or len(part.text) <= LONGEST_TEXT
    return _AS_TEXT[part.shape] if fits else _NEVER
