"""How likely a word was meant when another was typed: not every edit is as likely as the next.

Keys that lie side by side are mixed up, neighbours swap places, double letters are written once, vowels
are guessed. Such an edit costs less than one that no hand and no ear explains.
"""

from functools import cache
from string import ascii_lowercase

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


@cache
def _replacements() -> dict[tuple[str, str], float]:
    costs = {(one, other): VOWEL for one in _VOWELS for other in _VOWELS}
    return costs | dict.fromkeys(_near_keys(), NEIGHBOUR)


def cost(typed: str, meant: str) -> float:
    """Return what it costs to read `typed` as `meant`: the cheapest edits (optimal string alignment) added up."""
    total = 0.0 if typed[:1] == meant[:1] else FIRST_LETTER
    # What both begin and end with costs nothing.
    start = 0
    shorter = min(len(typed), len(meant))
    while start < shorter and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < shorter - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    written, wanted = typed[start : len(typed) - end], meant[start : len(meant) - end]
    if len(written) == len(wanted) == 1:
        return total + _replacements().get((written, wanted), PLAIN)
    if len(written) == len(wanted) == 2 and written == wanted[::-1]:
        return total + SWAPPED
    # One letter on either side is kept, so that a doubled letter is seen as one.
    start = max(0, start - 1)
    end = max(0, end - 1)
    return total + _align(typed[start : len(typed) - end], meant[start : len(meant) - end])


def _align(typed: str, meant: str) -> float:
    replacements = _replacements()
    missing = _singles(meant)
    before: list[float] = []
    above = [0.0]
    for letter_cost in missing:
        above.append(above[-1] + letter_cost)
    last_key = ""
    for key, extra in zip(typed, _singles(typed), strict=True):
        row = [above[0] + extra]
        last_letter = ""
        for j, letter in enumerate(meant):
            if key == letter:
                best = above[j]
            else:
                best = above[j] + replacements.get((key, letter), PLAIN)
                best = min(best, above[j + 1] + extra, row[j] + missing[j])
                if key == last_letter and last_key == letter:
                    best = min(best, before[j - 1] + SWAPPED)
            row.append(best)
            last_letter = letter
        before, above, last_key = above, row, key
    return above[-1]


def _singles(word: str) -> list[float]:
    """Return for each letter what it costs when it is too many or missing: less beside its like."""
    return [
        DOUBLED if word[at - 1 : at] == letter or word[at + 1 : at + 2] == letter else PLAIN
        for at, letter in enumerate(word)
    ]


def one_edit_away(typed: str) -> set[str]:
    """Return every string that a slip of one letter from a to z, behind the first, could have made `typed` of."""
    cuts = [(typed[:at], typed[at:]) for at in range(1, len(typed) + 1)]
    left_out = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    replaced = {left + letter + right[1:] for left, right in cuts if right for letter in ascii_lowercase}
    inserted = {left + letter + right for left, right in cuts if right for letter in ascii_lowercase}
    return (left_out | swapped | replaced | inserted) - {typed}
