"""How a query may be read: for each typed word the headline words that may be meant, and how well they fit.

Words are taken as they were typed first, the last one also as a beginning. Only a word that no headline
has is corrected at once. Words that headlines do have are doubted when nothing was found otherwise, and
then neighbours are joined ("retu rns") and unknown words split ("coastalconcerns") as well.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from operator import itemgetter
from typing import NamedTuple

from bot.search.query import Query, Term
from bot.search.vocabulary import Vocabulary
from bot.text import is_unspaced

# Fits, between 0 and 1 (the word as it was typed). Measured on generated queries, except that they keep the
# order: exact, completed, misspelled.
COMPLETED = 0.82
"""An unknown last word completed; COMPLETED_SHARE more the more of the word was typed."""
COMPLETED_KNOWN = 0.62
"""A last word that is a word of its own, completed all the same."""
COMPLETED_SHARE = 0.10
MISSPELLED = 0.84
"""What a correction's likeness is multiplied with when no headline has the typed word."""
DOUBTED_RARE = 0.80
DOUBTED = 0.75
"""The same for a typed word that some headlines have, RARE or more."""
CUT_OFF = 0.66
"""The fit of a word whose beginning is one edit away from an unfinished last word."""
JOINED = 0.80
"""The fit of a word made of two typed ones, or of two made of one."""

NAMED = 0.84
"""The fit of a name that was typed in one word with its particle. No other guess fits better."""
PARTICLES = ("o", "d", "l", "al", "el")
"""What an apostrophe or a hyphen parts from a name."""

UNEXPLAINED = 20
"""A word that nothing explains weighs at least as one that every twentieth headline has."""
RARE = 3
"""Headlines below which a word may itself be somebody's typo."""
TOO_COMMON_TO_DOUBT = 10_000
NARROW = 0.42
"""How much worse than the best one an alternative may fit."""
SHORTEST_COMPLETED = 2
SHORTEST_CUT_OFF = 4
SHORTEST_SPLIT = 7
SHORTEST_PART = 3
"""Letters."""
MOST_SPLITS = 3
"""Ways to part a word that are tried, common words first."""
LONE_LIKENESS = 0.7
"""The likeness that the correction of a lone word must reach, where no other word bears the guess out. Four
letters may have any slip but one of the first letter, six may have two if these are easily made."""
OUTWEIGHED = 10
"""How many times as many headlines a correction must have as all completions of a lone word together, to be
preferred to them: people stop typing more often than they slip."""
DEMOTED = 0.5
"""What the fit of such completions is multiplied with."""


_NONE: frozenset[int] = frozenset()


class How(IntEnum):
    """How a headline word was met, best last."""

    CORRECTED = 0
    COMPLETED = 1
    EXACT = 2


class Group(NamedTuple):
    """A word of a reading: the headline words that may stand for it."""

    typed: str
    weight: float
    fits: dict[int, float]
    """Fit by word, best first; empty when nothing explains the typed word."""
    exact: int | None
    """The typed word itself, where headlines have it."""
    completed: frozenset[int]
    enough: float
    """The fit at which there is no reason to look for another reading."""
    size: int
    """Headlines that have one of the words, at most."""
    required: bool

    @property
    def most(self) -> float:
        """The best fit there is."""
        return next(iter(self.fits.values()), 0.0)

    def how(self, word: int) -> How:
        """Tell how a word of the group was met."""
        if word == self.exact:
            return How.EXACT
        return How.COMPLETED if word in self.completed else How.CORRECTED


class Reading(NamedTuple):
    """One way to take the whole query."""

    groups: tuple[Group, ...]

    @property
    def weight(self) -> float:
        """The groups' weights together."""
        return sum(group.weight for group in self.groups)

    @property
    def enough(self) -> float:
        """The coverage at which there is no reason to look for another reading."""
        return sum(group.weight * group.enough for group in self.groups) / self.weight


def _reading(groups: Iterable[Group]) -> Reading:
    """Put groups together. A word that nothing explains weighs as much as any other: its absence tells."""
    groups = tuple(groups)
    if not all(group.fits for group in groups):
        heaviest = max(group.weight for group in groups)
        groups = tuple(group if group.fits else group._replace(weight=heaviest) for group in groups)
    return Reading(groups)


class Reader:
    """Reads queries by a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, headlines: int) -> None:
        self._vocabulary = vocabulary
        self._headlines = headlines

    def as_typed(self, query: Query, *, unfinished: bool) -> Reading:
        """Read the words as they stand; complete the last, correct those that no headline has."""
        last = len(query.terms) - 1
        return _reading(
            self._group(
                term,
                beginning=at == last,
                doubted=False,
                alone=last == 0 and not unfinished,
                shortest=1 if unfinished else SHORTEST_COMPLETED,
            )
            for at, term in enumerate(query.terms)
        )

    def otherwise(self, query: Query, *, unfinished: bool) -> Iterator[Reading]:
        """Read the query in the other ways there are: joined, split, and with every word in doubt."""
        last = len(query.terms) - 1
        alone = last == 0 and not unfinished
        groups = [
            self._group(term, beginning=at == last, doubted=True, alone=alone, shortest=SHORTEST_COMPLETED)
            for at, term in enumerate(query.terms)
        ]
        yield _reading(groups)
        for at, term in enumerate(query.terms):
            if term.quoted:
                continue
            if at < last and not query.terms[at + 1].quoted:
                joined = self._joined(term.word, query.terms[at + 1].word)
                if joined:
                    yield _reading((*groups[:at], joined, *groups[at + 2 :]))
            for split in self._splits(term.word):
                yield _reading((*groups[:at], *split, *groups[at + 1 :]))

    def _group(self, term: Term, *, beginning: bool, doubted: bool, alone: bool, shortest: int) -> Group:
        vocabulary = self._vocabulary
        typed = term.word
        exact = vocabulary.number(typed)
        frequency = vocabulary.frequencies[exact] if exact is not None else 0
        fits: dict[int, float] = {}
        completed: list[int] = []
        base = COMPLETED_KNOWN if frequency else COMPLETED
        if exact is not None:
            fits[exact] = 1.0
        if not term.quoted:
            completed = self._completed(typed, shortest if beginning else None)
            for word in completed:
                fits[word] = base + COMPLETED_SHARE * len(typed) / len(vocabulary.words[word])
            if (not frequency and (doubted or not completed)) or (
                doubted and frequency < TOO_COMMON_TO_DOUBT
            ):
                self._add_corrections(typed, frequency, fits, LONE_LIKENESS if alone else 0.0)
                self._add_name(typed, frequency, fits)
                if doubted and beginning and not frequency and not alone:
                    self._add_cut_off(typed, fits)
            elif alone and not frequency:
                self._weigh_against_corrections(typed, completed, fits)
        if exact is not None and len(fits) == 1:
            weight = vocabulary.word_weight(typed, frequency, self._headlines)
            return Group(typed, weight, fits, exact, _NONE, 1.0, frequency, term.quoted or term.title)
        group = self._weighed(typed, fits, exact, completed, required=term.quoted or term.title)
        return group._replace(enough=min(group.enough, base)) if completed else group

    def _completed(self, typed: str, shortest: int | None) -> list[int]:
        """Return the words that a beginning of `shortest` letters may become."""
        if len(typed) == 1 and is_unspaced(typed):
            return self._vocabulary.pairs_with(typed)
        if shortest is None or len(typed) < shortest or typed.isdigit():
            return []
        return self._vocabulary.completions(typed)

    def _add_corrections(self, typed: str, frequency: int, fits: dict[int, float], least: float) -> None:
        share = DOUBTED if frequency >= RARE else DOUBTED_RARE if frequency else MISSPELLED
        for likeness, word in self._vocabulary.near(typed, least=least):
            fit = likeness * share
            if fit > fits.get(word, 0.0):
                fits[word] = fit

    def _add_name(self, typed: str, frequency: int, fits: dict[int, float]) -> None:
        """Read "obrien" as O'Brien and "alassad" as al-Assad: by the name, if headlines have the particle too."""
        if frequency:
            return
        for particle in PARTICLES:
            name = typed.removeprefix(particle)
            if name == typed or len(name) < SHORTEST_PART or self._vocabulary.number(particle) is None:
                continue
            word = self._vocabulary.number(name)
            if word is not None:
                fits[word] = max(NAMED, fits.get(word, 0.0))

    def _add_cut_off(self, typed: str, fits: dict[int, float]) -> None:
        if len(typed) < SHORTEST_CUT_OFF:
            return
        for word in self._vocabulary.near_beginnings(typed):
            fits.setdefault(word, CUT_OFF)

    def _weigh_against_corrections(self, typed: str, completed: list[int], fits: dict[int, float]) -> None:
        frequencies = self._vocabulary.frequencies
        together = sum(frequencies[word] for word in completed)
        if together > self._headlines // OUTWEIGHED:
            return
        near = self._vocabulary.near(typed, least=LONE_LIKENESS)
        if near and max(frequencies[word] for _, word in near) > OUTWEIGHED * together:
            for word in completed:
                fits[word] *= DEMOTED
            self._add_corrections(typed, 0, fits, LONE_LIKENESS)

    def _weighed(
        self, typed: str, fits: dict[int, float], exact: int | None, completed: list[int], *, required: bool
    ) -> Group:
        vocabulary = self._vocabulary
        frequencies = vocabulary.frequencies
        # What fits alike stays in the order in which the vocabulary named it.
        ranked = sorted(fits.items(), key=itemgetter(1), reverse=True)
        best = ranked[0][1] if ranked else 0.0
        kept = {word: fit for word, fit in ranked if fit > best - NARROW}
        common = max((frequencies[word] for word, fit in kept.items() if fit > best - 0.03), default=0)
        if not kept:
            # Heavier than what stop words and the commonest words could carry alone.
            common = self._headlines // UNEXPLAINED
        return Group(
            typed=typed,
            weight=vocabulary.word_weight(typed, common, self._headlines),
            fits=kept,
            exact=exact,
            completed=frozenset(completed),
            enough=best,
            size=sum(frequencies[word] for word in kept),
            required=required,
        )

    def _joined(self, left: str, right: str) -> Group | None:
        vocabulary = self._vocabulary
        word = vocabulary.number(left + right)
        if word is None or (
            vocabulary.frequency(left) and vocabulary.frequency(right) and vocabulary.frequencies[word] < RARE
        ):
            return None
        return self._weighed(f"{left} {right}", {word: JOINED}, None, [], required=False)

    def _splits(self, typed: str) -> list[tuple[Group, Group]]:
        vocabulary = self._vocabulary
        if vocabulary.number(typed) is not None:
            return []
        found: list[tuple[int, int, int]] = []
        cuts = range(SHORTEST_PART, len(typed) - SHORTEST_PART + 1) if len(typed) >= SHORTEST_SPLIT else ()
        for cut in {*cuts, *_borders(typed)}:
            left, right = vocabulary.number(typed[:cut]), vocabulary.number(typed[cut:])
            if left is not None and right is not None:
                rarer = min(vocabulary.frequencies[left], vocabulary.frequencies[right])
                found.append((-rarer, left, right))
        return [
            (
                self._weighed(typed, {left: JOINED}, None, [], required=False),
                self._weighed(typed, {right: JOINED}, None, [], required=False),
            )
            for _, left, right in sorted(found)[:MOST_SPLITS]
        ]


def _borders(typed: str) -> list[int]:
    """Return where letters and digits meet: "covid19" is as good as "covid-19"."""
    return [at for at in range(1, len(typed)) if typed[at - 1].isdigit() != typed[at].isdigit()]
