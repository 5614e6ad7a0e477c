"""Which blocks of a page tell of other stories, found by their shapes.

A teaser is a headline, and mostly a first sentence cut short. Teasers stand together in runs, as a rule
below a short line (`Most read`) and at the page's end. Two opposite errors weigh the same: a teaser left in
the story, and a paragraph of the story taken for a teaser. So a run is believed the less it looks like a
story told in short sections: texts that break off, long headlines, nothing but furniture below it.
"""

import re
from collections.abc import Sequence
from statistics import median

from bot.pages.blocks import Part, Shape
from bot.pages.listing import LONGEST_SENTENCE, LONGEST_TEXT, Item, Run, read_list

_HEADLINE_WORDS = 5
_LONG_HEADLINE_WORDS = 6
_LIST_HEADLINE_WORDS = 4
"""Words from which a line is likelier to be a headline than a subheading: beside a cut text; beside a whole
one; in a list of nothing but headlines."""
_CUT_WORDS = 8
"""Words of a text that a site cut short; sites cut at 80 characters and later."""
_ADDRESSES_READER = re.compile(r"(?i)\b(?:you|your|our|us|we)\b")
_LONGEST_LIST = 200
"""Blocks of the longest list of teasers; among the blocks above it no label is looked for."""
_LONGEST_ASIDE = 150
"""Characters of a sentence to the reader between `Newsletter` and the teasers."""


_OPENING = (Shape.LINE, Shape.EITHER, None)
"""With what the next teaser can begin; None is the end."""


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
        found: list[Run] = []
        end = len(self.parts)
        for label in [at for at, introduced in enumerate(self.introduced) if introduced][::-1]:
            if label >= end:
                continue
            run = self._below_label(label, end)
            if run is None:
                break
            if label and self._is_aside(label - 1):
                run.asides.insert(0, label - 1)
            found.append(run)
            end = min([label, *run.asides])
        if unknown := self._below_unknown_label(end):
            found.append(unknown)
            end = unknown.asides[0]
        closed_from = end
        for run in reversed(self._runs(end)):
            closed = run.items[-1].last + 1 >= closed_from
            if believed := self._believe(run, closed=closed):
                found.append(believed)
                if closed:
                    closed_from = min([believed.items[0].headline, *believed.asides])
        return [self._placed(run) for run in reversed(found)]

    def _placed(self, run: Run) -> Run:
        items = [
            Item(self.content[item.headline], None if item.text is None else self.content[item.text])
            for item in run.items
        ]
        return Run(items, run.introduced, [self.content[at] for at in run.asides])

    def _runs(self, end: int) -> list[Run]:
        """Return what looks like teasers one by one, before the position `end`."""
        runs: list[Run] = []
        at = 0
        while at < end:
            asides = [at] if self._is_aside(at) else []
            run = Run([], introduced=self.introduced[at], asides=asides)
            at += len(asides)
            while at < end and not (run.items and self.introduced[at]):
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
            and at + 1 < len(self.parts)
            and (self.introduced[at + 1] or self.parts[at + 1].shape in (Shape.LINE, Shape.EITHER))
        )

    def _shape(self, at: int) -> Shape | None:
        """Return the shape at a position, None beyond the end and at a line that opens another run."""
        return self.parts[at].shape if at < len(self.parts) and not self.introduced[at] else None

    def _item(self, at: int, run: Run) -> Item | None:
        """Read one teaser; None where the shapes are not a teaser's, or not surely."""
        part, following = self.parts[at], self._shape(at + 1)
        alone, pair = Item(at), Item(at, at + 1)
        settled = bool(run.items) or run.introduced
        if following is Shape.CUT:
            return pair if part.shape in (Shape.LINE, Shape.EITHER) or self._is_odd_pair(at, run) else None
        if part.shape is not Shape.LINE and not (part.shape is Shape.EITHER and settled):
            return None
        if part.text[:2].islower() and not settled:
            # A line that an editor broke; `iPhone` is a headline's beginning.
            return None
        if following is not Shape.SENTENCE:
            return alone
        if len(self.parts[at + 1].text) <= LONGEST_TEXT and self._shape(at + 2) in _OPENING:
            return pair
        opens = run.introduced and not run.items and len(part.words) >= _LONG_HEADLINE_WORDS
        return alone if opens else None

    def _is_odd_pair(self, at: int, run: Run) -> bool:
        """Tell whether a headline that is cut itself, or ends in a full stop, stands above a cut text."""
        part = self.parts[at]
        if part.shape is Shape.CUT:
            return bool(run.items or run.introduced) and len(part.text) < len(self.parts[at + 1].text)
        expected = self._is_cut(run.items[-1]) if run.items else run.introduced
        return expected and len(part.text) <= LONGEST_SENTENCE

    def _is_cut(self, item: Item) -> bool:
        return item.text is not None and self.parts[item.text].shape is Shape.CUT

    def _length(self, item: Item) -> int:
        return 0 if item.text is None else len(self.parts[item.text].text)

    def _words_of_text(self, item: Item) -> int:
        return 0 if item.text is None else len(self.parts[item.text].words)

    def _width(self, item: Item) -> int:
        return len(self.parts[item.headline].words)

    def _below_label(self, label: int, end: int) -> Run | None:
        """Read all from a line that introduces others to the end, if it is one list of other stories."""
        asides = [label] if self._is_aside(label) else []
        items = read_list(self.parts, label + len(asides), end)
        return Run(items, True, asides) if items and self._is_list(items) else None

    def _below_unknown_label(self, end: int) -> Run | None:
        """Read the last list before the position `end` that stands below a short line no phrase knows."""
        for at in range(end - 3, max(1, end - _LONGEST_LIST), -1):
            first = self.parts[at + 1]
            if not self._label(at + 1) or first.shape is not Shape.LINE or first.bullet:
                continue
            items = read_list(self.parts, at + 1, end)
            if items and len(items) > 1 and self._is_list(items, _HEADLINE_WORDS):
                return Run(items, False, [at])
        return None

    def _is_list(self, items: list[Item], least: int = _LIST_HEADLINE_WORDS) -> bool:
        """Tell whether items with nothing of the story below are other stories, and not its last sections.

        `least`: the words of a usual headline of theirs.
        """
        width = median(map(self._width, items))
        cuts = sum(map(self._is_cut, items))
        told = [self.parts[item.text] for item in items if item.text is not None]
        if cuts and 2 * cuts >= len(told):
            return cuts > 1 or width >= least
        asked = sum(self.parts[item.headline].shape is Shape.EITHER for item in items)
        if told and 2 * asked > len(items):
            return False
        if 2 * sum(part.has_sentences for part in told) > len(told):
            least = max(least, _LONG_HEADLINE_WORDS)
        return width >= least

    def _believe(self, run: Run, *, closed: bool) -> Run | None:
        """Return what of a run is teasers. `closed`: nothing of the story comes after it."""
        if run.introduced and (items := self._introduced(run.items, closed=closed)):
            return Run(items, run.introduced, run.asides)
        pointless = self._without_points(run.items)
        items = self._beside_label(pointless)
        cuts = [nth for nth, item in enumerate(items) if self._is_cut(item)]
        if len(cuts) > 1 and median(self._words_of_text(items[nth]) for nth in cuts) < _CUT_WORDS:
            # The story ends in what is left unsaid.
            return None
        if len(cuts) > 1:
            items = self._trimmed(items, cuts, closed=closed)
        elif not (closed and self._stands_alone(items, cuts, labelled=items is not pointless)):
            items = []
        return Run(items, run.introduced, self._label(items[0].headline)) if items else None

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

    def _without_points(self, items: list[Item]) -> list[Item]:
        """Part a run from the points of a list in the story that stand directly above it."""
        points = [nth for nth, item in enumerate(items) if self.parts[item.headline].bullet]
        return (
            items[len(points) :] if points == list(range(len(points))) and len(points) < len(items) else items
        )

    def _beside_label(self, items: list[Item]) -> list[Item]:
        """Part a run from a short line above it that no phrase knows, `Plus de lecture`."""
        first, rest = items[0], items[1:]
        is_label = first.text is None and bool(rest) and bool(self._label(rest[0].headline))
        return rest if is_label and median(map(self._width, rest)) >= _LIST_HEADLINE_WORDS else items

    def _label(self, at: int) -> list[int]:
        """Return the position of a short line directly above the one at a position, if there is one."""
        above = at - 1
        if above < 1 or self.introduced[at] or self.parts[above].shape is not Shape.LINE:
            return []
        return [above] if len(self.parts[above].words) < _LIST_HEADLINE_WORDS else []

    def _trimmed(self, items: list[Item], cuts: list[int], *, closed: bool) -> list[Item]:
        """Take from the ends of a run of cut texts what is likelier the story's own."""
        usual = median(self._length(items[nth]) for nth in cuts[1:])
        first = items[cuts[0]]
        is_line = self.parts[first.headline].shape is Shape.LINE
        least, most = (0.5, 1.6) if is_line else (0.6, 1.4)
        if not least <= self._length(first) / usual <= most:
            items = items[cuts[0] + 1 :]
            cuts = [nth for nth, item in enumerate(items) if self._is_cut(item)]
            if len(cuts) < 2:
                return []
        start = cuts[0]
        while start and self._leads(items[start - 1], usual):
            start -= 1
        kept = items[start:] if closed else items[start : cuts[-1] + 1]
        while kept and (earlier := self._cut_alike(kept[0].headline, usual)):
            kept.insert(0, earlier)
        return kept

    def _cut_alike(self, at: int, usual: float) -> Item | None:
        """Return the teaser above a run that only the length at which its text is cut gives away."""
        if at < 3 or self.introduced[at] or self.introduced[at - 1]:
            return None
        headline, text = self.parts[at - 2], self.parts[at - 1]
        alike = headline.shape is not Shape.CUT is text.shape and abs(len(text.text) - usual) <= 0.1 * usual
        return Item(at - 2, at - 1) if alike and len(headline.text) <= LONGEST_SENTENCE else None

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
        asked = sum(self.parts[item.headline].shape is Shape.EITHER for item in items)
        if any(item.text is None for item in items) or 2 * asked > len(items):
            # A story's last sections, or its questions and answers.
            return False
        if any(self.parts[item.text].has_sentences for item in items if item.text is not None):
            return len(items) >= (2 if labelled else 3) and sum(widths) / len(widths) >= _LONG_HEADLINE_WORDS
        least = _LONG_HEADLINE_WORDS if len(items) == 2 else _HEADLINE_WORDS
        return len(items) > 1 and median(widths) >= least
