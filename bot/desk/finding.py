"""Finding stories: headlines that have the words, then texts that have them, then what is nearest."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.article import Correction, Hit, Results, Where
from bot.search import Headlines, Match, Query
from bot.store.store import Store
from bot.text import words

TEXT_SCORE = 0.6
"""What a story scores whose text, but not its headline, has all the words."""


async def find(store: Store, headlines: Headlines, query: Query, limit: int) -> Results:
    """Find at most `limit` stories. Nothing found is an answer: no hits, and words that would find something.

    Texts are asked only when fewer headlines than `limit` have all words. A story whose text has every
    word as typed comes before headlines with corrected words: the reader wrote a real word. Those still
    follow, since among many texts every misspelling stands somewhere. What has only a part of the words
    is shown where nothing has all of them.
    """
    found = headlines.search(query, limit)
    exact = [match for match in found.hits if match.exact]
    corrected = [match for match in found.hits if match.complete and not match.exact]
    partial = [match for match in found.hits if not match.complete]
    typed_in_text: list[int] = []
    read_in_text: list[int] = []
    if len(exact) < limit:
        typed_in_text = await store.text_search(query.words, limit, exclude=_ids(exact))
        if not typed_in_text and found.corrections:
            read = _as_read(query, found.corrections)
            read_in_text = await store.text_search(read, limit, exclude=_ids(corrected))
    corrected = [match for match in corrected if match.id not in typed_in_text]
    ranked = _Ranked()
    ranked.headlines(exact)
    ranked.texts(typed_in_text)
    ranked.headlines(corrected)
    ranked.texts(read_in_text)
    if not ranked.entries:
        ranked.headlines(partial)
    if query.excluded:
        await ranked.leave_out(store, query.excluded)
    hits = await ranked.hits(store, limit)
    return Results(
        query=query.text,
        hits=hits,
        corrections=_as_printed(found.corrections, query, hits) if corrected or read_in_text else (),
        suggestions=() if hits else found.suggestions,
    )


class _Ranked:
    """Hits in their order; none scores more than the one before it."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, float, Where, tuple[str, ...]]] = []
        self._ceiling = 1.0

    def headlines(self, matches: Sequence[Match]) -> None:
        for match in matches:
            self._add(match.id, match.score, Where.HEADLINE, match.matched)

    def texts(self, ids: Sequence[int]) -> None:
        for id_ in ids:
            self._add(id_, TEXT_SCORE, Where.TEXT, ())

    def _add(self, id_: int, score: float, where: Where, matched: tuple[str, ...]) -> None:
        self._ceiling = min(self._ceiling, score)
        self.entries.append((id_, self._ceiling, where, matched))

    async def leave_out(self, store: Store, excluded: Sequence[str]) -> None:
        """Drop what has an unwelcome word in its headline or text."""
        texts = await store.texts([id_ for id_, *_ in self.entries])
        unwelcome = {id_ for id_, text in texts.items() if not set(excluded).isdisjoint(words(text))}
        self.entries = [entry for entry in self.entries if entry[0] not in unwelcome]

    async def hits(self, store: Store, limit: int) -> tuple[Hit, ...]:
        shown = self.entries[:limit]
        listings = {listing.id: listing for listing in await store.listings([id_ for id_, *_ in shown])}
        return tuple(
            Hit(listing=listings[id_], score=score, where=where, matched=matched)
            for id_, score, where, matched in shown
            if id_ in listings
        )


def _ids(matches: Sequence[Match]) -> set[int]:
    return {match.id for match in matches}


def _as_read(query: Query, corrections: Sequence[Correction]) -> list[str]:
    read = {correction.typed: correction.read for correction in corrections}
    return words(" ".join(read.get(word, word) for word in query.words))


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
