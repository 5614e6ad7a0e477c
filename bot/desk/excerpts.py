"""Why a text was a hit: the sentence in which the words stand, short enough for a line."""

import re
from collections.abc import Collection, Sequence

from bot.sentences import sentences
from bot.text import squeeze, words

LENGTH = 160
"""Characters of an excerpt, at most."""

MOST_SPLIT = 4
"""Paragraphs, of those that have most of the words, whose sentences are compared: some 0.2 ms each."""

_WORD = re.compile(r"\S+")


def excerpt(text: str, wanted: Collection[str]) -> str | None:
    """Return the sentence below a text's headline that has most of some normalised words, and of those the first.

    A sentence longer than LENGTH is cut around the words, with an ellipsis for what is left out. None if only the
    headline has them.
    """
    paragraphs = text.splitlines()[1:]
    wanted = frozenset(wanted)
    met = [_met(paragraph, wanted) for paragraph in paragraphs]
    if not any(met):
        return None
    best = max(met)
    candidates = [paragraph for paragraph, count in zip(paragraphs, met, strict=True) if count == best]
    parts = (sentence for paragraph in candidates[:MOST_SPLIT] for sentence in sentences(paragraph))
    return _around(max(parts, key=lambda sentence: _met(sentence, wanted)), wanted)


def _met(text: str, wanted: Collection[str]) -> int:
    return len(set(words(text)).intersection(wanted))


def _around(sentence: str, wanted: Collection[str]) -> str:
    """Cut a sentence to the stretch that has most of the words, with as much before as after it."""
    sentence = squeeze(sentence)
    if len(sentence) <= LENGTH:
        return sentence
    room = LENGTH - 2
    spans = [match.span() for match in _WORD.finditer(sentence)]
    met = [set(words(sentence[start:end])).intersection(wanted) for start, end in spans]
    best, first, last = 0, 0, 0
    for left, words_met in enumerate(met):
        if not words_met:
            continue
        seen: set[str] = set()
        for right in range(left, len(spans)):
            if spans[right][1] - spans[left][0] > room:
                break
            seen |= met[right]
            if met[right] and len(seen) > best:
                best, first, last = len(seen), left, right
    return _widened(sentence, spans, first, last, room)


def _widened(sentence: str, spans: Sequence[tuple[int, int]], first: int, last: int, room: int) -> str:
    if spans[last][1] - spans[first][0] > room:
        # One word is longer than the room: a script without spaces, or no word at all.
        start = spans[first][0]
        return ("…" if first else "") + sentence[start : start + room] + "…"
    while True:
        before = first > 0 and spans[last][1] - spans[first - 1][0] <= room
        after = last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= room
        if before:
            first -= 1
        if after and spans[last + 1][1] - spans[first][0] <= room:
            last += 1
        elif not before:
            break
    start, end = spans[first][0], spans[last][1]
    return ("…" if first else "") + sentence[start:end] + ("…" if last + 1 < len(spans) else "")
