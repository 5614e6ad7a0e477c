"""Whether two articles are copies of one report."""

from rapidfuzz.distance import Levenshtein

from bot.stories.traits import Traits

CONTAINED = 0.6
"""Least share of the shorter text's shingles that the longer one has."""

OPENED = 0.5
"""Least share of an opening that the other text has."""

NAMING = 4
"""Words that a headline without text needs to stand for a report at any time."""

FEWEST = 8
"""Shingles below which a text proves nothing."""

DIFFERING = 0.25


def is_copy(one: Traits, other: Traits) -> bool:
    """Tell whether two articles print one report."""
    if not one.shingles or not other.shingles:
        return one.headline == other.headline and len(one.headline.split()) >= NAMING
    least = min(len(one.shingles), len(other.shingles))
    shared = len(one.shingles & other.shingles)
    if least < FEWEST or shared < CONTAINED * least:
        return False
    opened = max(
        len(one.opening & other.shingles) / len(one.opening),
        len(other.opening & one.shingles) / len(other.opening),
    )
    return opened >= OPENED and not _differ(one.tokens, other.tokens)


def _differ(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether the numbers differ where the words around them agree."""
    same = differing = 0
    for tag, a, b, c, d in Levenshtein.opcodes(one, other):
        if tag == "equal":
            same += sum(word[0].isdigit() for word in one[a:b])
        elif tag == "replace":
            differing += min(
                sum(word[0].isdigit() for word in one[a:b]), sum(word[0].isdigit() for word in other[c:d])
            )
    return differing > DIFFERING * (same + differing)
