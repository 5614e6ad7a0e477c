"""The story that a newcomer joins."""

from collections.abc import Iterable
from typing import NamedTuple

from bot.stories.copies import is_copy
from bot.stories.tellings import agreement, is_telling
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
    """Return the id of the story to join; None if there is none.

    A story whose first report is a copy of the newcomer comes before those that tell of the same event, of which
    the one that agrees most is joined; among equals the oldest.
    """
    near: list[tuple[bool, float, int]] = []
    for story in stories:
        if story.reports >= MOST_REPORTS:
            continue
        if is_copy(newcomer, story.first):
            near.append((False, 0.0, story.id))
        elif is_telling(newcomer, story.first):
            near.append((True, -agreement(newcomer, story.first), story.id))
    return min(near)[-1] if near else None
