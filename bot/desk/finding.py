"""Finding stories: headlines that have the words, then texts that have them, then what is nearest."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.article import Correction, Hit, Listing, Results, Scope, Where
from bot.desk.excerpts import excerpt
from bot.desk.texts import allowed, search_texts
from bot.search import Headlines, Match, Query
from bot.store.store import Store
from bot.text import words

TEXT_SCORE = 0.6
"""What a story scores whose text, but not its headline, has all the words."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A hit without its listing."""

    id: int
    score: float
    where: Where
    matched: tuple[str, ...]


async def find(store: Store, headlines: Headlines, query: Query, limit: int, scope: Scope) -> Results:
    """Find at most `limit` stories. Nothing found is an answer: no hits, and words that would find something.

    Texts are asked only when fewer headlines than `limit` have all words. A story whose text has every
    word as typed comes before headlines with corrected words: the reader wrote a real word. Those still
    follow, since among many texts every misspelling stands somewhere. What has only a part of the words
    is shown where nothing has all of them. With `sort:new`, hits as typed come by themselves, newest first.
    Hits in texts have no excerpts yet.
    """
    # Some of the headlines may have an unwelcome word in their texts.
    found = headlines.search(query, limit * 2 if query.excluded or query.excluded_phrases else limit, scope)
    matches = await _welcome(store, query, found.hits)
    exact = [match for match in matches if match.exact][:limit]
    corrected = [match for match in matches if match.complete and not match.exact]
    partial = [match for match in matches if not match.complete]
    typed_in_text: list[int] = []
    read_in_text: list[int] = []
    read = query
    if len(exact) < limit and query.terms:
        typed_in_text = await search_texts(store, headlines, query, limit, exclude=_ids(exact), scope=scope)
        if not typed_in_text and found.corrections:
            read = _as_read(query, found.corrections)
            read_in_text = await search_texts(
                store, headlines, read, limit, exclude=_ids(corrected), scope=scope
            )
    corrected = [match for match in corrected if match.id not in typed_in_text]
    as_typed = [*_from_headlines(exact), *_from_texts(typed_in_text, query)]
    as_read = [*_from_headlines(corrected), *_from_texts(read_in_text, read)]
    if query.newest_first:
        hits = _newest(await _listed(store, as_typed or as_read or _from_headlines(partial)))[:limit]
    else:
        ranked = _descending([*as_typed, *as_read] or _from_headlines(partial))
        hits = await _listed(store, ranked[:limit])
    guessed = any(hit.listing.id in _ids(corrected) or hit.listing.id in read_in_text for hit in hits)
    return Results(
        query=query.text,
        hits=tuple(hits),
        corrections=_as_printed(found.corrections, query, hits) if guessed else (),
        suggestions=() if hits else found.suggestions,
        remarks=(*query.remarks, *found.remarks),
    )


async def _welcome(store: Store, query: Query, matches: Sequence[Match]) -> Sequence[Match]:
    if not (query.excluded or query.excluded_phrases):
        return matches
    # Phrases that are wanted stand in these headlines already.
    kept = set(await allowed(store, replace(query, phrases=()), [match.id for match in matches]))
    return [match for match in matches if match.id in kept]


def _from_headlines(matches: Iterable[Match]) -> list[_Entry]:
    return [_Entry(match.id, match.score, Where.HEADLINE, match.matched) for match in matches]


def _from_texts(ids: Iterable[int], query: Query) -> list[_Entry]:
    return [_Entry(id_, TEXT_SCORE, Where.TEXT, query.words) for id_ in ids]


def _descending(entries: Sequence[_Entry]) -> list[_Entry]:
    """Let none score more than the one before it."""
    ceiling = 1.0
    lowered = []
    for entry in entries:
        ceiling = min(ceiling, entry.score)
        lowered.append(replace(entry, score=ceiling))
    return lowered


async def _listed(store: Store, entries: Sequence[_Entry]) -> list[Hit]:
    listings = {listing.id: listing for listing in await store.listings([entry.id for entry in entries])}
    return [
        Hit(listing=listings[entry.id], score=entry.score, where=entry.where, matched=entry.matched)
        for entry in entries
        if entry.id in listings
    ]


def _newest(hits: Iterable[Hit]) -> list[Hit]:
    def newness(listing: Listing) -> tuple[bool, datetime, int]:
        # What has no day may be old, whenever it was taken in.
        return listing.published is not None, listing.published or listing.added, listing.id

    return sorted(hits, key=lambda hit: newness(hit.listing), reverse=True)


async def with_excerpts(store: Store, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Add to hits in texts the sentence that has the words, where they have none yet."""
    wanted = {hit.listing.id: hit.matched for hit in hits if hit.where is Where.TEXT and hit.excerpt is None}
    if not wanted:
        return tuple(hits)
    texts = await store.texts(wanted)
    # A thread: 25 long texts take some 20 ms.
    found = await asyncio.to_thread(lambda: {id_: excerpt(text, wanted[id_]) for id_, text in texts.items()})
    return tuple(
        replace(hit, excerpt=found.get(hit.listing.id)) if hit.listing.id in wanted else hit for hit in hits
    )


def _ids(matches: Sequence[Match]) -> set[int]:
    return {match.id for match in matches}


def _as_read(query: Query, corrections: Sequence[Correction]) -> Query:
    read = {correction.typed: correction.read for correction in corrections}
    terms = {
        word: replace(term, word=word)
        for term in query.terms
        for word in words(read.get(term.word, term.word))
    }
    return replace(query, terms=tuple(terms.values()))


def _as_printed(
    corrections: Sequence[Correction], query: Query, hits: Sequence[Hit]
) -> tuple[Correction, ...]:
    """Show corrections in the letters in which the query was typed and the best headline is printed."""
    return tuple(
        replace(
            correction,
            typed=_printed(correction.typed, [query.text]),
            read=_printed(correction.read, [hit.listing.headline for hit in hits]),
        )
        for correction in corrections
    )


def _printed(word: str, texts: Iterable[str]) -> str:
    for text in texts:
        for token in text.replace("’", " ").split():
            bare = token.strip("\"'“”‘’.,:;!?()[]")
            if words(bare) == [word]:
                return bare
    return word
