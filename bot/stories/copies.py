"""Whether two articles are copies of one report: the same text, cut, edited and under another headline."""

from rapidfuzz.distance import Levenshtein, Opcode

from bot.stories.reports import WINDOW
from bot.stories.traits import BEGINNING, OPENING, Traits

CONTAINED = 0.45
"""Least share of the shorter text's shingles that the longer one has, where both begin alike. A paragraph cut,
a sentence put in and the house style of another newsroom together leave some 0.6."""

CONTAINED_LATER = 0.5
"""The same where one begins with a paragraph that the other has not: a sequel that repeats what is known has less."""

KEPT_LATER = 0.35
"""Least share of the longer text's shingles that the shorter one has, in that case: news in brief that another story
repeats as its background is no copy of it."""

BORROWED = 0.25
"""Share of the shorter text's shingles from which texts have wording in common. Quotes and fixed phrases in two
tellings of one event make up less: see the pairs of the tests."""

OPENED = 0.35
"""Least share of an opening that stands at the beginning of the other text."""

SAME_BEGINNING = OPENING + 10
"""Shingles among which the opening stands if the texts begin alike: a few words may have been put before it."""

FEWEST = 8
"""Shingles below which a text proves nothing: ten words."""

DIFFERING = 0.2
"""Share of names and numbers from which texts that agree otherwise are two of one series: the weather of two towns."""

FLANK = 1
"""Equal words on either side between which a word stands in the place of another."""

NAMING = 4
"""Words that a headline without text needs to stand for one report: "Morning briefing" does not."""


def is_copy(one: Traits, other: Traits) -> bool:
    """Tell whether two articles print one report.

    Where either has no text they are copies if their headlines are the same, say enough, and are of the same days:
    columns and lists come back under one headline.
    """
    if not one.tokens or not other.tokens:
        return (
            one.headline == other.headline
            and len(one.headline.split()) >= NAMING
            and abs(one.when - other.when) <= WINDOW
        )
    least = min(len(one.shingles), len(other.shingles))
    if least < FEWEST:
        return one.tokens == other.tokens and one.headline == other.headline
    shared = len(one.shingles & other.shingles)
    if shared < CONTAINED * least or not _begin_alike(one, other, BEGINNING):
        return False
    if not _begin_alike(one, other, SAME_BEGINNING) and (
        shared < CONTAINED_LATER * least or shared < KEPT_LATER * max(len(one.shingles), len(other.shingles))
    ):
        return False
    return not _differ(one, other)


def borrows(one: Traits, other: Traits) -> bool:
    """Tell whether two reports that are no copies have wording in common, other than an opening.

    Newsrooms that tell of one event do so in their own words. What repeats a text further down is a sequel with the
    background of the first report; what has other names in the same sentences is of one series with it.
    """
    shared = len(one.shingles & other.shingles)
    if shared < FEWEST or shared < BORROWED * min(len(one.shingles), len(other.shingles)):
        return False
    return not _begin_alike(one, other, SAME_BEGINNING) or _differ(one, other)


def _begin_alike(one: Traits, other: Traits, within: int) -> bool:
    """Tell whether one text's opening stands within the first shingles of the other."""
    return any(
        len(a.opening.intersection(b.beginning[:within])) >= OPENED * len(a.opening)
        for a, b in ((one, other), (other, one))
    )


def _differ(one: Traits, other: Traits) -> bool:
    """Tell whether names and numbers differ where the words around them agree."""
    told = one.all_names | other.all_names
    same = differing = 0
    # Of several alignments one is found, which depends on the order of the sides.
    first, second = sorted((one.tokens, other.tokens))
    blocks = list(Levenshtein.opcodes(first, second))
    for at, block in enumerate(blocks):
        sides = (
            first[block.src_start : block.src_end],
            second[block.dest_start : block.dest_end],
        )
        telling = min(sum(word in told or word[0].isdigit() for word in side) for side in sides)
        if block.tag == "equal":
            same += telling
        elif block.tag == "replace" and all(
            map(_flanks, blocks[max(0, at - 1) : at] + blocks[at + 1 : at + 2])
        ):
            differing += telling
    return differing > 1 and differing > DIFFERING * (same + differing)


def _flanks(block: Opcode) -> bool:
    return block.tag == "equal" and block.src_end - block.src_start >= FLANK
