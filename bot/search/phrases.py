"""Words side by side: which headlines and texts have them."""

from collections.abc import Iterable, Sequence

import numpy as np

from bot.search.postings import Postings
from bot.search.rows import Numbers, Rows
from bot.text import words


def rows_with(phrase: Sequence[int], rows: Rows, postings: Postings) -> Numbers:
    """Return the rows, dead ones included, that have some words, by number, side by side."""
    lists = sorted((postings.of(word) for word in set(phrase)), key=len)
    found = lists[0]
    for having in lists[1:]:
        found = np.intersect1d(found, having, assume_unique=True)
    flat, starts = rows.gather(found)
    places = len(flat) - len(phrase) + 1
    if places < 1:
        return found[:0]
    met = np.ones(places, np.bool_)
    for at, word in enumerate(phrase):
        met &= flat[at : at + places] == word
    first = np.flatnonzero(met)
    owner = np.searchsorted(starts, first, "right")
    # Not where the words begin in one headline and end in the next.
    owner = owner[owner == np.searchsorted(starts, first + len(phrase) - 1, "right")]
    with_all: Numbers = found[np.unique(owner) - 1]
    return with_all


def has_phrase(phrase: Sequence[str], parts: Iterable[str]) -> bool:
    """Tell whether one of a text's parts has some normalised words side by side."""
    wanted = f" {' '.join(phrase)} "
    return any(wanted in f" {' '.join(words(part))} " for part in parts)
