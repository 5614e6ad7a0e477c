"""A story's summary: its lead, which journalists write so that a reader may stop there."""

import re
from collections.abc import Iterator

from bot.agency import ends_in_credit, split_dateline
from bot.article import Page
from bot.sentences import sentences
from bot.text import shorten, words

MAX_SENTENCES = 3
MAX_CHARACTERS = 600
"""Characters of a summary, its sentences joined by spaces; what a phone shows without scrolling."""

_PARAGRAPHS_READ = 5
"""Paragraphs in which the lead is looked for; what comes later is background."""
_NEWS_WORDS = 3
"""Words by which a sentence must outgrow the headline that it contains to say something new."""
_FULL_STOP = re.compile(r"[.!?。！？।؟۔][\"'”’»)\]]*\Z")
_ELLIPSIS = re.compile(r"(?:\.{3,}|…)[\"'”’»)\]]*\Z")


def summarise(page: Page) -> tuple[str, ...]:
    """Return the lead: at most MAX_SENTENCES whole sentences, the standfirst's first.

    Left out are datelines, photo credits, and what repeats the headline or another sentence. A first sentence
    longer than MAX_CHARACTERS is shortened. An unfinished piece is used only if there is nothing else, as in
    a stub's teaser. A headline alone has no summary.
    """
    pieces = list(_pieces(page))
    whole = [piece for piece in pieces if not _ELLIPSIS.search(piece)]
    return tuple(_within_limits(_without_repeats(page.headline, whole or pieces)))


def _pieces(page: Page) -> Iterator[str]:
    """Give the sentences at the story's beginning, in order."""
    if page.standfirst:
        yield from _sentences(page.standfirst)
    for paragraph in page.paragraphs[:_PARAGRAPHS_READ]:
        found = list(_sentences(paragraph))
        # A paragraph without a full stop is a heading or a list's item; scripts like Thai have none anywhere.
        if page.standfirst and found and not _FULL_STOP.search(found[-1]) and not _ELLIPSIS.search(found[-1]):
            found.pop()
        yield from found


def _sentences(text: str) -> Iterator[str]:
    for sentence in sentences(split_dateline(text).rest):
        if not ends_in_credit(sentence) and words(sentence):
            yield sentence


def _without_repeats(headline: str, pieces: list[str]) -> list[str]:
    """Leave out what says no more than the headline or another piece; of two the fuller one stays."""
    title = words(headline)
    kept: list[tuple[str, list[str]]] = []
    for piece in pieces:
        said = words(piece)
        retold = bool(title) and _contains(said, title) and len(said) < len(title) + _NEWS_WORDS
        if retold or _contains(title, said) or any(_contains(other, said) for _, other in kept):
            continue
        fuller = next((nth for nth, (_, other) in enumerate(kept) if _contains(said, other)), None)
        if fuller is None:
            kept.append((piece, said))
        else:
            kept[fuller] = (piece, said)
    return [piece for piece, _ in kept]


def _contains(outer: list[str], inner: list[str]) -> bool:
    """Tell whether the words of one stand in the other, all together and in this order."""
    return any(outer[at : at + len(inner)] == inner for at in range(len(outer) - len(inner) + 1))


def _within_limits(pieces: list[str]) -> Iterator[str]:
    left = MAX_CHARACTERS
    for piece in [shorten(piece, MAX_CHARACTERS) for piece in pieces[:1]] + pieces[1:MAX_SENTENCES]:
        if len(piece) > left:
            return
        yield piece
        left -= len(piece) + 1
