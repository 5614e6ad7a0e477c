"""By what the reports of one event are found in a database: a few words of headline and lead, hashed."""

from zlib import crc32

from bot.stories.traits import Traits

LANDMARKS = 12
"""Landmarks of a report, at most."""

LONG = 2
"""Digits beyond which a number is seldom met twice."""

SHARED = 2
"""Landmarks that two reports share before they are compared."""


def landmarks(traits: Traits) -> frozenset[int]:
    """Return the landmarks of a report: unsigned 32-bit numbers, the same in every process; none without text.

    Names come first, then what else the headline says and long numbers, then the lead's other words.
    """
    telling = [word for word in traits.leading if len(word) > 1 or not word.isdigit()]
    ranked = sorted(telling, key=lambda word: (word not in traits.names, not _stands_out(word, traits)))
    return frozenset(crc32(word.encode()) for word in ranked[:LANDMARKS])


def _stands_out(word: str, traits: Traits) -> bool:
    return word in traits.title or (word.isdigit() and len(word) > LONG)
