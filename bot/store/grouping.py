"""Which articles report one event: looked up, decided (bot/stories.py), and written down in one transaction.

A story is known by the id of its first report; every other report is compared with that one. Where reports
of one event may be is told by their landmarks: a stretch of time and a word in one number, so that those
near in time stand near one another in the database.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache

from sqlalchemy import bindparam, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.article import Kind
from bot.store import models
from bot.store.models import articles, reports
from bot.store.records import Draft
from bot.store.rows import chunks, draft
from bot.stories import SHARED, WINDOW, Candidate, Report, Traits, landmarks, report, story_of, traits

RULES = "1"
"""Raised when bot/stories finds other landmarks or joins other reports: a store is then grouped anew."""
LIKELY = 24
"""Articles whose stories a report may join: those with which it has most in common at first sight."""
COMPARED = 4
"""Stories of these that a report is compared with, in full."""
_NEWEST = 64
"""Articles at one landmark, or with one headline, that are looked at. A word that more have tells little."""
_STRETCH = int(2 * WINDOW.total_seconds())
"""Seconds of a landmark's stretch of time: what is within WINDOW of a moment is in two stretches at most."""
_WORD_BITS = 32
_OPENING = 600
"""Characters of a text that landmarks are looked for in: about its lead."""
_REMEMBERED = 512
"""Reports whose traits are kept, some 50 kB each: the day's news is compared again and again."""
_WORDED = 100
"""Landmarks that the same headline, or the same beginning, counts for."""
_PLACES = 5_000
"""Places that are asked for in one statement."""

_AT_SQLITE = text(
    "SELECT place.value AS place, (SELECT json_group_array(article_id) FROM (SELECT article_id FROM landmarks"
    " WHERE landmarks.place = place.value ORDER BY article_id DESC LIMIT :newest)) AS ids"
    " FROM json_each(:places) AS place"
)
_AT_POSTGRES = text(
    "SELECT place, ARRAY(SELECT article_id FROM landmarks WHERE landmarks.place = asked.place"
    " ORDER BY article_id DESC LIMIT :newest) AS ids FROM unnest(CAST(:places AS bigint[])) AS asked(place)"
)
FORGET = delete(models.landmarks).where(
    models.landmarks.c.place == bindparam("at"), models.landmarks.c.article_id == bindparam("id")
)
_AT_ONCE = 1_000
"""Articles that are read at once where all of them are grouped."""


async def regroup(connection: AsyncConnection, *, postgres: bool) -> None:
    """Find the stories of all articles anew."""
    await connection.execute(delete(models.landmarks))
    await connection.execute(delete(reports))
    grouping = Grouping(connection, postgres=postgres)
    last = 0
    while True:
        query = select(articles).where(articles.c.id > last).order_by(articles.c.id).limit(_AT_ONCE)
        rows = (await connection.execute(query)).all()
        if not rows:
            return
        grouping.add(draft(row) for row in rows)
        await grouping.settle()
        last = rows[-1].id


@dataclass(frozen=True)
class Newcomer:
    """A report that is to find its story. Nothing is computed of it that is not asked for: most are alone."""

    draft: Draft

    @cached_property
    def traits(self) -> Traits:
        """By which it is compared."""
        return _traits(report(self.draft.page, self.draft.added))

    @cached_property
    def own(self) -> tuple[int, ...]:
        """The places of its landmarks; a headline alone has none."""
        return self._places({_stretch(self._when)}) if self.draft.page.first_text else ()

    @cached_property
    def near(self) -> tuple[int, ...]:
        """The places where reports within WINDOW of it have the same landmarks."""
        if not self.draft.page.first_text:
            return ()
        return self._places({_stretch(self._when - WINDOW), _stretch(self._when + WINDOW)})

    @property
    def _when(self) -> datetime:
        return self.draft.page.published or self.draft.added

    def _places(self, stretches: Collection[int]) -> tuple[int, ...]:
        return tuple((stretch << _WORD_BITS) | word for stretch in stretches for word in self._landmarks)

    @cached_property
    def _landmarks(self) -> frozenset[int]:
        """The landmarks of its headline and its first words, without reading the rest."""
        told = report(self.draft.page, self.draft.added)
        return landmarks(traits(replace(told, text=told.text[:_OPENING])))

    @property
    def wordings(self) -> tuple[bytes, ...]:
        """The keys that only the same headline, or the same beginning of the text, has."""
        keys = self.draft.keys
        return (keys.headline, keys.lead) if keys.lead else (keys.headline,)


class Grouping:
    """Finds the stories of new and changed articles, within one writing transaction."""

    def __init__(self, connection: AsyncConnection, *, postgres: bool) -> None:
        self._connection = connection
        self._postgres = postgres
        self._new: dict[int, Draft] = {}
        self._released: dict[int, None] = {}

    def add(self, drafts: Iterable[Draft]) -> None:
        """Note articles that are to find their stories when the transaction ends."""
        self._new.update((new.id, new) for new in drafts if new.kind is Kind.ARTICLE)

    async def forget(self, drafts: Sequence[Draft]) -> None:
        """Take articles out of their stories, as they stood in the store.

        Of a story that loses its first report, the others find their stories anew.
        """
        known = [old for old in drafts if old.kind is Kind.ARTICLE]
        places = await asyncio.to_thread(lambda: [(old.id, Newcomer(old).own) for old in known])
        gone = [{"at": place, "id": id_} for id_, own in places for place in own]
        if gone:
            await self._connection.execute(FORGET, gone)
        for chunk in chunks(old.id for old in known):
            others = select(reports.c.article_id).where(reports.c.story_id.in_(chunk))
            self._released |= dict.fromkeys(await self._connection.scalars(others))
            of_these = reports.c.article_id.in_(chunk) | reports.c.story_id.in_(chunk)
            await self._connection.execute(delete(reports).where(of_these))

    async def settle(self) -> None:
        """Find the stories of all that were noted, in the order of their ids, and write them down."""
        new, self._new = self._new, {}
        released = [id_ for id_ in self._released if id_ not in new]
        self._released = {}
        if not new and not released:
            return
        drafts = sorted([*new.values(), *await self._drafts(released)], key=lambda one: one.id)
        newcomers = [Newcomer(one) for one in drafts]
        near = await asyncio.to_thread(lambda: {place for one in newcomers for place in one.near})
        room = _Room(await self._at_landmarks(near), await self._at_wordings(newcomers))
        room.clear(one.draft.id for one in newcomers)
        await self._fill(room, newcomers)
        rows = await asyncio.to_thread(lambda: list(room.seat(newcomers)))
        if rows:
            await self._connection.execute(insert(reports), rows)
        marks = [
            {"place": place, "article_id": one.draft.id}
            for one in newcomers
            if one.draft.id in new
            for place in one.own
        ]
        if marks:
            marks.sort(key=lambda row: row["place"])
            await self._connection.execute(insert(models.landmarks), marks)

    async def _at_landmarks(self, places: Collection[int]) -> dict[int, list[int]]:
        """Return the newest articles at each of the places, oldest first."""
        found: dict[int, list[int]] = {}
        for chunk in chunks(sorted(places), _PLACES):
            if self._postgres:
                rows = await self._connection.execute(_AT_POSTGRES, {"places": chunk, "newest": _NEWEST})
                found.update((row.place, row.ids[::-1]) for row in rows if row.ids)
            else:
                asked = {"places": json.dumps(chunk), "newest": _NEWEST}
                rows = await self._connection.execute(_AT_SQLITE, asked)
                found.update((row.place, json.loads(row.ids)[::-1]) for row in rows)
        return found

    async def _at_wordings(self, newcomers: Sequence[Newcomer]) -> dict[bytes, list[int]]:
        """Return the newest articles with the headline, or the beginning, of newcomers, oldest first."""
        found: defaultdict[bytes, list[int]] = defaultdict(list)
        asked = (
            (articles.c.headline_key, (one.draft.keys.headline for one in newcomers)),
            (articles.c.lead_key, (one.draft.keys.lead for one in newcomers if one.draft.keys.lead)),
        )
        for key, values in asked:
            number = func.row_number().over(partition_by=key, order_by=articles.c.id.desc())
            for chunk in chunks(dict.fromkeys(values)):
                ranked = (
                    select(articles.c.id, key.label("key"), number.label("number"))
                    .where(key.in_(chunk), articles.c.kind == Kind.ARTICLE)
                    .subquery()
                )
                query = (
                    select(ranked.c.id, ranked.c.key).where(ranked.c.number <= _NEWEST).order_by(ranked.c.id)
                )
                for row in await self._connection.execute(query):
                    found[row.key].append(row.id)
        return found

    async def _fill(self, room: "_Room", newcomers: Sequence[Newcomer]) -> None:
        """Look up the stories of the articles that newcomers may tell the same as, with their first reports."""
        ids = {id_ for one in newcomers for id_ in room.likely(one)}
        told = {id_: id_ for id_ in ids}
        for chunk in chunks(ids):
            query = select(reports.c.article_id, reports.c.story_id).where(reports.c.article_id.in_(chunk))
            told.update((row.article_id, row.story_id) for row in await self._connection.execute(query))
        room.told = told
        room.counts = counts = {story: 1 for one in newcomers for story in room.near(one)}
        for chunk in chunks(list(counts)):
            query = (
                select(reports.c.story_id, func.count().label("others"))
                .where(reports.c.story_id.in_(chunk))
                .group_by(reports.c.story_id)
            )
            counts.update((row.story_id, 1 + row.others) for row in await self._connection.execute(query))
        room.firsts = {one.id: Newcomer(one) for one in await self._drafts(counts)}

    async def _drafts(self, ids: Iterable[int]) -> list[Draft]:
        return [
            draft(row)
            for chunk in chunks(ids)
            for row in await self._connection.execute(select(articles).where(articles.c.id.in_(chunk)))
        ]


class _Room:
    """What newcomers find: articles at their landmarks and with their wordings, and the stories of these."""

    def __init__(self, at: dict[int, list[int]], worded: dict[bytes, list[int]]) -> None:
        self._at = at
        self._worded = worded
        self._cleared: frozenset[int] = frozenset()
        self.told: dict[int, int] = {}
        """The story of each article."""
        self.firsts: dict[int, Newcomer] = {}
        """The first report of each story."""
        self.counts: dict[int, int] = {}
        """How many reports each story has."""

    def clear(self, ids: Iterable[int]) -> None:
        """Leave articles out until they are seated."""
        self._cleared = frozenset(ids)

    def likely(self, one: Newcomer) -> list[int]:
        """Return the articles that most likely tell the same, at most LIKELY, of equals the newest."""
        same = [id_ for key in one.wordings for id_ in self._worded.get(key, ())[-_NEWEST:]]
        if not same and not one.near:
            return []
        shared = Counter(id_ for place in one.near for id_ in self._at.get(place, ())[-_NEWEST:])
        found = {id_: count for id_, count in shared.items() if count >= SHARED}
        found |= {id_: _WORDED + found.get(id_, 0) for id_ in same}
        ranked = sorted(found.items(), key=lambda item: (-item[1], -item[0]))
        return [id_ for id_, _ in ranked if id_ not in self._cleared or id_ in self.told][:LIKELY]

    def near(self, one: Newcomer) -> list[int]:
        """Return the stories that a newcomer may join, at most COMPARED."""
        told = dict.fromkeys(self.told[id_] for id_ in self.likely(one) if id_ in self.told)
        return list(told)[:COMPARED]

    def seat(self, newcomers: Iterable[Newcomer]) -> Iterator[dict[str, int]]:
        """Give each newcomer its story; yield the rows of those that join one."""
        for one in newcomers:
            id_ = one.draft.id
            near = [
                Candidate(story, self.firsts[story].traits, self.counts[story])
                for story in self.near(one)
                if story in self.firsts
            ]
            joined = story_of(one.traits, near) if near else None
            if joined is None:
                self.firsts[id_] = one
                self.counts[id_] = 1
            else:
                self.counts[joined] += 1
                yield {"article_id": id_, "story_id": joined}
            self.told[id_] = joined or id_
            for place in one.own:
                self._at.setdefault(place, []).append(id_)
            for key in one.wordings:
                self._worded[key].append(id_)


@lru_cache(maxsize=_REMEMBERED)
def _traits(told: Report) -> Traits:
    return traits(told)


def _stretch(when: datetime) -> int:
    return int(when.timestamp()) // _STRETCH
