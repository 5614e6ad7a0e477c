"""A web site on loopback that does as it is told, also what no good server does."""

import asyncio
import itertools
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

from bot.settings import Settings

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came; the names of its headers in small letters."""

    path: str
    headers: Mapping[str, str]


Behaviour = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Site:
    """What answers at one address. Change `routes` at any time; a path without one is a 404."""

    routes: dict[str, Behaviour]
    pair: str = ""
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    answering: int = 0
    at_once: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        routes: dict[str, Behaviour] | None = None,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> AsyncIterator[Self]:
        """Open a site, and close it with everything that is still being answered."""
        site = cls(routes if routes is not None else {})
        server = await asyncio.start_server(site._connected, host, port, ssl=tls)
        site.pair = f"{host}:{server.sockets[0].getsockname()[1]}"
        try:
            yield site
        finally:
            server.close()
            for task in site._tasks:
                task.cancel()
            await asyncio.gather(*site._tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        return int(self.pair.rpartition(":")[2])

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def url(self, path: str = "/") -> str:
        return f"http://{self.pair}{path}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while not writer.is_closing():
                    await self._answer(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = request.strip().split("\r\n")
        asked = Asked(
            path=first.split()[1],
            headers={
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            },
        )
        self.asked.append(asked)
        self.answering += 1
        self.at_once = max(self.at_once, self.answering)
        try:
            await self.routes.get(asked.path.partition("?")[0], answer(status=404))(asked, writer)
            await writer.drain()
        finally:
            self.answering -= 1


def answer(body: bytes | str = b"", status: int = 200, **headers: str) -> Behaviour:
    """Answer, each header given as its_name; they win over those that belong."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}

    async def act(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, {"Content-Length": str(len(data)), **named}) + data)

    return act


def head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def redirect(to: str, status: int = 302) -> Behaviour:
    return answer(status=status, location=to)


def unchanged_for(etag: str, body: bytes) -> Behaviour:
    """Answer 304 to whoever has this version, and the body to all others."""

    async def act(asked: Asked, writer: asyncio.StreamWriter) -> None:
        same = asked.headers.get("if-none-match") == etag
        await (answer(status=304, etag=etag) if same else answer(body, etag=etag))(asked, writer)

    return act


def raw(data: bytes) -> Behaviour:
    """Send these bytes and close: what is no HTTP, or less than was promised."""

    async def act(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return act


def endless(pieces: Iterable[bytes] = (bytes(65_536),), *, pause: float = 0, **headers: str) -> Behaviour:
    """Send these pieces over and over, with a pause in seconds after each."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}

    async def act(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, named))
        for piece in itertools.cycle(pieces):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return act


async def silence(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


async def reset(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Break the connection off without a word (a close with nothing to linger for sends RST)."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def after(seconds: float, then: Behaviour) -> Behaviour:
    """Take a while to begin."""

    async def act(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await then(asked, writer)

    return act


def once_all_came(count: int, then: Behaviour) -> Behaviour:
    """Hold every answer back until so many requests wait for theirs."""
    waiting: list[None] = []
    all_came = asyncio.Event()

    async def act(asked: Asked, writer: asyncio.StreamWriter) -> None:
        waiting.append(None)
        if len(waiting) == count:
            all_came.set()
        await all_came.wait()
        await then(asked, writer)

    return act


def bomb(size: int) -> bytes:
    """Pack so many millions of bytes of nothing, as a member of gzip without its end: about a thousandth of it is sent."""
    packed = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    first, again = (packed.compress(bytes(1_000_000)) + packed.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * (size - 1)


def allowing(*sites: Site, **settings: Any) -> Settings:
    """Return settings under which these sites may be fetched from."""
    return Settings(
        _env_file=None, seeds_dir=None, fetch_allow_hosts=",".join(site.pair for site in sites), **settings
    )
