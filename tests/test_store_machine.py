"""Any order of what people do to a store, against a model of a few lines; the same on both databases."""

import asyncio
import itertools
import json
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.desk import Desk
from bot.replies.arguments import read_query
from bot.settings import Settings
from tests.databases import Server

T = TypeVar("T")

NUMBERS = st.integers(0, 5)
GUILDS = st.integers(1, 3)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES = "harbour ferry bridge library stadium orchard".split()


class StoreMachine(RuleBasedStateMachine):
    """Articles come, change, go, and come back, while the bot is restarted in between."""

    def __init__(self, new_url: Callable[[], str]) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory(prefix="newsdesk-machine-")
        self._url = new_url()
        self._open = AsyncExitStack()
        self.versions: dict[int, int] = {}
        """The model: what each article says now."""
        self.removed: set[int] = set()
        self.ids: dict[int, int] = {}
        self.prefixes: dict[int, str] = {}
        self._await(self._start())

    def _await(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    async def _start(self) -> None:
        chosen = Settings(data_dir=Path(self._folder.name) / "data", seeds_dir=None, database_url=self._url)
        self.desk = await self._open.enter_async_context(Desk.open(chosen))

    async def _write(self, number: int, version: int) -> tuple[str, int | None]:
        file = Path(self._folder.name) / "record.jsonl"
        record = {
            "headline": f"The {NAMES[number]} of ward {number} is news",
            "paragraphs": [
                f"People of ward {number} saw the {NAMES[number]}.",
                f"This is version {version}.",
            ],
            "url": f"https://press.example/{number}",
        }
        file.write_text(json.dumps(record), encoding="utf-8")
        (report,) = [report async for report in self.desk.ingest([file])]
        await self.desk.headlines.catch_up()
        return report.outcome, report.id

    @rule(number=NUMBERS, version=st.integers(1, 3))
    def write(self, number: int, version: int) -> None:
        outcome, id_ = self._await(self._write(number, version))
        if number in self.removed:
            assert outcome == "rejected"
            return
        before = self.versions.get(number)
        assert outcome == ("added" if before is None else "unchanged" if before == version else "updated")
        # Its number is its own, whatever happened to it.
        assert self.ids.setdefault(number, id_ or 0) == id_
        self.versions[number] = version

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.versions)))
        self._await(self.desk.remove([self.ids[number]], "asked to"))
        self._await(self.desk.headlines.catch_up())
        del self.versions[number]
        self.removed.add(number)

    @precondition(lambda self: self.removed)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.removed)))
        assert self._await(self.desk.restore([self.ids[number]])) == [self.ids[number]]
        self.removed.remove(number)

    @rule(guild=GUILDS, prefix=st.sampled_from(["?", "news", "default"]))
    def choose(self, guild: int, prefix: str) -> None:
        self._await(self.desk.guilds.change(guild, "prefix", prefix, 7, NOW))
        self.prefixes[guild] = "" if prefix == "default" else prefix

    @rule()
    def restart(self) -> None:
        self._await(self._open.aclose())
        self._await(self._start())

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        self._await(self._compare())

    async def _compare(self) -> None:
        stats = await self.desk.stats()
        assert stats.store.articles == stats.indexed == len(self.versions)
        for number, version in self.versions.items():
            article = await self.desk.article(self.ids[number])
            assert article.page.paragraphs[-1] == f"This is version {version}."
            found = await self.desk.search(read_query(f'"{NAMES[number]} of ward"', ""))
            assert [hit.listing.id for hit in found.hits] == [self.ids[number]]
        for guild, prefix in self.prefixes.items():
            assert ((await self.desk.guilds.of(guild)).prefix or "") == prefix

    def teardown(self) -> None:
        assert self._await(self.desk.check()) == []
        self._await(self._open.aclose())
        self._runner.close()
        self._folder.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Return what makes an empty store, and tells its URL."""
    numbers = itertools.count()
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db"
    server: Server = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("postgres_template")

    def create() -> str:
        name = f"machine_{next(server.numbers)}"
        server.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return server.url(name)

    return create


def test_any_order_of_events_leaves_the_store_as_a_plain_model_has_it(new_url: Callable[[], str]) -> None:
    chosen = settings(
        max_examples=12,
        stateful_step_count=15,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: StoreMachine(new_url), settings=chosen)  # type: ignore[arg-type]  # it is called without arguments
