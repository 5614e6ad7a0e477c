"""Whether two articles tell of one event, each in its own words."""

from datetime import timedelta

from bot.stories.traits import Traits

WINDOW = timedelta(hours=72)
"""Time between two tellings of one event, at most."""

AGREEING = 0.4


def is_telling(one: Traits, other: Traits) -> bool:
    """Tell whether two newsrooms report one event."""
    if one.source == other.source or abs(one.when - other.when) > WINDOW:
        return False
    if not one.tokens or not other.tokens:
        return False
    weights = [sum(_weight(stem, one, other) for stem in side) for side in (one.subject, other.subject)]
    shared = sum(_weight(stem, one, other) for stem in one.subject & other.subject)
    return shared >= AGREEING * (weights[0] * weights[1]) ** 0.5 and len(one.names & other.names) > 0


def _weight(stem: str, one: Traits, other: Traits) -> float:
    return 2.0 if stem in one.names or stem in other.names or stem[0].isdigit() else 1.0
