"""A plain client: whoever breaks the rules on purpose, which discord.py does not."""

import json
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.canaries import TOKEN
from tests.loopback.gateway import ACK, HEARTBEAT
from tests.loopback.server import Loopback, gateway_url
from tests.loopback.state import Asked, World

SILENT: dict[str, Any] = {"allowed_mentions": {"parse": []}}
HELLO = {"content": "hello"} | SILENT
"""A message that breaks no rule."""
BEAT = {"op": HEARTBEAT, "d": None}
GUILDS, GUILD_MESSAGES = 1 << 0, 1 << 9
"""Intents."""


class Clock:
    """A clock that stands still unless it is moved: how long a test takes changes nothing."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds

    def passes(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.seconds += seconds


@dataclass
class Client:
    """Somebody who talks to Discord without discord.py."""

    loopback: Loopback
    session: aiohttp.ClientSession
    clock: Clock

    @property
    def world(self) -> World:
        return self.loopback.world

    async def asks(self, method: str, path: str, sent: Any = None, **how: Any) -> tuple[int, Any, Any]:
        """Return the status, the answer, and its headers."""
        url = f"http://127.0.0.1:{self.loopback.port}/api/v10{path}"
        async with self.session.request(method, url, json=sent, **how) as response:
            text = await response.text()
            is_json = response.headers.get("Content-Type") == "application/json"
            return response.status, json.loads(text) if is_json else text, response.headers

    async def answers(self, asked: Asked, kind: int, **data: Any) -> tuple[int, Any, Any]:
        """Answer an interaction for the first time."""
        path = f"/interactions/{asked.payload['id']}/{asked.payload['token']}/callback"
        return await self.asks("POST", path, {"type": kind, "data": data | SILENT})

    async def connects(self, **query: str) -> aiohttp.ClientWebSocketResponse:
        """Open a connection to the gateway."""
        query = {"v": "10", "encoding": "json", "compress": "zlib-stream"} | query
        return await self.session.ws_connect(gateway_url(self.loopback.port), params=query, autoping=False)

    async def sends(self, *payloads: Any, **query: str) -> int | None:
        """Open a connection and send payloads; return the code with which it was closed, None if it was not."""
        texts = [sent if isinstance(sent, str) else json.dumps(sent) for sent in (*payloads, BEAT)]
        beats = sum('"op": 1,' in text for text in texts)
        async with await self.connects(**query) as socket:
            with suppress(ConnectionError):
                for text in texts:
                    await socket.send_str(text)
            inflate = zlib.decompressobj()
            # What was sent is answered in order: the last heartbeat tells that nothing else comes.
            while beats:
                frame = await socket.receive(timeout=5)
                if frame.type is aiohttp.WSMsgType.CLOSE:
                    return int(frame.data)
                beats -= json.loads(inflate.decompress(frame.data))["op"] == ACK
            await socket.close(code=4000)
        return None


def identify(intents: int = GUILDS | GUILD_MESSAGES, **more: Any) -> dict[str, Any]:
    """Make an IDENTIFY."""
    return {"op": 2, "d": {"token": TOKEN, "intents": intents} | more}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Somebody with the bot's token."""
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with Loopback.serving() as loopback, aiohttp.ClientSession(headers=headers) as session:
        loopback.world.now = clock = Clock()
        yield Client(loopback, session, clock)
