"""Relating a story to others: what its page teased, then what is most like it in the store."""

import asyncio
from collections.abc import Iterable

from bot.article import EVERYTHING, Article, Listing, Related, Scope, Similar
from bot.related import Lexicon, most_similar, rarest, subject_words
from bot.store.store import Store

CANDIDATES = 200
"""Stories that share a rare word and are compared in full; comparing takes about 0.15 ms each."""
MANY = 20_000
"""Stories that are compared when whoever asks wants all that share any word."""
HIDDEN = 10
"""How many times as many are looked up where some may not be shown."""
COMMON = 2_000
"""Articles with a word beyond which it is not counted on: it hardly tells stories apart."""


class Relatives:
    """Finds relatives, and remembers how common words are for as long as the store stays as it is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._frequencies: dict[str, int] = {}
        self._total = 0
        self._position = -1

    async def of(
        self, article: Article, *, limit: int, min_score: float, group: bool, scope: Scope
    ) -> Related:
        """Find an article's relatives: every teased story, and at most `limit` similar ones, best first.

        With a `min_score` of 0 every story that shares a word is compared, not only those that share a rare one.
        """
        teasers = [told for told in await self._store.teased(article.id) if scope.shows(told.source)]
        own = (await self._store.texts([article.id])).get(article.id, "")
        counts = subject_words(own)
        lexicon = await self._lexicon(counts)
        if min_score > 0:
            most = CANDIDATES if scope == EVERYTHING else CANDIDATES * HIDDEN
            candidates = await self._store.text_candidates(rarest(counts, lexicon), most)
        else:
            candidates = await self._store.text_candidates(counts, MANY)
        if scope != EVERYTHING:
            listed = await self._store.listings(candidates)
            candidates = [listing.id for listing in listed if scope.shows(listing.source)]
            candidates = candidates[: CANDIDATES if min_score > 0 else MANY]
        known = {article.id, *(teaser.id for teaser in teasers)}
        texts = await self._store.texts([id_ for id_ in candidates if id_ not in known])
        vocabulary = await asyncio.to_thread(_vocabulary, texts.values())
        lexicon = await self._lexicon(vocabulary | counts.keys())
        scored = await asyncio.to_thread(
            most_similar, own, texts, lexicon, limit=limit, min_score=min_score, group=group
        )
        listings = {listing.id: listing for listing in await self._store.listings([id_ for id_, _ in scored])}
        return Related(
            article=_listing(article),
            teasers=tuple(teasers),
            similar=tuple(
                Similar(listing=listings[id_], score=score) for id_, score in scored if id_ in listings
            ),
        )

    async def _lexicon(self, wanted: Iterable[str]) -> Lexicon:
        position = await self._store.position()
        if position != self._position:
            stats = await self._store.stats()
            self._total = stats.articles + stats.stubs
            self._frequencies, self._position = {}, position
        missing = [word for word in wanted if word not in self._frequencies]
        self._frequencies.update(await self._store.document_frequencies(missing, COMMON))
        return Lexicon(frequencies=self._frequencies, total=self._total)


def _vocabulary(texts: Iterable[str]) -> set[str]:
    return set().union(*(subject_words(text) for text in texts))


def _listing(article: Article) -> Listing:
    page = article.page
    return Listing(
        id=article.id,
        kind=article.kind,
        headline=page.headline,
        source=page.source,
        published=page.published,
        url=page.url,
        added=article.added,
    )
