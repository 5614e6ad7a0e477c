"""Gateway v10: hello, identify, resume with replay, heartbeats; and all the ways in which a connection ends."""

import asyncio
import json
import zlib
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from tests.loopback import world as here
from tests.loopback.world import World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
_INTERVAL = 200
"""Milliseconds between heartbeats."""
_SILENCE = 3.0
"""Seconds without a heartbeat after which a connection is given up: a machine that is busy with tests stands still at times."""
_SESSIONS = 1_000
"""Sessions that may be begun in a day: Discord then takes the bot's token back."""


class Session:
    """What a client may resume: its events so far."""

    def __init__(self, id_: str, shard: list[int]) -> None:
        self.id = id_
        self.shard = shard
        self.events: list[dict[str, Any]] = []


class Connection:
    """One client that is connected, with frames compressed as it asked."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.session: Session | None = None
        self.heard = asyncio.get_running_loop().time()
        """When there was a heartbeat."""
        self._zlib = zlib.compressobj()

    async def send(self, payload: dict[str, Any]) -> None:
        await self.send_text(json.dumps(payload))

    async def send_text(self, text: str) -> None:
        """Send a frame, whether it is JSON or not."""
        data = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
        await self.socket.send_bytes(data)


class Gateway:
    """All connections, and the sessions that they belong to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.connections: list[Connection] = []
        self._sessions: dict[str, Session] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        if request.query.get("v") != "10" or request.query.get("compress") != "zlib-stream":
            self.world.violate(f"the gateway was asked for {request.query_string}")
        socket = web.WebSocketResponse(max_msg_size=4096)
        await socket.prepare(request)
        connection = Connection(socket)
        self.connections.append(connection)
        await connection.send({"op": HELLO, "d": {"heartbeat_interval": _INTERVAL}})
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._received(connection, json.loads(frame.data))
        finally:
            self.connections.remove(connection)
        return socket

    async def _received(self, connection: Connection, payload: dict[str, Any]) -> None:
        match payload["op"]:
            case _ if self.world.closes_with and payload["op"] != HEARTBEAT:
                await connection.socket.close(code=self.world.closes_with)
            case here_ if here_ == HEARTBEAT:
                connection.heard = asyncio.get_running_loop().time()
                await connection.send({"op": ACK})
            case here_ if here_ == IDENTIFY:
                await self._identify(connection, payload["d"])
            case here_ if here_ == RESUME:
                await self._resume(connection, payload["d"])

    async def _identify(self, connection: Connection, asked: dict[str, Any]) -> None:
        now = asyncio.get_running_loop().time()
        before = self.world.identified_at[-1] if self.world.identified_at else -self.world.identify_spacing
        self.world.identified += 1
        self.world.identified_at.append(now)
        if now - before < self.world.identify_spacing:
            self.world.violate("two sessions were begun too soon after one another")
            await connection.send({"op": INVALID_SESSION, "d": False})
        elif self.world.identified > _SESSIONS:
            self.world.violate("more sessions were begun than a day has")
            await connection.socket.close(code=4004)
        else:
            await self._ready(connection, asked)

    async def _ready(self, connection: Connection, asked: dict[str, Any]) -> None:
        if connection.session is not None:
            self.world.violate("identified twice on one connection")
        session = Session(f"session{here.snowflake()}", asked.get("shard", [0, 1]))
        connection.session = self._sessions[session.id] = session
        shard, count = session.shard
        guilds = [guild for guild in self.world.guilds if (guild >> 22) % count == shard]
        ready = {
            "v": 10,
            "user": here.user(here.BOT),
            "guilds": [{"id": str(guild), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": session.shard,
            "application": {"id": str(here.BOT), "flags": 0},
        }
        await self._tell(connection, "READY", ready)
        for guild in guilds:
            await self._tell(connection, "GUILD_CREATE", here.guild(guild, silent=guild in self.world.silent))

    async def _resume(self, connection: Connection, asked: dict[str, Any]) -> None:
        session = self._sessions.get(asked["session_id"])
        if session is None:
            await connection.send({"op": INVALID_SESSION, "d": False})
            return
        self.world.resumed += 1
        connection.session = session
        for event in session.events[asked["seq"] :]:
            await connection.send(event)
        await self._tell(connection, "RESUMED", {})

    async def _tell(self, connection: Connection, name: str, data: dict[str, Any]) -> None:
        session = connection.session
        assert session is not None
        event = {"op": DISPATCH, "t": name, "s": len(session.events) + 1, "d": data}
        session.events.append(event)
        # Whoever is gone in this very moment gets it when they resume.
        with suppress(ConnectionError):
            await connection.send(event)

    async def tell(self, name: str, data: dict[str, Any]) -> None:
        """Tell an event to whoever is connected; to the others when they resume."""
        for session in self._sessions.values():
            shard, count = session.shard
            if (int(data["guild_id"]) >> 22) % count != shard:
                continue
            connected = [one for one in self.connections if one.session is session and not one.socket.closed]
            if connected and asyncio.get_running_loop().time() - connected[-1].heard > _SILENCE:
                self.world.violate("a connection had no heartbeat")
                await connected[-1].socket.close(code=4009)
                connected.clear()
            if connected:
                await self._tell(connected[-1], name, data)
            else:
                session.events.append({"op": DISPATCH, "t": name, "s": len(session.events) + 1, "d": data})

    def forget_sessions(self) -> None:
        """Let no session be resumed."""
        self._sessions.clear()
