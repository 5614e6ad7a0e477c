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
    return len(one.names & other.names) > 2
