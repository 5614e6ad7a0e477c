"""Gateway v10 (Discord's documentation: events/gateway.mdx, topics/opcodes-and-status-codes.mdx): hello, identify, resume,
heartbeats, and what is told."""

import asyncio
import json
import zlib
from collections import deque
from contextlib import suppress
from typing import Any, Final

from aiohttp import WSMsgType, web

from tests.canaries import TOKEN
from tests.loopback import world as here
from tests.loopback.sessions import WRONG_TOKEN, Event, Session, Starts
from tests.loopback.state import World

HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 1, 2, 6, 7, 9, 10, 11
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, ALREADY_AUTHENTICATED = 4001, 4002, 4003, 4005
INVALID_SEQ, RATE_LIMITED, TIMED_OUT, WRONG_VERSION = 4007, 4008, 4009, 4012
_INTERVAL = 200
"""Milliseconds between heartbeats; on Discord, 41,250."""
LARGEST: Final = 4_096
"""Bytes of a payload."""
COMMANDS, SPAN = 120, 60.0
"""Payloads that a connection may send within so many seconds. Heartbeats are so much faster here that they do not count."""
_LEFT_FOR_GOOD: Final = {1000, 1001}
"""Close codes with which a client ends its session ("Initiating a Disconnect")."""


class Connection:
    """One client that is connected, with frames compressed as it asked."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self.transport = transport
        self.session: Session | None = None
        self.heard = asyncio.get_running_loop().time()
        """When there was a heartbeat."""
        self.silent = False
        """Whether nothing is said or read any more, though the line is there."""
        self.sent: deque[float] = deque()
        """When each payload was received that counts."""
        self._zlib = zlib.compressobj()

    @property
    def tells(self) -> bool:
        """Whether events of its session are sent through it."""
        return self.session is not None and not self.silent and not self.socket.closed

    async def send(self, payload: dict[str, Any]) -> None:
        """Send a payload; whoever is gone in this very moment gets it when they resume."""
        await self.send_text(json.dumps(payload))

    async def send_text(self, text: str) -> None:
        """Send a frame, whether it is JSON or not."""
        await self.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))

    async def send_bytes(self, data: bytes) -> None:
        """Send a frame, whether it is compressed or not."""
        if not self.silent:
            with suppress(ConnectionError):
                await self.socket.send_bytes(data)


class Gateway:
    """All connections, and the sessions that they belong to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.connections: list[Connection] = []
        self.over = False
        """Set at the end, so that nothing is silent for ever."""
        self.held: list[tuple[str, dict[str, Any]]] | None = None
        """Events that are held back, if any are to be."""
        self._sessions: dict[str, Session] = {}
        self._starts = Starts(world)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse(max_msg_size=4 * LARGEST)
        await socket.prepare(request)
        if request.query.get("v") != "10" or request.query.get("compress") != "zlib-stream":
            self.world.violate(f"the gateway was asked for {request.query_string}")
            await socket.close(code=WRONG_VERSION)
            return socket
        connection = Connection(socket, request.transport)
        self.connections.append(connection)
        await connection.send({"op": HELLO, "d": {"heartbeat_interval": _INTERVAL}})
        try:
            await self._listen(connection)
        finally:
            self.connections.remove(connection)
        return socket

    async def _listen(self, connection: Connection) -> None:
        while not connection.socket.closed:
            if connection.silent:
                if self.over or connection.transport is None or connection.transport.is_closing():
                    return
                await asyncio.sleep(0.05)
                continue
            left = connection.heard + self.world.silence - asyncio.get_running_loop().time()
            try:
                frame = await connection.socket.receive(timeout=max(left, 0.001))
            except TimeoutError:
                if not connection.silent:
                    await self._end(connection, TIMED_OUT, "a connection had no heartbeat")
                continue
            if frame.type is WSMsgType.TEXT:
                await self._received(connection, frame.data)
            elif frame.type is WSMsgType.CLOSE and frame.data in _LEFT_FOR_GOOD and connection.session:
                self._sessions.pop(connection.session.id, None)

    async def _end(self, connection: Connection, code: int, rule: str) -> None:
        """End a connection that broke a rule."""
        self.world.violate(rule)
        await connection.socket.close(code=code)

    async def _received(self, connection: Connection, text: str) -> None:
        if connection.silent:
            return
        if len(text.encode()) > LARGEST:
            await self._end(connection, DECODE_ERROR, f"a payload is larger than {LARGEST} bytes")
            return
        try:
            payload = json.loads(text)
        except ValueError:
            await self._end(connection, DECODE_ERROR, "a payload is no JSON")
            return
        if payload["op"] == HEARTBEAT:
            await self._heartbeat(connection, payload.get("d"))
        elif not self._counts(connection):
            await self._end(connection, RATE_LIMITED, f"more than {COMMANDS} payloads in a minute")
        elif self.world.closes_with:
            await connection.socket.close(code=self.world.closes_with)
        elif payload["op"] == IDENTIFY:
            await self._identify(connection, payload["d"])
        elif payload["op"] == RESUME:
            await self._resume(connection, payload["d"])
        elif connection.session is None:
            await self._end(connection, NOT_AUTHENTICATED, "something was sent before a session was begun")
        else:
            await self._end(connection, UNKNOWN_OPCODE, f"opcode {payload['op']} is not for the bot to send")

    def _counts(self, connection: Connection) -> bool:
        """Count a payload; tell whether it may be sent."""
        now = self.world.now()
        connection.sent.append(now)
        while connection.sent[0] <= now - SPAN:
            connection.sent.popleft()
        return len(connection.sent) <= COMMANDS

    async def _heartbeat(self, connection: Connection, seq: int | None) -> None:
        connection.heard = asyncio.get_running_loop().time()
        if connection.session is not None and (seq or 0) > connection.session.last:
            self.world.violate("a heartbeat tells of an event that there was not")
        await connection.send({"op": ACK})

    async def _identify(self, connection: Connection, asked: dict[str, Any]) -> None:
        if asked["token"] != TOKEN:
            await self._end(connection, WRONG_TOKEN, "who begins a session?")
        elif connection.session is not None:
            await self._end(connection, ALREADY_AUTHENTICATED, "identified twice on one connection")
        elif code := self._starts.refuse(asked):
            await connection.socket.close(code=code)
        elif self._starts.too_soon(asked):
            await connection.send({"op": INVALID_SESSION, "d": False})
        elif self.world.token_reset:
            # "All active sessions for the app will be terminated, the bot token will be reset."
            self._sessions.clear()
            for one in list(self.connections):
                await one.socket.close(code=WRONG_TOKEN)
        else:
            await self._ready(connection, asked)

    async def _ready(self, connection: Connection, asked: dict[str, Any]) -> None:
        session = Session(asked, self.world.replay)
        connection.session = self._sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds if session.serves(guild)]
        ready = {
            "v": 10,
            "user": here.user(here.BOT),
            "guilds": [{"id": str(guild), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": session.shard,
            "application": {"id": str(here.BOT), "flags": 0},
        }
        await connection.send(session.note("READY", ready))
        if not self.world.late_guilds:
            await self.show_guilds(session)

    async def show_guilds(self, only: Session | None = None) -> None:
        """Make the guilds available to all sessions, or to one alone."""
        for guild in self.world.guilds:
            shown = here.guild(guild, denied=self.world.denied.get(guild, 0))
            for session in [only] if only else list(self._sessions.values()):
                await self._tell(session, "GUILD_CREATE", shown)

    async def _resume(self, connection: Connection, asked: dict[str, Any]) -> None:
        session = self._sessions.get(asked["session_id"])
        if asked["token"] != TOKEN:
            await self._end(connection, WRONG_TOKEN, "who resumes a session?")
        elif connection.session is not None:
            await self._end(connection, ALREADY_AUTHENTICATED, "resumed on a connection that has a session")
        elif session is None:
            await connection.send({"op": INVALID_SESSION, "d": False})
        elif asked["seq"] > session.last:
            del self._sessions[session.id]
            await self._end(
                connection, INVALID_SEQ, "a session was resumed after an event that there was not"
            )
        else:
            await self._replay(connection, session, session.since(asked["seq"], self.world.repeats))

    async def _replay(self, connection: Connection, session: Session, events: list[Event] | None) -> None:
        if events is None:
            # It comes too late: what it missed is not kept any more.
            del self._sessions[session.id]
            await connection.send({"op": INVALID_SESSION, "d": False})
            return
        self.world.resumed += 1
        for event in events:
            await connection.send(event)
        connection.session = session
        await connection.send(session.note("RESUMED", {}))

    async def tell(self, name: str, data: dict[str, Any]) -> None:
        """Tell an event to whoever is connected; to the others when they resume."""
        if self.held is not None:
            self.held.append((name, data))
            return
        for session in list(self._sessions.values()):
            await self._tell(session, name, data)

    async def release(self) -> None:
        """Tell what was held back, the newest first."""
        held, self.held = self.held or [], None
        for name, data in reversed(held):
            await self.tell(name, data)

    async def _tell(self, session: Session, name: str, data: dict[str, Any]) -> None:
        guild = int(data.get("guild_id") or 0)
        seen = session.sees(name, data, self.world.denied.get(guild, 0))
        if seen is None:
            return
        event = session.note(name, seen)
        for connection in self.connections:
            if connection.session is session and connection.tells:
                await connection.send(event)
                return

    def forget_sessions(self) -> None:
        """Let no session be resumed."""
        self._sessions.clear()

    def reached(self, id_: str) -> bool:
        """Tell whether the bot was told of a message or interaction: by a session that is connected now."""
        return any(one.session is not None and one.tells and one.session.has(id_) for one in self.connections)
