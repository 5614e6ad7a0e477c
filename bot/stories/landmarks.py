"""By what the reports of one event are found in a database: a few words of headline and lead, hashed."""

from zlib import crc32

from bot.stories.traits import Traits

LANDMARKS = 12
"""Landmarks of a report, at most."""

SHARED = 2
"""Landmarks that two reports share before they are compared."""


def landmarks(traits: Traits) -> frozenset[int]:
    """Return the landmarks of a report: unsigned 32-bit numbers, the same in every process; none without text."""
    if not traits.tokens:
        return frozenset()
    ranked = sorted(
        enumerate(traits.ordered),
        key=lambda item: (item[1] not in traits.title, item[1] not in traits.names, item[0]),
    )
    return frozenset(crc32(stem.encode()) for _, stem in ranked[:LANDMARKS])
