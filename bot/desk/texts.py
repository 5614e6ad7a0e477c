"""Stories found by their texts: those that the full text names, and of them those that the whole query allows."""

import asyncio
from collections.abc import Collection, Sequence

from bot.article import Scope
from bot.search import Headlines, Query, has_phrase
from bot.store.store import Store
from bot.text import words

FIRST_LOOK = 200
"""Ids that are asked for first where some may not count, then four times as many each time."""
LARGEST_LOOK = 20_000
"""Ids in one answer: some 20 ms of work between two turns of the event loop."""
MOST_READ = 2_000
"""Texts that are read for one query to see whether its phrases stand in them."""
AT_ONCE = 100
"""Texts that are fetched together: some 10 ms of work, done in a thread."""


async def search_texts(
    store: Store, headlines: Headlines, query: Query, limit: int, *, exclude: Collection[int], scope: Scope
) -> list[int]:
    """Find at most `limit` articles whose text has all words of a query, newest id first.

    With `sort:new` the latest published ones come first, of the LARGEST_LOOK newest ids. Where a query has a
    phrase, at most MOST_READ texts are read.
    """
    if all(term.title for term in query.terms):
        return []
    admitted = headlines.admitted(query, scope)
    if admitted is None and not _to_be_read(query):
        return await store.text_search(query.words, limit, exclude=exclude)
    found: list[int] = []
    ids = range(1, 2**31) if admitted is None else admitted.ids
    look = LARGEST_LOOK if query.newest_first else FIRST_LOOK
    read = 0
    while ids and len(found) < limit and read < MOST_READ:
        named = await store.text_search(query.words, look, exclude=exclude, ids=ids)
        kept = named if admitted is None else admitted.of(named)
        if query.newest_first and admitted is not None:
            kept = admitted.newest(kept)
        for start in range(0, len(kept) if _to_be_read(query) else 0, AT_ONCE):
            part = kept[start : start + AT_ONCE]
            found += await allowed(store, query, part)
            read += len(part)
            if len(found) >= limit or read >= MOST_READ:
                break
        if not _to_be_read(query):
            found += kept
        if len(named) < look or query.newest_first:
            break
        ids = range(ids.start, named[-1])
        look = min(look * 4, LARGEST_LOOK)
    return found[:limit]


async def allowed(store: Store, query: Query, ids: Sequence[int]) -> list[int]:
    """Leave of some articles those whose texts have a query's phrases and nothing that it excludes."""
    if not _to_be_read(query):
        return list(ids)
    texts = await store.texts(ids)
    fitting = await asyncio.to_thread(
        lambda: {id_ for id_, text in texts.items() if _fits(text.splitlines(), query)}
    )
    return [id_ for id_ in ids if id_ in fitting]


def _to_be_read(query: Query) -> bool:
    return bool(query.phrases or query.excluded or query.excluded_phrases)


def _fits(parts: Sequence[str], query: Query) -> bool:
    if query.excluded and not set(query.excluded).isdisjoint(words(" ".join(parts))):
        return False
    return all(has_phrase(phrase.words, parts) for phrase in query.phrases) and not any(
        has_phrase(phrase.words, parts) for phrase in query.excluded_phrases
    )
