"""What people type to find a headline, from a seed: in full, in part, in haste.

Kinds: a, one word; b, two or three words; c, the same with one of them mistyped; d, the last word
unfinished; e, the whole headline with two slips; f, words out of order; g, one mistyped word alone; h,
what is hard: two mistyped words, a mistyped and unfinished one, two words run together, one torn apart.
For b, c, d, f and h exactly one headline has all the words that are meant.
"""

import json
import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bot.text import stop_words, words

KINDS = "abcdefgh"
SHORTEST = 4
"""Letters of a word that somebody would search for, and might mistype."""
COMMON = 3_000
"""Headlines from which on a word alone says too little."""
TRIES = 12
"""Times that other words of a headline are tried before it is passed over."""

_KEYS = {
    letter: (row, column + row / 2)
    for row, letters in enumerate(("qwertyuiop", "asdfghjkl", "zxcvbnm"))
    for column, letter in enumerate(letters)
}
_BESIDE = {
    letter: [
        other for other, (r, c) in _KEYS.items() if other != letter and abs(r - row) + abs(c - column) <= 1.5
    ]
    for letter, (row, column) in _KEYS.items()
}

Typed: TypeAlias = tuple[list[str], str]
"""The words that are meant, and what is typed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and what it should find."""

    kind: str
    q: str
    target: str
    """The headline that is meant."""
    intended: tuple[str, ...]
    df: int = 0
    """For one word alone: how many headlines have it."""


def slip(word: str, rng: random.Random) -> str:
    """Mistype a word by one key; its first letter is mostly right."""
    while True:
        at = rng.randrange(len(word)) if rng.random() < 0.1 else rng.randrange(1, len(word))
        letter = word[at]
        beside = _BESIDE.get(letter, [letter])
        match rng.choices(("beside", "missing", "swapped", "extra"), (40, 25, 20, 15))[0]:
            case "beside":
                typed = word[:at] + rng.choice(beside) + word[at + 1 :]
            case "missing":
                typed = word[:at] + word[at + 1 :]
            case "swapped":
                typed = word[:at] + word[at + 1 : at + 2] + letter + word[at + 2 :]
            case _:
                typed = word[:at] + rng.choice([letter, *beside]) + word[at:]
        if typed != word:
            return typed


class Typist:
    """Makes up queries for some headlines."""

    def __init__(self, headlines: Sequence[str], seed: int) -> None:
        self._headlines = headlines
        self._rng = random.Random(seed)
        self._split = [words(headline) for headline in headlines]
        self._having: defaultdict[str, set[int]] = defaultdict(set)
        for at, split in enumerate(self._split):
            for word in split:
                self._having[word].add(at)
        self._sorted = sorted(self._having)

    def queries(self, per_kind: int) -> list[Asked]:
        """Make up to `per_kind` queries of each kind."""
        kinds: dict[str, Callable[[int], Typed | None]] = {
            "a": self._one_word,
            "b": self._few_words,
            "c": self._mistyped,
            "d": self._unfinished,
            "e": self._pasted,
            "f": self._shuffled,
            "g": self._mistyped_alone,
            "h": self._hard,
        }
        made: list[Asked] = []
        for kind, make in kinds.items():
            typed: dict[str, Asked] = {}
            for at in self._rng.sample(range(len(self._headlines)), min(len(self._headlines), per_kind * 20)):
                if len(typed) == per_kind:
                    break
                if query := make(at):
                    meant, q = query
                    df = len(self._having[meant[0]]) if kind in "ag" else 0
                    typed.setdefault(q, Asked(kind, q, self._headlines[at], tuple(meant), df))
            made += typed.values()
        return made

    def _telling(self, at: int) -> list[str]:
        """Return the words of a headline that somebody would search for."""
        return [
            word
            for word in dict.fromkeys(self._split[at])
            if len(word) >= SHORTEST and word.isascii() and word.isalpha() and word not in stop_words()
        ]

    def _all_have(self, meant: Sequence[str]) -> set[int]:
        return set.intersection(*(self._having[word] for word in meant))

    def _some(self, at: int, *counts: int) -> list[str] | None:
        """Choose words of a headline, in their order, that no other headline has together."""
        telling = self._telling(at)
        for _ in range(TRIES):
            count = self._rng.choice(counts)
            if count <= len(telling):
                places = sorted(self._rng.sample(range(len(telling)), count))
                meant = [telling[place] for place in places]
                if len(self._all_have(meant)) == 1:
                    return meant
        return None

    def _one_word(self, at: int) -> Typed | None:
        rare = [word for word in self._telling(at) if len(self._having[word]) <= COMMON]
        return ([word := self._rng.choice(rare)], word) if rare else None

    def _few_words(self, at: int) -> Typed | None:
        meant = self._some(at, 2, 3, 3)
        return (meant, " ".join(meant)) if meant else None

    def _mistyped(self, at: int) -> Typed | None:
        meant = self._some(at, 2, 3, 3)
        return (meant, self._with_slips(meant, 1)) if meant else None

    def _with_slips(self, meant: Sequence[str], count: int) -> str:
        typed = list(meant)
        for place in self._rng.sample(range(len(typed)), count):
            typed[place] = slip(typed[place], self._rng)
        return " ".join(typed)

    def _unfinished(self, at: int) -> Typed | None:
        meant = self._some(at, 2, 3)
        if not meant or len(meant[-1]) <= SHORTEST:
            return None
        beginning = meant[-1][: self._rng.randint(3, len(meant[-1]) - 1)]
        start, end = (bisect_left(self._sorted, beginning + end) for end in ("", "\uffff"))
        rest = self._all_have(meant[:-1])
        possible = set().union(*(rest & self._having[word] for word in self._sorted[start:end]))
        return (meant, " ".join([*meant[:-1], beginning])) if len(possible) == 1 else None

    def _pasted(self, at: int) -> Typed | None:
        typed = self._headlines[at].split()
        places = [place for place, word in enumerate(typed) if len(word) >= SHORTEST and word.isalpha()]
        if len(places) < 2:
            return None
        for place in self._rng.sample(places, 2):
            typed[place] = slip(typed[place].lower(), self._rng)
        return self._split[at], " ".join(typed)

    def _shuffled(self, at: int) -> Typed | None:
        meant = self._some(at, 3, 4, 5)
        return (meant, " ".join(self._rng.sample(meant, len(meant)))) if meant else None

    def _mistyped_alone(self, at: int) -> Typed | None:
        known = [
            word
            for word in self._telling(at)
            if len(word) > SHORTEST and 3 <= len(self._having[word]) <= COMMON
        ]
        if not known:
            return None
        typed = slip(word := self._rng.choice(known), self._rng)
        return None if typed in self._having else ([word], typed)

    def _hard(self, at: int) -> Typed | None:
        meant = self._some(at, 2, 3, 3)
        if not meant:
            return None
        last = meant[-1]
        match self._rng.choice(("two slips", "two slips", "unfinished slip", "run together", "torn apart")):
            case "two slips":
                return meant, self._with_slips(meant, 2)
            case "unfinished slip" if len(last) > 6:
                beginning = slip(last[: self._rng.randint(5, len(last) - 1)], self._rng)
                return meant, " ".join([*meant[:-1], beginning])
            case "run together":
                pairs = [
                    pair
                    for pair in zip(self._split[at], self._split[at][1:], strict=False)
                    if set(pair) <= set(meant)
                ]
                if pairs:
                    pair = self._rng.choice(pairs)
                    return meant, " ".join([*(word for word in meant if word not in pair), "".join(pair)])
            case "torn apart" if len(last) > 6:
                cut = self._rng.randint(3, len(last) - 3)
                return meant, " ".join([*meant[:-1], last[:cut], last[cut:]])
        return None


def read(path: Path) -> list[Asked]:
    """Read queries, one a line: {"kind", "q", "target", "intended", "df"}."""
    with path.open(encoding="utf-8") as lines:
        return [
            Asked(row["kind"], row["q"], row["target"], tuple(row["intended"]), row.get("df", 0))
            for row in map(json.loads, lines)
        ]
