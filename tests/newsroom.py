"""Fixtures for everything above the store: settings, a small filled store, the bot in a simulated Discord."""

import asyncio
import json
import pickle
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.cli import main
from bot.desk import Desk
from bot.feeds import work
from bot.feeds.workers import Workers
from bot.ingest.intake import Intake
from bot.preview.stage import Stage, stage
from bot.settings import Settings, variable
from bot.store.store import Store
from tests.databases import copy_store

PAGES = {
    "harbour.txt": """Harbour bridge reopens after three years of repairs

Traffic crossed the harbour bridge on Monday for the first time since a freighter damaged one of its piers.

Harbour Gazette | Published: 4 May 2020

The mayor, Ada Lindqvist, walked over the bridge at noon. Ferries will keep running until the autumn.

Repairs had cost more than twice what was planned. The city council will debate the bill in June.

Newsletter

Ferry workers end their strike

Ferry crews went back to work on Sunday after eleven days, when their union and the harbour company agreed on new r...

Storm Brunhild uproots hundreds of trees

More than four hundred trees fell when storm Brunhild crossed the coast in the night to Friday, and some villages we...
""",
    "ferry.txt": """Ferry workers end their strike

Ferry crews went back to work on Sunday after eleven days, when their union and the harbour company agreed on new rosters.

Harbour Gazette | Published: 3 May 2020

The union had asked for longer breaks between night crossings. The company gave way on Saturday evening.

Newsletter

Harbour bridge reopens after three years of repairs

Traffic crossed the harbour bridge on Monday for the first time since a freighter damaged one of its piers....
""",
    "whales.txt": """Two whales seen in the fjord

Fishermen saw two humpback whales in the inner fjord on Tuesday, the first there for nine years.

Northern Post | Published: 6 May 2020

Biologists think that the animals followed herring. Boats were asked to keep three hundred metres away.
""",
}
"""Three pages that tease each other, and one story that is not there: ids in the order of their names."""

_STORE = "newsdesk.db"
"""The file in a data folder."""

FERRY, HARBOUR, STUB, WHALES = 1, 2, 3, 4


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_settings(monkeypatch)


def forget_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of whoever runs the tests count."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    # A developer's own .env must not decide what the tests see.
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.fixture
def settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    """Settings of a data folder with an empty store."""
    copy_store(sqlite_template, tmp_path / "data" / _STORE)
    return Settings(data_dir=tmp_path / "data", seeds_dir=None)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return _written(tmp_path / "pages")


def _written(folder: Path) -> Path:
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def filled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    copy_store(sqlite_template, folder / _STORE)
    async with Store.open(f"sqlite+aiosqlite:///{folder / _STORE}") as store:
        await Intake(store).sync_folder(_written(folder / "pages"))
    return folder / _STORE


@pytest.fixture
async def empty_desk(settings: Settings) -> AsyncIterator[Desk]:
    async with Desk.open(settings) as desk:
        yield desk


@pytest.fixture
async def desk(settings: Settings, filled_template: Path) -> AsyncIterator[Desk]:
    """A desk over the three pages."""
    copy_store(filled_template, settings.data_dir / _STORE)
    async with Desk.open(settings) as desk:
        yield desk


@pytest.fixture
async def channel(desk: Desk) -> AsyncIterator[Stage]:
    """A simulated channel with the bot in it."""
    async with stage(desk, desk.settings) as channel:
        yield channel


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read documents in this process: one of its own takes a second to start. tests/test_feeds_workers.py is about those."""

    async def do(_: Workers, name: str, *arguments: Any) -> Any:
        asked = pickle.loads(pickle.dumps(arguments))  # noqa: S301 - our own
        answer = pickle.loads(pickle.dumps(await asyncio.to_thread(work._answer, name, asked)))  # noqa: S301 - our own
        if isinstance(answer, work.Failure):
            raise answer.kind(**answer.params)
        return answer

    monkeypatch.setattr(Workers, "_do", do)


Newsdesk = Callable[..., Ran]


@pytest.fixture
def newsdesk(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sqlite_template: Path,
    tmp_path: Path,
) -> Newsdesk:
    """Run the command `newsdesk` on a data folder of the test's own with an empty store, without seeds."""
    copy_store(sqlite_template, tmp_path / "data" / _STORE)
    monkeypatch.setenv("NEWSDESK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NEWSDESK_SEEDS_DIR", "")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["newsdesk", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run
