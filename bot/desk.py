"""The desk: everything that can be asked of Newsdesk. All that a cog or a command of the CLI ever calls."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bot.article import Article, Correction, Hit, Listing, Related, Results, Similar, Story, Where
from bot.errors import EmptyStore, NothingFound, RemovedArticle, StoreError, UnknownArticle
from bot.ingest.intake import Intake, Report
from bot.related import MIN_SCORE, Lexicon, most_similar, rarest, subject_words
from bot.search import Headlines, Match, Query, Row
from bot.settings import Settings
from bot.store.store import Store, StoreStats
from bot.summary import summarise
from bot.text import words

log = logging.getLogger(__name__)

RESULTS = 25
"""Hits that an answer has at most: five pages on a phone, and as many as a Discord select can offer."""
RELATED = 5
"""Similar stories that an answer lists."""
CANDIDATES = 200
"""Stories that share a rare word and are compared in full; comparing takes about 0.15 ms each."""
EVERYTHING = 20_000
"""Stories that are compared when whoever asks wants all that share any word."""
COMMON = 2_000
"""Articles with a word beyond which it is not counted on: it hardly tells stories apart."""
TEXT_SCORE = 0.6
"""What a story scores whose text, but not its headline, has all the words."""
FOLLOW_EVERY = 0.25
"""Seconds between two looks at the change log. What the CLI changes is to be served within a second."""
LARGEST_ID = 2**31 - 1
"""Of the integer column; nothing beyond it can be an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What is in the store and how fresh the index in memory is."""

    store: StoreStats
    indexed: int
    """Headlines in memory, stubs included."""
    behind: int
    """Changes in the store that the index in memory has not seen."""
    database: str
    """The database's URL without credentials."""
    data_dir: Path
    version: str


class Desk:
    """Answers from one store. Make it with `Desk.open`."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.headlines = Headlines.build(())
        self._intake = Intake(store)
        self._position = 0
        self._frequencies: dict[str, int] = {}
        self._frequencies_of = -1
        self._total = 0

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: Settings, *, search: bool = True, progress: Callable[[str], None] | None = None
    ) -> AsyncIterator["Desk"]:
        """Bring the store up to date (schema, seeds), and with `search` load the headlines; raise StoreError.

        `progress` is told, in words, what is being done.
        """
        tell = progress or log.info
        tell("Opening the store")
        async with Store.open(settings.url) as store:
            desk = cls(store, settings)
            if settings.seeds_dir is not None:
                await desk._take_in_seeds(settings.seeds_dir)
            if search:
                tell("Loading the headlines")
                await desk.load()
            yield desk

    async def _take_in_seeds(self, folder: Path) -> None:
        if not folder.is_dir():
            log.warning("NEWSDESK_SEEDS_DIR: there is no folder %s; nothing was taken in from it", folder)
            return
        for report in await self._intake.sync_folder(folder):
            if report.outcome == "rejected":
                log.warning("%s was not taken in: %s", report.path, report.reason)

    async def load(self) -> None:
        """Load all headlines into memory anew."""
        position = await self.store.position()
        rows = [_row(*row) async for row in self.store.headlines()]
        self.headlines = await asyncio.to_thread(Headlines.build, rows)
        self._position = position

    async def catch_up(self) -> None:
        """Bring the headlines in memory up to the store's latest change."""
        while True:
            changed = await self.store.changes(self._position)
            if changed.reload:
                await self.load()
                return
            if not changed.ids:
                return
            rows = [_row(*row) for row in await self.store.headlines_of(changed.ids)]
            self.headlines.drop(set(changed.ids) - {row.id for row in rows})
            self.headlines.put(rows)
            self._position = changed.position

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Follow the change log meanwhile, so that what any process changes is served within a second."""
        task = asyncio.create_task(self._follow(), name="follow the change log")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _follow(self) -> None:
        failed = False
        while True:
            try:
                await self.catch_up()
                failed = False
            except StoreError as error:
                # The store may come back; what was loaded is served until then. Said once, not four times a second.
                if not failed:
                    log.warning("The headlines cannot follow the store: %s", error)
                failed = True
            await asyncio.sleep(FOLLOW_EVERY)

    async def search(self, query: Query, limit: int = RESULTS) -> Results:
        """Find stories: headlines with all the words, texts with all the words, then what is nearest.

        Nothing found is an answer: no hits, and words that would find something.
        """
        found = self.headlines.search(query, limit)
        exact = [match for match in found.hits if match.exact]
        loose = [match for match in found.hits if not match.exact]
        in_text: list[int] = []
        if len(exact) < limit:
            in_text = await self._search_texts(query, found.corrections, limit - len(exact), exact)
            loose = [match for match in loose if match.id not in in_text and (match.complete or not in_text)]
        ceiling = min([TEXT_SCORE, *(match.score for match in exact)])
        ranked = [
            *((match, match.score, Where.HEADLINE) for match in exact),
            *((Match(id=id_, score=ceiling), ceiling, Where.TEXT) for id_ in in_text),
            *(
                (match, min(match.score, ceiling) if in_text else match.score, Where.HEADLINE)
                for match in loose
            ),
        ][:limit]
        listings = {listing.id: listing for listing in await self.store.listings([m.id for m, *_ in ranked])}
        hits = tuple(
            Hit(listing=listings[match.id], score=score, where=where, matched=match.matched)
            for match, score, where in ranked
            if match.id in listings
        )
        return Results(
            query=query.text,
            hits=hits,
            corrections=_as_printed(found.corrections, query, hits),
            suggestions=found.suggestions if not hits else (),
        )

    async def _search_texts(
        self, query: Query, corrections: Sequence[Correction], limit: int, known: Sequence[Match]
    ) -> list[int]:
        """Return ids of stories whose text has all the words as typed; failing that, as they were read."""
        typed = list(query.words)
        if not typed:
            return []
        exclude = [match.id for match in known]
        ids = await self.store.text_search(typed, limit, exclude=exclude)
        read = {correction.typed: correction.read for correction in corrections}
        if ids or not read:
            return ids
        return await self.store.text_search([read.get(word, word) for word in typed], limit, exclude=exclude)

    async def answer(self, query: Query, example: str) -> Results:
        """Search as `search` does, but raise EmptyStore or NothingFound where there is nothing to show.

        `example` is a command that works, for the sentence its reader sees.
        """
        results = await self.search(query)
        if not results.hits:
            if not len(self.headlines):
                raise EmptyStore
            raise NothingFound(query=query.text, example=example, suggestions=results.suggestions)
        return results

    async def complete(self, text: str, limit: int = RESULTS) -> list[Listing]:
        """Return the stories that someone who is still typing may mean, best first."""
        return await self.store.listings(self.headlines.complete(text, limit))

    async def article(self, id_: int, example: str = "newsdesk search Syria") -> Article:
        """Fetch an article; raise UnknownArticle, or RemovedArticle with the day it was removed."""
        if 0 < id_ <= LARGEST_ID:
            article = await self.store.article(id_)
            if article is not None:
                return article
            removed = await self.store.tombstone(id_)
            if removed is not None:
                raise RemovedArticle(id=id_, date=f"{removed:%Y-%m-%d}")
        raise UnknownArticle(id=id_, example=example)

    async def story(self, id_: int, example: str = "newsdesk search Syria") -> Story:
        """Fetch an article as it is shown, with its summary; raise as `article` does."""
        article = await self.article(id_, example)
        summary = await asyncio.to_thread(summarise, article.page)
        return Story(article=article, summary=summary, teased=tuple(await self.store.teased(id_)))

    async def pick(self, asked: int | Query, example: str) -> int:
        """Return the id that was asked for, or the best hit's for words; raise as `answer` does."""
        if isinstance(asked, int):
            return asked
        return (await self.answer(asked, example)).hits[0].listing.id

    async def find_story(self, asked: int | Query, example: str) -> tuple[Story, str | None]:
        """Return a story, and the words that it was found by if it was not asked for by its id."""
        story = await self.story(await self.pick(asked, example), example)
        return story, None if isinstance(asked, int) else asked.text

    async def related(
        self,
        id_: int,
        *,
        limit: int = RELATED,
        min_score: float = MIN_SCORE,
        group: bool = True,
        example: str = "newsdesk search Syria",
    ) -> Related:
        """Find what belongs to an article; raise as `article` does.

        With a `min_score` of 0 every story that shares a word is compared, not only those that share a rare one.
        """
        article = await self.article(id_, example)
        teasers = await self.store.teased(id_)
        own = (await self.store.texts([id_]))[id_]
        counts = subject_words(own)
        lexicon = await self._lexicon(counts)
        probes = rarest(counts, lexicon) if min_score > 0 else list(counts)
        candidates = await self.store.text_candidates(probes, CANDIDATES if min_score > 0 else EVERYTHING)
        known = {id_, *(teaser.id for teaser in teasers)}
        texts = await self.store.texts([other for other in candidates if other not in known])
        every = set().union(*(subject_words(text) for text in texts.values()))
        lexicon = await self._lexicon(every | counts.keys())
        scored = await asyncio.to_thread(
            most_similar, own, texts, lexicon, limit=limit, min_score=min_score, group=group
        )
        listings = {listing.id: listing for listing in await self.store.listings([i for i, _ in scored])}
        return Related(
            article=_listing(article),
            teasers=tuple(teasers),
            similar=tuple(Similar(listing=listings[i], score=score) for i, score in scored if i in listings),
        )

    async def _lexicon(self, wanted: Iterable[str]) -> Lexicon:
        """Count in how many articles words stand, from memory while the store has not changed."""
        position = await self.store.position()
        if position != self._frequencies_of:
            stats = await self.store.stats()
            self._total = stats.articles + stats.stubs
            self._frequencies, self._frequencies_of = {}, position
        missing = [word for word in wanted if word not in self._frequencies]
        if missing:
            self._frequencies.update(await self.store.document_frequencies(missing, COMMON))
        return Lexicon(frequencies=self._frequencies, total=self._total)

    def ingest(self, paths: Sequence[Path]) -> AsyncIterator[Report]:
        """Take files and folders in; each report comes after its document was committed."""
        return self._intake.ingest(paths)

    async def remove(self, ids: Sequence[int], reason: str | None = None) -> list[int]:
        """Remove articles for good, leaving tombstones; raise UnknownArticle or RemovedArticle before changing any."""
        return await self.store.remove(ids, reason)

    async def remove_source(self, name: str, reason: str | None = None) -> list[int]:
        """Remove every article of a source; return their ids."""
        return await self.store.remove_source(name, reason)

    async def restore(self, ids: Sequence[int]) -> list[int]:
        """Lift tombstones: the articles come back, under their old ids, when their pages are next seen."""
        restored = await self.store.restore(ids)
        if self.settings.seeds_dir is not None:
            await self._take_in_seeds(self.settings.seeds_dir)
        return restored

    async def stats(self) -> Stats:
        """Count what there is."""
        return Stats(
            store=await self.store.stats(),
            indexed=len(self.headlines),
            behind=await self.store.position() - self._position,
            database=self.store.address,
            data_dir=self.settings.data_dir.absolute(),
            version=version("newsdesk"),
        )

    async def check(self) -> list[str]:
        """Compare articles, full text and the headlines in memory; return every difference in a sentence."""
        differences = await self.store.check()
        seen = 0
        async for row in self.store.headlines():
            seen += 1
            if row[0] not in self.headlines:
                differences.append(f"Article {row[0]} is missing from the headline index.")
            elif self.headlines.headline_words(row[0]) != words(row[1]):
                differences.append(f"Article {row[0]} has another headline in the headline index.")
        if seen != len(self.headlines):
            differences.append(f"The headline index has {len(self.headlines)} entries, the store {seen}.")
        return differences

    async def backup(self, path: Path) -> None:
        """Write a consistent copy of the store while it is in use; raise StoreError, also if the file is there."""
        await self.store.backup(path)

    async def synced_commands(self, application: int) -> str | None:
        """Return the hash of the slash commands that Discord was last given for an application."""
        return await self.store.meta_get(f"commands:{application}")

    async def note_synced_commands(self, application: int, digest: str) -> None:
        """Remember which slash commands Discord was given."""
        await self.store.meta_set(f"commands:{application}", digest)


def _row(id_: int, headline: str, published: datetime | None, added: datetime) -> Row:
    return Row(id=id_, headline=headline, newness=int((published or added).timestamp()))


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
