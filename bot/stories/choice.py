"""The story that a newcomer joins."""

from collections.abc import Iterable
from typing import NamedTuple

from bot.stories.copies import is_copy
from bot.stories.tellings import is_telling
from bot.stories.traits import Traits

MOST_REPORTS = 50
"""Reports of a story, at most."""


class Candidate(NamedTuple):
    """A story that a newcomer may join."""

    id: int
    first: Traits
    """The traits of its first report, with which alone newcomers are compared: no chain leads away from it."""
    reports: int
    """How many it has."""


def story_of(newcomer: Traits, stories: Iterable[Candidate]) -> int | None:
    """Return the id of the story to join; None if there is none. Copies come before tellings, then the oldest id."""
    best: tuple[int, int] | None = None
    for story in stories:
        if story.reports >= MOST_REPORTS:
            continue
        if is_copy(newcomer, story.first):
            rank = 0
        elif is_telling(newcomer, story.first):
            rank = 1
        else:
            continue
        if best is None or (rank, story.id) < best:
            best = (rank, story.id)
    return best[1] if best else None
