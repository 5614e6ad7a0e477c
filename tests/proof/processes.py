"""Two processes serve a shard each, over one PostgreSQL, and poll its feeds, while a third one takes stories in.

They are killed in turn, in the middle of a poll; or all three write at once.
"""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.desk import Desk
from bot.feeds import Take
from bot.settings import Settings
from tests.databases import serving_postgres
from tests.feed_site import rss
from tests.proof.fleet import PATIENCE, Fleet, fleet, until
from tests.proof.proving import Claim, Figures, total
from tests.proof.victim import record
from tests.webserver import Asked, silence

TITLE = "More than one process"
KILLS = 5
"""In each piece in which processes are killed."""
ROUNDS = 10
"""Of writing together, in each piece of that."""
FEEDS = 32
"""Polled in each round: as many as two processes poll at a time."""
ENTRIES = 5
"""New ones of each feed in each round."""
FILES = 40
"""Stories that the third process takes in meanwhile, each in a transaction of its own."""
FIND_WITHIN = 1.0
"""Seconds from when a story is taken in until every process finds it."""
TAKEN_OVER_WITHIN = 15.0
"""Seconds from a kill until what the killed process was polling is polled, and found."""
_NOTHING = dict.fromkeys(
    (
        *("kills", "stories", "asked", "lost", "late", "late_feeds", "rows", "polls_0", "polls_1"),
        *("missed", "differences", "violations"),
    ),
    0,
)


def pieces() -> Sequence[str]:
    """Name the pieces."""
    return ["kills-1", "kills-2", "kills-3", "writers-1"]


def run(piece: str) -> Figures:
    """Kill one process or the other KILLS times, or let all write at once for ROUNDS."""
    return asyncio.run(_kills(KILLS) if piece.startswith("kills") else _writers(ROUNDS))


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Add the pieces up."""
    sums = total(found, _NOTHING)
    slowest = max((figures["slowest"] for figures in found.values()), default=0.0)
    takeover = max((figures["takeover"] for figures in found.values()), default=0.0)
    test = "tests/test_shards.py"
    return [
        Claim(
            says="Where one of two processes on one PostgreSQL is killed, the other one answers as before, and the one that is"
            " started anew finds all that was acknowledged meanwhile",
            figure=f"{sums['kills']} kills, {sums['stories']} stories, {sums['asked']} questions, {sums['lost']} not answered",
            kept=sums["lost"] == 0,
            test=test,
        ),
        Claim(
            says="What a killed process was polling is taken over by the other one, and what it brings is found there, within"
            f" {TAKEN_OVER_WITHIN:.0f} s",
            figure=f"{sums['kills']} kills in the middle of a poll, {sums['late_feeds']} later, slowest {takeover:.1f} s from the"
            " kill to the answer on Discord",
            kept=sums["late_feeds"] == 0,
            test="tests/test_feeds_claims.py",
        ),
        Claim(
            says=f"What any process takes in is found by every other one within {FIND_WITHIN:.0f} s",
            figure=f"{sums['late']} later, slowest {slowest:.2f} s from taking it in to its answer on Discord",
            kept=sums["late"] == 0,
            test=test,
        ),
        Claim(
            says="Where three processes write at once, no headlines in memory miss a change",
            figure=f"{sums['rows']} changes, by {sums['polls_0']} and {sums['polls_1']} polls of two processes and the third one"
            f" at once, {sums['missed']} missed",
            kept=sums["missed"] == 0,
            test="tests/test_store_changes.py",
        ),
        Claim(
            says="After that the store is whole, and sessions were begun as far apart as Discord asks",
            figure=f"{sums['differences']} differences, {sums['violations']} violations",
            kept=sums["differences"] == sums["violations"] == 0,
            test=test,
        ),
    ]


class Office:
    """The third process: it takes stories in, and knows what the others are to find."""

    def __init__(self, desk: Desk, ships: Fleet, folder: Path, figures: Figures) -> None:
        self.desk = desk
        self.ships = ships
        self._folder = folder
        self.figures = figures

    async def take_in(self, number: int, version: int = 1) -> None:
        """Take a story in, or another version of it."""
        file = self._folder / f"{number}.jsonl"
        file.write_text(f"{json.dumps(record(number, version))}\n", encoding="utf-8")
        (report,) = [report async for report in self.desk.ingest([file])]
        assert report.outcome == ("added" if version == 1 else "updated"), report
        file.unlink()

    async def find(self, number: int, *shards: int) -> None:
        """Let processes find a story."""
        found = await asyncio.gather(*(self.ships.finds(number, shard) for shard in shards))
        self.figures["lost"] += found.count(False)

    async def take_in_and_find(self, number: int, *shards: int) -> float:
        """Take a story in and let processes find it; return the seconds from the one to the other."""
        await self.take_in(number)
        self.figures["stories"] += 1
        start = asyncio.get_running_loop().time()
        await self.find(number, *shards)
        return asyncio.get_running_loop().time() - start

    async def stored(self, count: int) -> None:
        """Wait until so many articles are in the store."""

        async def are() -> bool:
            return (await self.desk.store.stats()).articles >= count

        await until(are)

    async def missed(self) -> None:
        """Count what the headlines of each process do not have as the store has it."""
        await self.desk.headlines.catch_up()
        self.figures["missed"] += len(await self.desk.headlines.differences())
        for shard in range(2):
            self.figures["missed"] += len(await self.ships.differences(shard))


@asynccontextmanager
async def _office() -> AsyncIterator[Office]:
    figures: Figures = dict(_NOTHING) | {"slowest": 0.0, "takeover": 0.0}
    folder = Path(tempfile.mkdtemp(prefix="newsdesk-processes-"))
    try:
        with serving_postgres(folder / "server") as server:
            server.run("CREATE DATABASE newsdesk")
            url = server.url("newsdesk")
            settings = Settings(data_dir=folder / "own", seeds_dir=None, database_url=url)
            async with Desk.open(settings) as desk, fleet(folder, url) as (ships, loopback):
                office = Office(desk, ships, folder, figures)
                yield office
                await asyncio.sleep(FIND_WITHIN)
                await office.missed()
                figures["asked"] = ships.asked
                figures["violations"] = len(loopback.world.violations)
                figures["differences"] = len(await desk.check())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _kills(kills: int) -> Figures:
    async with _office() as office:
        for number in range(1000, 1000 + kills):
            await _kill(office, number)
    return office.figures


async def _kill(office: Office, number: int) -> None:
    """Kill the process that polls a feed, and see what becomes of that, and of a story that comes meanwhile."""
    loop = asyncio.get_running_loop()
    ships, figures = office.ships, office.figures
    passed = await office.take_in_and_find(number, 0, 1)
    figures["late"] += passed > FIND_WITHIN
    figures["slowest"] = max(figures["slowest"], round(passed, 2))

    path = f"/{number}.xml"
    ships.site.routes[path] = silence
    await office.desk.feeds.add_unseen(ships.site.url(path), take=Take.ALL, full_text=False)
    await until(lambda: _true(ships.pollers(path)))
    (victim,) = ships.pollers(path)
    other, meanwhile, polled = 1 - victim, number + 100_000, number + 200_000
    ships.site.routes[path] = rss(str(record(polled, 1)["headline"]))
    start = loop.time()
    await ships.kill(victim)
    figures["kills"] += 1
    await office.take_in_and_find(meanwhile, other)
    await until(lambda: _true(len(ships.pollers(path)) > 1))
    await office.stored(3 * figures["kills"])
    await office.find(polled, other)
    passed = loop.time() - start
    figures["late_feeds"] += passed > TAKEN_OVER_WITHIN
    figures["takeover"] = max(figures["takeover"], round(passed, 1))
    await ships.start(victim)
    await office.find(meanwhile, victim)
    await office.find(polled, victim)


async def _true(value: object) -> bool:
    return bool(value)


async def _writers(rounds: int) -> Figures:
    async with _office() as office:
        feeds = office.desk.feeds
        paths = [f"/{number}.xml" for number in range(FEEDS)]
        ids = [
            (await feeds.add_unseen(office.ships.site.url(path), take=Take.ALL, full_text=False)).id
            for path in paths
        ]
        for round_ in range(1, rounds + 1):
            await _write_together(office, round_, paths, ids)
        for shard in range(2):
            office.figures[f"polls_{shard}"] = sum(office.ships.pollers(path).count(shard) for path in paths)
    return office.figures


async def _write_together(office: Office, round_: int, paths: Sequence[str], ids: Sequence[int]) -> None:
    """Let both processes poll feeds with news, and take stories in and correct and remove others meanwhile."""
    first = round_ * 10_000
    answers = {
        path: rss(*(str(record(first + at * ENTRIES + one, 1)["headline"]) for one in range(ENTRIES)))
        for at, path in enumerate(paths)
    }
    asking: set[int] = set()
    both_ask = asyncio.Event()

    async def once_both_ask(asked: Asked, writer: asyncio.StreamWriter) -> None:
        asking.add(office.ships.pollers(asked.path)[-1])
        if len(asking) > 1:
            both_ask.set()
        await both_ask.wait()
        await answers[asked.path](asked, writer)

    office.ships.site.routes |= dict.fromkeys(paths, once_both_ask)
    before = await office.desk.store.stats()
    for id_ in ids:
        await office.desk.feeds.resume(id_)
    await asyncio.wait_for(both_ask.wait(), PATIENCE)
    mine = range(first + 5_000, first + 5_000 + FILES)
    for number in mine:
        await office.take_in(number)
        if number % 4 == 0:
            await office.take_in(number, 2)
    removed = [row[0] async for batch in office.desk.store.headlines() for row in batch][-3:]
    await office.desk.remove(removed, "proof")
    new = len(paths) * ENTRIES
    await office.stored(before.articles + new + FILES - len(removed))
    await asyncio.sleep(FIND_WITHIN)
    office.figures["rows"] += new + FILES + FILES // 4 + len(removed)
    await office.missed()
