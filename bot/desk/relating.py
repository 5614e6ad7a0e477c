"""Relating a story to others: what its page teased, then what is most like it in the store."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.article import EVERYTHING, Article, Listing, Related, Scope
from bot.desk.live import LiveHeadlines
from bot.related import Lexicon, most_similar, stemmed_as, story_of
from bot.store.fulltext import DEPTH
from bot.store.rows import chunks, text_of
from bot.store.store import Store

PROBES = 64
"""Rarest stems of a story that look for candidates."""
LOOKED_UP = 96
"""Candidates that the full text names, from which what may not be shown is left out."""
CANDIDATES = 32
"""Of these, those that are compared in full; comparing takes some 0.2 ms each. Of 2,125 articles of a real newsroom, 90 % of
the five most similar ones are among so many, and the first one in 97 of 100 questions; the similarity of the five that are
listed is 99.3 % of the best. Twice as many of either give 1 to 3 % more."""
HIDDEN = 10
"""How many times as many are looked up where whoever asks may not see all."""
MANY = 2_000
"""Stories that are compared when whoever asks wants all that share any word."""
REPORTS = 3
"""Reports of one story among the candidates, where there are more of these than can be compared."""
SAMPLE = 1_000
"""Articles of which a lexicon is made, or all if there are fewer. What is in none of so many is rare enough:
counting it more exactly would give every slip of the keyboard the greatest weight."""
CHANGED = 0.05
"""Share of the articles that may have changed since a lexicon was made."""


@dataclass(frozen=True, slots=True)
class _Sampled:
    """What a store's lexicons were made of."""

    position: int
    total: int
    texts: Sequence[str]


class Relatives:
    """Finds relatives, and remembers how rare words are for as long as the store stays much as it is."""

    def __init__(self, store: Store, headlines: LiveHeadlines) -> None:
        self._store = store
        self._headlines = headlines
        self._sampled = _Sampled(-1, 0, ())
        self._lexicons: dict[str, Lexicon] = {}
        self._making = asyncio.Lock()

    async def make_ready(self) -> None:
        """Count how rare words are, so that no question has to wait for it."""
        await self._lexicon(None)

    async def of(
        self, article: Article, *, limit: int, min_score: float, group: bool, scope: Scope
    ) -> Related:
        """Find an article's relatives: every teased story, and at most `limit` similar ones, best first.

        With a `min_score` of 0 every story that shares a word is compared, not only those that share a rare one.
        With `group` other reports of the story itself, or of one that its page teased, are left out.
        """
        teasers = await teased_by(self._store, article, scope)
        asked, text = _listing(article), text_of(article.page)
        lexicon = await self._lexicon(article.page.language)
        shown = [asked, *teasers]
        told = {listing.id for listing in shown}
        stories = {story_of(listing) for listing in shown} if group else set()
        everything = min_score == 0
        most = (MANY if everything else LOOKED_UP) * (1 if scope == EVERYTHING else HIDDEN)
        # What more articles have than are looked at does not tell which of them are alike.
        share = DEPTH / max(self._sampled.total, 1)
        probes = lexicon.probes(text) if everything else lexicon.probes(text, PROBES, share)
        found = await self._store.text_candidates(probes, most)

        def may_be_listed(listing: Listing) -> bool:
            return listing.id not in told and story_of(listing) not in stories and scope.shows(listing.source)

        chosen = await self._first(found, MANY if everything else CANDIDATES, may_be_listed)
        texts = await self._store.texts(listing.id for listing in chosen)
        candidates = [(listing, texts[listing.id]) for listing in chosen if listing.id in texts]
        similar = await asyncio.to_thread(
            most_similar, asked, text, candidates, lexicon, limit=limit, min_score=min_score, group=group
        )
        return Related(article=asked, teasers=tuple(teasers), similar=tuple(similar))

    async def _first(
        self, ids: Sequence[int], most: int, may_be_listed: Callable[[Listing], bool]
    ) -> list[Listing]:
        """Return the first of some articles that may be listed, and of each story only so many that others have room."""
        first: list[Listing] = []
        rest: list[Listing] = []
        reports: Counter[int] = Counter()
        # The first ones will often do, and all of them only in a guild that sees little.
        for chunk in chunks(ids, most + most // 2):
            for listing in filter(may_be_listed, await self._store.listings(chunk)):
                story = story_of(listing)
                reports[story] += 1
                (first if reports[story] <= REPORTS else rest).append(listing)
            if len(first) >= most:
                break
        return [*first, *rest][:most]

    async def _lexicon(self, language: str | None) -> Lexicon:
        """Return the lexicon of a language; only the first question, or one after many changes, waits for it."""
        language = stemmed_as(language)
        async with self._making:
            position = self._headlines.seen or await self._store.position()
            seen = self._sampled
            if not 0 <= position - seen.position <= CHANGED * seen.total:
                stats = await self._store.stats()
                total = stats.articles + stats.stubs
                # Ids are given in turn and never twice.
                last = total + stats.tombstones
                apart = max(1.0, last / SAMPLE)
                texts = await self._store.texts(1 + int(at * apart) for at in range(min(last, SAMPLE)))
                self._sampled, self._lexicons = _Sampled(position, total, tuple(texts.values())), {}
            if language not in self._lexicons:
                texts_ = self._sampled.texts
                self._lexicons[language] = await asyncio.to_thread(Lexicon, texts_, language)
            return self._lexicons[language]


async def teased_by(store: Store, article: Article, scope: Scope) -> list[Listing]:
    """Return the stories that an article's page teased and that the scope shows, in the page's order."""
    if not article.page.teasers:
        return []
    return [told for told in await store.teased(article.id) if scope.shows(told.source)]


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
        story=article.story,
    )
