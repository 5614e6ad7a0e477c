"""PostgreSQL at several addresses, of which some are dead, and a server that goes away and comes back."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from bot.article import Page
from bot.cli import app
from bot.desk import Desk
from bot.errors import StoreUnavailable
from bot.feeds import Take
from bot.replies.arguments import read_query
from bot.settings import Settings
from bot.store.store import Store
from tests import feed_poller, webserver
from tests.databases import Server, listening, take_in
from tests.feed_site import rss
from tests.ports import free_port


class Address:
    """An address of its own for the one server of the tests, which listens nowhere but on a socket in its folder."""

    _server: asyncio.Server

    def __init__(self, path: str) -> None:
        self._path = path
        self._relays: set[asyncio.Task[None]] = set()
        self.came = 0
        self.port = 0

    @classmethod
    @asynccontextmanager
    async def of(cls, url: str) -> AsyncIterator["Address"]:
        address = cls(f"{parse_qs(urlsplit(url).query)['host'][0]}/.s.PGSQL.5432")
        address._server = await asyncio.start_server(address._relay, "127.0.0.1", 0)
        address.port = address._server.sockets[0].getsockname()[1]
        try:
            yield address
        finally:
            await address.die()

    async def die(self) -> None:
        """Take nobody in any more, and cut all connections."""
        self._server.close()
        left = list(self._relays)
        for relay in left:
            relay.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._relays.add(task)
        self.came += 1
        with suppress(OSError, asyncio.CancelledError), closing(writer):
            there, back = await asyncio.open_unix_connection(self._path)
            with closing(back):
                both = [asyncio.create_task(_copy(reader, back)), asyncio.create_task(_copy(there, writer))]
                try:
                    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for one in both:
                        one.cancel()
                    await asyncio.gather(*both, return_exceptions=True)
        self._relays.discard(task)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()


def at(url: str, *ports: int) -> str:
    """Return the URL of a database by the ports of several hosts."""
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return f"postgresql+psycopg://postgres@{hosts}/{urlsplit(url).path[1:]}"


async def followed(desk: Desk, number: int) -> None:
    """Wait until a desk's headlines have so many stories."""
    async with asyncio.timeout(20):
        while len(desk.headlines) < number:
            await asyncio.sleep(0.01)


async def test_the_address_that_answers_is_used_by_the_store_by_those_who_listen_and_on_the_command_line(
    postgres_url: str, postgres_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Address.of(postgres_url) as living:
        url = at(postgres_url, free_port(), living.port)
        settings = Settings(data_dir=tmp_path, seeds_dir=None, database_url=url)
        async with Desk.open(settings) as desk, desk.following():
            await listening(postgres_store)
            await take_in(postgres_store, Page(headline="Ferry leaves for the island"))
            await followed(desk, 1)
            came = living.came
            monkeypatch.setenv("NEWSDESK_DATABASE_URL", url)
            monkeypatch.setenv("NEWSDESK_SEEDS_DIR", "")
            monkeypatch.setenv("NEWSDESK_DATA_DIR", str(tmp_path / "cli"))
            told = await asyncio.to_thread(CliRunner().invoke, app, ["search", "ferry"])
            assert "Ferry leaves for the island" in told.output
            assert living.came > came


async def test_where_one_address_dies_the_next_one_is_used(
    postgres_url: str, postgres_store: Store, tmp_path: Path
) -> None:
    async with Address.of(postgres_url) as first, Address.of(postgres_url) as second:
        url = at(postgres_url, first.port, second.port)
        settings = Settings(data_dir=tmp_path, seeds_dir=None, database_url=url)
        async with Desk.open(settings) as desk, desk.following():
            assert second.came == 0
            await first.die()
            await take_in(postgres_store, Page(headline="Ferry leaves for the island"))
            await followed(desk, 1)
            assert second.came > 0


async def test_a_server_that_is_restarted_is_survived(
    postgres_server: Server, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed_poller.hurry(monkeypatch)
    async with webserver.Site.open({"/feed.xml": rss("Ferry fares rise in spring")}) as site:
        settings = webserver.allowing(site, data_dir=tmp_path, database_url=postgres_url)
        async with Desk.open(settings) as desk, desk.following(), desk.feeds.polling():
            async with Store.open(postgres_url) as writer:
                await listening(writer)
                await take_in(writer, Page(headline="Orchard wins the cider prize"))
                await followed(desk, 1)
            await asyncio.to_thread(postgres_server.stop)
            try:
                with pytest.raises(StoreUnavailable):
                    await desk.stats()
                # What needs the headlines alone goes on.
                assert desk.headlines.index.complete("orchard", 1)
            finally:
                await asyncio.to_thread(postgres_server.start)
            await desk.feeds.add_unseen(site.url("/feed.xml"), take=Take.ALL, full_text=False)
            await followed(desk, 2)
            async with Store.open(postgres_url) as looking:
                await listening(looking)
            results = await desk.search(read_query("ferry fares", ""))
            assert [hit.listing.headline for hit in results.hits] == ["Ferry fares rise in spring"]


async def test_a_connection_whose_other_end_falls_silent_is_given_up(postgres_url: str) -> None:
    async with Address.of(postgres_url) as address:
        for given, seconds in (("", 10), ("?tcp_user_timeout=3000", 3)):
            async with Store.open(at(postgres_url, address.port) + given) as store:
                assert await silence_borne(store) == (seconds * 1000, 10)


async def silence_borne(store: Store) -> tuple[int, int]:
    """Return how long Linux waits on a connection: milliseconds for an acknowledgement, seconds until it asks when idle."""

    def borne(connection: Connection) -> tuple[int, int]:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)
        with socket.socket(fileno=socket.dup(driver.fileno())) as same:
            waits = same.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            return waits, same.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)

    return await store._database.read(borne)
