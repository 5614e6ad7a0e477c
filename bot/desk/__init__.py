"""The desk: everything that can be asked of Newsdesk. All that a cog or a command of the CLI ever calls."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bot.article import EVERYTHING, Article, Listing, Related, Results, Scope, Story
from bot.desk.finding import find, with_excerpts
from bot.desk.grouping import one_for_each_story
from bot.desk.guilds import Guilds
from bot.desk.identifies import Identifies
from bot.desk.live import LiveHeadlines
from bot.desk.pointing import alike, headline_like, linked
from bot.desk.relating import Relatives, teased_by
from bot.desk.stats import Stats
from bot.desk.upkeep import looking_after
from bot.desk.watching import Folders
from bot.errors import EmptyStore, NothingFound, RemovedArticle, UnknownArticle, UnknownSource
from bot.feeds import Feeds
from bot.ingest.documents import Report
from bot.ingest.intake import Intake
from bot.refusals import NothingLike, NothingSaid
from bot.related import MIN_SCORE
from bot.search import Query
from bot.settings import Settings
from bot.store.store import Store
from bot.summary import summarise

log = logging.getLogger(__name__)

RESULTS = 25
"""Hits that an answer has at most: five pages on a phone, and as many as a Discord select can offer."""
SEARCHES_AT_ONCE = 4
"""Searches that are under way at a time; others wait for their turn. More would not be answered sooner, and
whatever else the event loop has to do waits for a step of each."""
ANSWERS_AT_ONCE = 8
"""Questions that are answered at a time, the first ones first. Where more are asked than can be answered, each would
otherwise wait for all others at each of its steps, and those of most steps the longest."""
RELATED = 5
"""Similar stories that an answer lists."""
GROUPED_FROM = 2
"""How many times as many articles are looked up as stories are to be shown."""
_SEARCH = "newsdesk search Syria"


class Desk:
    """Answers from one store. Make it with `Desk.open`.

    What takes an `example` puts it into the sentence of what it raises: a command that works.
    """

    def __init__(self, store: Store, settings: Settings, feeds: Feeds) -> None:
        self.store = store
        self.settings = settings
        self.feeds = feeds
        self.headlines = LiveHeadlines(store, settings.data_dir / "headlines.snapshot")
        self.guilds = Guilds(store)
        self.identifies = Identifies(store)
        self._intake = Intake(store)
        self._folders = Folders(settings.folders, store, self._intake)
        self._relatives = Relatives(store, self.headlines)
        self._turns = asyncio.Semaphore(SEARCHES_AT_ONCE)
        self._answering = asyncio.Semaphore(ANSWERS_AT_ONCE)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: Settings, *, search: bool = True, progress: Callable[[str, int], None] | None = None
    ) -> AsyncIterator["Desk"]:
        """Bring the store up to date (schema, watched folders), and with `search` load the headlines; raise StoreError.

        `progress` is told, in words, what is being done, and how many headlines were read.
        """
        tell = progress or (lambda _what, _done: None)
        tell("Opening the store", 0)
        async with Store.open(settings.url) as store, Feeds.open(store, settings) as feeds:
            desk = cls(store, settings, feeds)
            await desk._folders.sync()
            if search:
                await desk.headlines.load(lambda done: tell("Loading the headlines", done))
            yield desk
            await desk.headlines.close()

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Follow the change log meanwhile, so that what any process changes is served within a second.

        First, what takes long at the first question is made ready.
        """
        await self._relatives.make_ready()
        async with self.headlines.following():
            yield

    def watching(self) -> AbstractAsyncContextManager[None]:
        """Watch the folders of pages meanwhile: what is dropped into them or edited is found within two seconds."""
        return self._folders.watching()

    def upkeep(self) -> AbstractAsyncContextManager[None]:
        """Look after the store meanwhile, at once and then every day: old texts go as the settings say."""
        return looking_after(self.store, self.settings.keep_text_days)

    async def search(self, query: Query, limit: int = RESULTS, scope: Scope = EVERYTHING) -> Results:
        """Find stories. Nothing found is an answer: no hits, and words that would find something."""
        return await self.explained(await self._found(query, limit, scope), limit)

    async def _found(self, query: Query, limit: int, scope: Scope) -> Results:
        async with self._turns:
            return await find(self.store, self.headlines.index, query, limit, scope)

    async def explained(self, results: Results, count: int, first: int = 0) -> Results:
        """Add excerpts to so many of the hits in texts, from the `first` one on, counted from 0."""
        hits = list(results.hits)
        hits[first : first + count] = await with_excerpts(self.store, hits[first : first + count])
        return replace(results, hits=tuple(hits))

    async def grouped(self, query: Query, limit: int = RESULTS, scope: Scope = EVERYTHING) -> Results:
        """Search, but show each story once: by its best hit, with the ids of its other reports.

        Nobody looks at all of them: `explained` adds excerpts to those that are shown.
        """
        results = await self._found(query, limit * GROUPED_FROM, scope)
        return await one_for_each_story(self.store, results, limit, scope)

    async def answer(self, query: Query, example: str, scope: Scope = EVERYTHING) -> Results:
        """Search as `grouped` does; raise EmptyStore or NothingFound if there is none."""
        async with self._answering:
            results = await self.grouped(query, scope=scope)
        if not results.hits:
            if not len(self.headlines):
                raise EmptyStore
            raise NothingFound(
                query=query.text,
                example=example,
                suggestions=results.suggestions,
                remarks=results.remarks,
            )
        return results

    async def linked(self, addresses: Iterable[str], scope: Scope = EVERYTHING) -> int | None:
        """Return the article that the first of some addresses leads to; None if none does that may be seen."""
        return await linked(self.store, addresses, scope)

    async def like(self, text: str, now: datetime, scope: Scope = EVERYTHING) -> Results:
        """Find the stories that have the words of a text, or else those most like it; raise NothingLike."""
        query = headline_like(text)
        if query is not None and not query.terms:
            raise NothingSaid
        results = await self.grouped(query, scope=scope) if query else Results(query=text, hits=())
        if not results.hits:
            hits = await alike(self._relatives, text, now, RESULTS, scope)
            results = Results(query=text, hits=hits)
        if not results.hits:
            raise NothingLike
        return results

    async def complete(self, text: str, limit: int = RESULTS, scope: Scope = EVERYTHING) -> list[Listing]:
        """Return the stories that someone who is still typing may mean, best first."""
        async with self._turns:
            return await self.store.listings(self.headlines.index.complete(text, limit, scope))

    def complete_source(self, text: str, limit: int = RESULTS, scope: Scope = EVERYTHING) -> list[str]:
        """Return the names of sources that someone who is still typing may mean, largest first."""
        return self.headlines.index.sources(text, limit, scope)

    async def article(self, id_: int, example: str = _SEARCH) -> Article:
        """Fetch an article; raise UnknownArticle, or RemovedArticle with the day it was removed."""
        article = await self.store.article(id_)
        if article is not None:
            return article
        removed = await self.store.tombstone(id_)
        if removed is not None:
            raise RemovedArticle(id=id_, date=f"{removed:%Y-%m-%d}")
        raise UnknownArticle(id=id_, example=example)

    async def story(self, id_: int, example: str = _SEARCH, scope: Scope = EVERYTHING) -> Story:
        """Fetch an article as it is shown, with its summary; raise as `related` does."""
        async with self._answering:
            article = await self._shown(id_, example, scope)
            return Story(
                article=article,
                summary=await asyncio.to_thread(summarise, article.page),
                teased=tuple(await teased_by(self.store, article, scope)),
                others=tuple(await self.reports(article.story or id_, but=id_, scope=scope)),
            )

    async def _shown(self, id_: int, example: str, scope: Scope) -> Article:
        article = await self.article(id_, example)
        if not scope.shows(article.page.source):
            raise UnknownArticle(id=id_, example=example)
        return article

    async def reports(
        self, story: int, *, but: int | None = None, scope: Scope = EVERYTHING
    ) -> list[Listing]:
        """Return the reports of a story, oldest id first, given the id of its first one; without the one in `but`."""
        listed = await self.store.reports_listed(story)
        return [listing for listing in listed if listing.id != but and scope.shows(listing.source)]

    async def pick(self, asked: int | Query, example: str, scope: Scope = EVERYTHING) -> int:
        """Return the id that was asked for, or the best hit's for words; raise as `answer` does."""
        if isinstance(asked, int):
            return asked
        return (await self.answer(asked, example, scope)).hits[0].listing.id

    async def related(
        self,
        id_: int,
        *,
        limit: int = RELATED,
        min_score: float = MIN_SCORE,
        group: bool = True,
        example: str = _SEARCH,
        scope: Scope = EVERYTHING,
    ) -> Related:
        """Find what belongs to an article; raise as `article` does, also for one that the scope does not show.

        With a `min_score` of 0 every story that shares a word is compared, not only those that share a rare one.
        With `group` no other report of the story is listed, nor a second one of any other.
        """
        async with self._answering:
            article = await self._shown(id_, example, scope)
            return await self._relatives.of(
                article, limit=limit, min_score=min_score, group=group, scope=scope
            )

    def ingest(self, paths: Sequence[Path]) -> AsyncIterator[Report]:
        """Take files and folders in; each report comes after its document was committed."""
        return self._intake.ingest(paths)

    def fetch(self, addresses: Sequence[str]) -> AsyncIterator[Report]:
        """Take pages in by their addresses; each report comes after its page was committed.

        Its path is the address with credentials masked. What cannot be fetched or read is rejected.
        """
        from bot.desk.fetching import take_in  # noqa: PLC0415 - slow to load, and few commands need it

        return take_in(self.settings, self._intake, addresses)

    async def remove(self, ids: Sequence[int], reason: str = "") -> list[int]:
        """Remove articles for good, leaving tombstones; return all that went, orphaned stubs included.

        Raise UnknownArticle or RemovedArticle before anything is changed.
        """
        return await self.store.remove(ids, reason)

    async def remove_source(self, name: str, reason: str = "") -> list[int]:
        """Remove every article of a source; return the ids of all that went; raise UnknownSource."""
        removed = await self.store.remove_source(name, reason)
        if not removed:
            raise UnknownSource(name=name)
        return removed

    async def restore(self, ids: Sequence[int]) -> list[int]:
        """Lift tombstones: articles come back under their old ids when their pages are next seen, seeds at once."""
        restored = await self.store.restore(ids)
        await self._folders.sync()
        return restored

    async def stats(self) -> Stats:
        """Count what there is."""
        return Stats(
            store=await self.store.stats(),
            indexed=len(self.headlines),
            behind=await self.headlines.behind(),
            database=self.store.address,
            data_dir=self.settings.data_dir.absolute(),
            version=version("newsdesk"),
        )

    async def check(self) -> list[str]:
        """Compare articles, full text and the headlines in memory; return every difference in a sentence."""
        return [*await self.store.check(), *await self.headlines.differences()]

    async def backup(self, path: Path) -> None:
        """Write a consistent copy of the store while it is in use; raise StoreError, also if the file is there."""
        await self.store.backup(path)

    async def synced_commands(self, application: int) -> str | None:
        """Return the hash of the slash commands that Discord was last given for an application."""
        return await self.store.meta_get(f"commands:{application}")

    async def note_synced_commands(self, application: int, digest: str) -> None:
        """Remember which slash commands Discord was given."""
        await self.store.meta_set(f"commands:{application}", digest)
