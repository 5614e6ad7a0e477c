"""How likely a word was meant when another was typed: not every edit is as likely as the next.

Keys that lie side by side are mixed up, neighbours swap places, double letters are written once, vowels
are guessed. Such an edit costs less than one that no hand and no ear explains.
"""

from functools import cache

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouy")

# Costs of one edit, between 0 (no difference) and 1 (an edit without an explanation).
SWAPPED = 0.8
DOUBLED = 0.75
NEIGHBOUR = 0.85
VOWEL = 0.85
PLAIN = 1.0
FIRST_LETTER = 0.6
"""What is added when the first letters differ: people seldom miss the first."""


@cache
def _near_keys() -> frozenset[tuple[str, str]]:
    place = {key: (row, at) for row, keys in enumerate(_KEYS) for at, key in enumerate(keys)}
    return frozenset(
        (one, other)
        for one, (row, at) in place.items()
        for other, (other_row, other_at) in place.items()
        if one != other and abs(row - other_row) <= 1 and abs(at - other_at) <= 1
    )


def _replaced(typed: str, meant: str) -> float:
    if (typed, meant) in _near_keys():
        return NEIGHBOUR
    return VOWEL if typed in _VOWELS and meant in _VOWELS else PLAIN


def cost(typed: str, meant: str) -> float:
    """Return what it costs to read `typed` as `meant`: the cheapest edits (optimal string alignment) added up."""
    total = 0.0 if typed[:1] == meant[:1] else FIRST_LETTER
    # What both begin and end with costs nothing; one letter before the difference is kept, so that a
    # doubled letter is seen as one.
    start = 0
    shorter = min(len(typed), len(meant))
    while start < shorter and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < shorter - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    start = max(0, start - 1)
    end = max(0, end - 1)
    return total + _align(typed[start : len(typed) - end], meant[start : len(meant) - end])


def _align(typed: str, meant: str) -> float:
    width = len(meant) + 1
    rows: list[list[float]] = [[0.0] * width]
    for j in range(1, width):
        rows[0][j] = rows[0][j - 1] + _single(meant, j - 1)
    for i in range(1, len(typed) + 1):
        key = typed[i - 1]
        extra = _single(typed, i - 1)
        row = [rows[i - 1][0] + extra]
        for j in range(1, width):
            letter = meant[j - 1]
            if key == letter:
                best = rows[i - 1][j - 1]
            else:
                best = min(
                    rows[i - 1][j - 1] + _replaced(key, letter),
                    rows[i - 1][j] + extra,
                    row[j - 1] + _single(meant, j - 1),
                )
                if i > 1 and j > 1 and key == meant[j - 2] and typed[i - 2] == letter:
                    best = min(best, rows[i - 2][j - 2] + SWAPPED)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def _single(word: str, at: int) -> float:
    """Return the cost of a letter too many or too few: less beside its like."""
    doubled = (at and word[at - 1] == word[at]) or (at + 1 < len(word) and word[at + 1] == word[at])
    return DOUBLED if doubled else PLAIN
