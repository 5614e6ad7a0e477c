"""The server: both halves of Discord on one port, and what a test does to them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import discord
import pytest
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket

from tests.loopback import world as here
from tests.loopback.buckets import Buckets
from tests.loopback.gateway import INVALID_SESSION, RECONNECT, Connection, Gateway
from tests.loopback.rest import Rest
from tests.loopback.state import Asked, World

SESSION_IS_OVER: Final = {4003, 4007, 4009}
"""Close codes after which a new session is to be begun (opcodes-and-status-codes.mdx, Gateway Close Event Codes)."""


def gateway_url(port: int) -> str:
    """Return the gateway's address."""
    return f"ws://127.0.0.1:{port}/gateway"


def show_the_way(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the two addresses that discord.py lets one choose."""
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}/api/v10")
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(gateway_url(port)))


class Loopback:
    """Discord, on this machine."""

    def __init__(self) -> None:
        self.port = 0
        self.world = World()
        self.rest = Rest(self.world)
        self.gateway = Gateway(self.world)
        application = web.Application(middlewares=[Buckets(self.world).rule])
        application.router.add_get("/gateway", self.gateway.handle)
        application.router.add_get("/gateway/", self.gateway.handle)
        application.router.add_routes(self.rest.routes())
        # What hangs is aborted at the end.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        self._site: web.TCPSite | None = None

    @classmethod
    @asynccontextmanager
    async def serving(cls) -> AsyncIterator[Self]:
        """Serve, for whoever knows the port."""
        loopback = cls()
        await loopback._runner.setup()
        await loopback.come_back()
        try:
            yield loopback
        finally:
            loopback.rest.over.set()
            loopback.gateway.over = True
            await loopback._runner.cleanup()

    @classmethod
    @asynccontextmanager
    async def open(cls, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Self]:
        """Serve, and show the clients of this process the way."""
        async with cls.serving() as loopback:
            show_the_way(loopback.port, monkeypatch)
            yield loopback

    async def go_away(self, *, for_good: bool = False) -> None:
        """Be absent: connections end, new ones are refused. After an absence `for_good` no session can be resumed."""
        assert self._site is not None
        await self._site.stop()
        assert self._runner.server is not None
        for one in list(self._runner.server.connections):
            if one.transport is not None:
                one.transport.abort()
        if for_good:
            self.gateway.forget_sessions()

    async def come_back(self) -> None:
        """Serve, on the port as before."""
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = self.rest.gateway = gateway_url(self.port)

    async def says(
        self, content: str, guild: int = here.GUILD, user: int = here.READER, *, times: int = 1
    ) -> str:
        """Let a user write into the channel of a guild, and tell of it so many times; return the message's id."""
        sent = here.message(content, user, guild, guild_id=str(guild), member=here.member(user))
        for _ in range(times):
            await self.gateway.tell("MESSAGE_CREATE", sent)
        return str(sent["id"])

    async def whispers(self, content: str, user: int = here.READER) -> str:
        """Let a user write to the bot alone; return the message's id."""
        sent = here.message(content, user, channel_id=here.direct(user)["id"])
        await self.gateway.tell("MESSAGE_CREATE", sent)
        return str(sent["id"])

    async def invokes(
        self,
        command: str,
        guild: int = here.GUILD,
        user: int = here.READER,
        *,
        times: int = 1,
        **options: str,
    ) -> Asked:
        """Let a user give a slash command in a guild, and tell of it so many times."""
        given = [{"name": name, "type": 3, "value": value} for name, value in options.items()]
        data = {"id": "1", "name": command, "type": 1, "options": given}
        return await self._asks(Asked(here.interaction(2, data, guild, user)), times)

    async def types(self, command: str, option: str, value: str, guild: int = here.GUILD) -> Asked:
        """Let a user type an argument of a slash command, and see what completes it."""
        given = [{"name": option, "type": 3, "value": value, "focused": True}]
        data = {"id": "1", "name": command, "type": 1, "options": given}
        return await self._asks(Asked(here.interaction(4, data, guild, here.READER)), 1)

    async def clicks(
        self,
        shown: dict[str, Any],
        custom_id: str,
        user: int = here.READER,
        *,
        times: int = 1,
        values: Sequence[str] = (),
    ) -> Asked:
        """Let a user click a button of a message, or choose `values` in a select, and tell of it so many times."""
        data: dict[str, Any] = {"component_type": 3 if values else 2, "custom_id": custom_id}
        data |= {"values": list(values)} if values else {}
        guild = int(shown["channel_id"]) - 1
        told = here.interaction(3, data, guild, user, message=dict(shown))
        return await self._asks(Asked(told, clicked=shown), times)

    async def _asks(self, asked: Asked, times: int) -> Asked:
        asked.at = self.world.now()
        self.world.interactions[asked.payload["token"]] = asked
        for _ in range(times):
            await self.gateway.tell("INTERACTION_CREATE", asked.payload)
        return asked

    async def until(self, holds: Callable[[], Any], seconds: float = 10) -> None:
        """Wait until something holds; raise TimeoutError if it does not in time."""
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.005)

    async def connected(self, shards: int = 1, seconds: float = 10) -> None:
        """Wait until so many shards listen."""
        await self.until(lambda: sum(one.tells for one in self.gateway.connections) >= shards, seconds)

    async def break_off(self, how: str) -> None:
        """End or disturb every connection: one of ENDS, or a close code."""
        if how == "invalid" or (how.isdigit() and int(how) in SESSION_IS_OVER):
            self.gateway.forget_sessions()
        for connection in list(self.gateway.connections):
            await _break(connection, how)


ENDS: Final = (
    "abort",
    "reconnect",
    "invalid",
    "invalid, resumable",
    "malformed",
    "garbled",
    "silence",
)
"""How a connection ends, or is to be ended by the bot: cut off, opcode 7, opcode 9 with d false and true, a frame that is
no JSON, one that cannot be decompressed, and a line on which nothing is heard any more."""


async def _break(connection: Connection, how: str) -> None:
    match how:
        case "abort":
            assert connection.transport is not None
            connection.transport.abort()
        case "reconnect":
            await connection.send({"op": RECONNECT, "d": None})
        case "invalid" | "invalid, resumable":
            await connection.send({"op": INVALID_SESSION, "d": how != "invalid"})
        case "malformed":
            await connection.send_text("{this is no JSON")
        case "garbled":
            await connection.send_bytes(b"no zlib\x00\x00\xff\xff")
        case "silence":
            connection.silent = True
        case code:
            await connection.socket.close(code=int(code))
