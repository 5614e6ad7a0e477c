"""The server: both halves of Discord on one port, and what a test does to them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import discord
import pytest
import yarl
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.gateway import DiscordWebSocket

from tests.loopback import world as here
from tests.loopback.gateway import INVALID_SESSION, RECONNECT, Gateway
from tests.loopback.rest import Rest
from tests.loopback.rules import Rules
from tests.loopback.world import Asked, World


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

    @classmethod
    @asynccontextmanager
    async def serving(cls) -> AsyncIterator[Self]:
        """Serve, for whoever knows the port."""
        loopback = cls()
        application = web.Application(middlewares=[Rules(loopback.world).rule])
        application.router.add_get("/gateway", loopback.gateway.handle)
        application.router.add_get("/gateway/", loopback.gateway.handle)
        application.router.add_routes(loopback.rest.routes())
        async with TestServer(application, access_log=None) as server:
            loopback.port = server.port or 0
            loopback.gateway.url = loopback.rest.gateway = gateway_url(loopback.port)
            try:
                yield loopback
            finally:
                loopback.rest.hanging.set()

    @classmethod
    @asynccontextmanager
    async def open(cls, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Self]:
        """Serve, and show the clients of this process the way."""
        async with cls.serving() as loopback:
            show_the_way(loopback.port, monkeypatch)
            yield loopback

    async def says(self, content: str, guild: int = here.GUILD, user: int = here.READER) -> str:
        """Let a user write into the channel of a guild; return the message's id."""
        sent = here.message(content, user, guild, guild_id=str(guild), member=here.member(user))
        await self.gateway.tell("MESSAGE_CREATE", sent)
        return str(sent["id"])

    async def invokes(
        self, command: str, guild: int = here.GUILD, user: int = here.READER, **options: str
    ) -> Asked:
        """Let a user give a slash command in a guild."""
        id_ = here.snowflake()
        token = f"token{id_}"
        given = [{"name": name, "type": 3, "value": value} for name, value in options.items()]
        payload = {
            "id": str(id_),
            "application_id": str(here.BOT),
            "type": 2,
            "token": token,
            "version": 1,
            "guild_id": str(guild),
            "channel_id": str(guild + 1),
            "channel": here.channel(guild),
            "member": here.member(user) | {"permissions": "0"},
            "app_permissions": "0",
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild)},
            "context": 0,
            "attachment_size_limit": 0,
            "data": {"id": "1", "name": command, "type": 1, "options": given},
        }
        asked = self.world.interactions[token] = Asked(payload)
        await self.gateway.tell("INTERACTION_CREATE", payload)
        return asked

    async def until(self, holds: Callable[[], Any], seconds: float = 10) -> None:
        """Wait until something holds; raise TimeoutError if it does not in time."""
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.005)

    async def connected(self, shards: int = 1) -> None:
        """Wait until so many shards listen."""
        await self.until(lambda: sum(one.session is not None for one in self.gateway.connections) >= shards)

    async def break_off(self, how: str) -> None:
        """End or disturb every connection: abort, a close code, reconnect, invalid, or a frame that is no JSON."""
        for connection in list(self.gateway.connections):
            match how:
                case "abort":
                    assert connection.socket._req is not None
                    transport = connection.socket._req.transport
                    assert transport is not None
                    transport.abort()
                case "reconnect":
                    await connection.send({"op": RECONNECT, "d": None})
                case "invalid":
                    self.gateway.forget_sessions()
                    await connection.send({"op": INVALID_SESSION, "d": False})
                case "malformed":
                    await connection.send_text("{this is no JSON")
                case code:
                    await connection.socket.close(code=int(code))
