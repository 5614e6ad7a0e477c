"""By what the reports of one event are found in a database: a few words of headline and lead, hashed."""

from zlib import crc32

from bot.stories.traits import Traits

LANDMARKS = 12
"""Landmarks of a report, at most."""

SHARED = 2
"""Landmarks that two reports share before they are compared."""


def landmarks(traits: Traits) -> frozenset[int]:
    """Return the landmarks of a report: unsigned 32-bit numbers, the same in every process; none without text."""
    ranked = sorted(traits.leading, key=lambda stem: (stem not in traits.names, stem not in traits.title))
    return frozenset(crc32(stem.encode()) for stem in ranked[:LANDMARKS])
