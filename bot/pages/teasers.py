"""Which blocks of a page tell of other stories, found by their shapes.

A teaser is a headline, and mostly a first sentence cut short. Teasers stand together in runs, as a rule
below a short line (`Most read`) and at the page's end. Two opposite errors weigh the same: a teaser left in
the story, and a paragraph of the story taken for a teaser. So a run is believed the less it looks like a
story told in short sections: texts that break off, long headlines, nothing but furniture below it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from bot.pages.blocks import Part, Shape

_LONGEST_TEXT = 300
"""Characters of a teaser's text that is not cut; sites cut at 80 to 250."""
_LONGEST_SENTENCE = 160
"""Characters of a teaser's headline that ends in a full stop."""
_HEADLINE_WORDS = 5
_LONG_HEADLINE_WORDS = 6
_LIST_HEADLINE_WORDS = 4
"""Words from which a line is likelier to be a headline than a subheading: beside a cut text; beside a whole
one; in a list of nothing but headlines."""
_ADDRESSES_READER = re.compile(r"(?i)\b(?:you|your|our|us|we)\b")
_LONGEST_ASIDE = 150
"""Characters of a sentence to the reader between `Newsletter` and the teasers."""


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


def find_teasers(parts: Sequence[Part], first: int) -> list[Run]:
    """Find the runs of teasers among the parts from position `first`, in order."""
    reader = _Reader(parts, [at for at in range(first, len(parts)) if parts[at].is_content])
    return reader.believed()


class _Reader:
    """Reads runs from a page's content; counts in positions of `content`, not of `parts`."""

    def __init__(self, parts: Sequence[Part], content: list[int]) -> None:
        self.content = content
        self.parts = [parts[at] for at in content]
        self.introduced = [
            any(part.introduces for part in parts[(content[nth - 1] if nth else 0) + 1 : at])
            for nth, at in enumerate(content)
        ]

    def believed(self) -> list[Run]:
        """Return the runs that are teasers, with positions on the page."""
        runs = self._runs()
        found: list[Run] = []
        closed_from = len(self.parts)
        for run in reversed(runs):
            end = run.items[-1].last + 1
            if believed := self._believe(run, closed=end >= closed_from):
                found.append(believed)
                if end >= closed_from:
                    closed_from = min([believed.items[0].headline, *believed.asides])
        return [self._placed(run) for run in reversed(found)]

    def _placed(self, run: Run) -> Run:
        items = [
            Item(self.content[item.headline], None if item.text is None else self.content[item.text])
            for item in run.items
        ]
        return Run(items, run.introduced, [self.content[at] for at in run.asides])

    def _runs(self) -> list[Run]:
        runs: list[Run] = []
        at = 0
        while at < len(self.parts):
            asides = [at] if self._is_aside(at) else []
            run = Run([], introduced=self.introduced[at], asides=asides)
            at += len(asides)
            while at < len(self.parts) and not (run.items and self.introduced[at]):
                item = self._item(at, run)
                if item is None:
                    break
                run.items.append(item)
                at = item.last + 1
            if run.items:
                runs.append(run)
            else:
                at += 1
        return runs

    def _is_aside(self, at: int) -> bool:
        part = self.parts[at]
        return (
            self.introduced[at]
            and part.shape in (Shape.SENTENCE, Shape.EITHER)
            and len(part.text) <= _LONGEST_ASIDE
            and _ADDRESSES_READER.search(part.text) is not None
            and not any(mark in part.text for mark in '“”"')
        )

    def _shape(self, at: int) -> Shape | None:
        """Return the shape at a position, None beyond the end and at a line that opens another run."""
        return self.parts[at].shape if at < len(self.parts) and not self.introduced[at] else None

    def _item(self, at: int, run: Run) -> Item | None:
        part, following = self.parts[at], self._shape(at + 1)
        settled = bool(run.items) or run.introduced
        alone, pair = Item(at), Item(at, at + 1)
        match part.shape:
            case Shape.CUT:
                shorter = following is Shape.CUT and len(part.text) < len(self.parts[at + 1].text)
                return pair if settled and shorter else None
            case Shape.SENTENCE:
                after_cut = bool(run.items) and self._is_cut(run.items[-1])
                return (
                    pair
                    if after_cut and following is Shape.CUT and len(part.text) <= _LONGEST_SENTENCE
                    else None
                )
            case Shape.LINE | Shape.EITHER:
                if following is Shape.CUT:
                    return pair
                if part.shape is Shape.EITHER and not settled:
                    return None
                if following is not Shape.SENTENCE:
                    return alone
                if len(self.parts[at + 1].text) <= _LONGEST_TEXT and self._shape(at + 2) in (
                    None,
                    Shape.LINE,
                    Shape.EITHER,
                ):
                    return pair
                first = run.introduced and not run.items
                return alone if first and len(part.words) >= _LONG_HEADLINE_WORDS else None

    def _is_cut(self, item: Item) -> bool:
        return item.text is not None and self.parts[item.text].shape is Shape.CUT

    def _length(self, item: Item) -> int:
        return 0 if item.text is None else len(self.parts[item.text].text)

    def _width(self, item: Item) -> int:
        return len(self.parts[item.headline].words)

    def _believe(self, run: Run, *, closed: bool) -> Run | None:
        """Return what of a run is teasers. `closed`: nothing of the story comes after it."""
        items = self._introduced(run.items, closed=closed) if run.introduced else []
        if items:
            return Run(items, run.introduced, run.asides)
        label, items = self._label(run.items)
        cuts = [nth for nth, item in enumerate(items) if self._is_cut(item)]
        if len(cuts) > 1:
            items, label = self._trimmed(items, cuts, label)
            if not closed:
                items = (
                    items[: max(nth for nth, item in enumerate(items) if self._is_cut(item)) + 1]
                    if items
                    else []
                )
        elif not (closed and self._stands_alone(items, cuts, labelled=bool(label))):
            items = []
        return Run(items, run.introduced, label) if items else None

    def _introduced(self, items: list[Item], *, closed: bool) -> list[Item]:
        cuts = [nth for nth, item in enumerate(items) if self._is_cut(item)]
        if closed and (cuts or median(map(self._width, items)) >= _LIST_HEADLINE_WORDS):
            return items
        if cuts:
            return items[: cuts[-1] + 1]
        # The story goes on below: of whole sentences nobody can say to what they belong.
        found: list[Item] = []
        for item in items:
            if self._width(item) < _LONG_HEADLINE_WORDS:
                break
            found.append(Item(item.headline))
            if item.text is not None:
                break
        return found

    def _label(self, items: list[Item]) -> tuple[list[int], list[Item]]:
        """Part a run from a short line above it that no phrase knows, `Plus de lecture`."""
        first, rest = items[0], items[1:]
        is_label = (
            first.text is None
            and first.headline > 0
            and bool(rest)
            and self._width(first) < _LIST_HEADLINE_WORDS
            and median(map(self._width, rest)) >= _LIST_HEADLINE_WORDS
        )
        return ([first.headline], rest) if is_label else ([], items)

    def _trimmed(self, items: list[Item], cuts: list[int], label: list[int]) -> tuple[list[Item], list[int]]:
        """Take from the front of a run of cut texts what is likelier the story's own end."""
        usual = median(self._length(items[nth]) for nth in cuts[1:])
        first = items[cuts[0]]
        loose = 0.6 <= self._length(first) / usual <= 1.4
        sure = loose or self.parts[first.headline].shape is Shape.LINE and self._length(first) <= 1.6 * usual
        if not sure:
            items = items[cuts[0] + 1 :]
            return (items, []) if sum(map(self._is_cut, items)) > 1 else ([], [])
        start = cuts[0]
        while start and self._leads(items[start - 1], usual):
            start -= 1
        return items[start:], label if start == 0 else []

    def _leads(self, item: Item, usual: float) -> bool:
        """Tell whether an uncut item above cut ones is a teaser too, and not a section of the story."""
        wide = self._width(item) >= _LONG_HEADLINE_WORDS
        return wide and item.headline > 0 and self._length(item) <= 1.3 * usual

    def _stands_alone(self, items: list[Item], cuts: list[int], *, labelled: bool) -> bool:
        """Tell whether items with one cut text, or none, at the page's end are teasers."""
        start = items[0].headline
        above = [part for part in self.parts[:start] if part.shape in (Shape.SENTENCE, Shape.CUT)]
        if not above or self.parts[start].bullet or self.parts[start - 1].text.endswith(":"):
            return False
        widths = [self._width(item) for item in items]
        if cuts:
            needed = _HEADLINE_WORDS if len(items) == 1 else _LONG_HEADLINE_WORDS
            return self.parts[start].shape is Shape.LINE and min(widths) >= needed
        if all(item.text is None for item in items):
            return len(items) > 1 and min(widths) >= _LIST_HEADLINE_WORDS
        return len(items) >= (2 if labelled else 3) and sum(widths) / len(widths) >= _LONG_HEADLINE_WORDS
