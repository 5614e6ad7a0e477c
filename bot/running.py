"""The bot as it runs: the desk and all that goes on beside it, and the client that is logged in to Discord."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import aiohttp
import discord

from bot.client import NewsBot, Shards
from bot.desk import Desk
from bot.ending import told_to_end
from bot.errors import MissingIntent, MissingToken, NoConnection, SessionRefused
from bot.monitoring.commands import count_commands
from bot.monitoring.metrics import Metrics
from bot.monitoring.server import Monitor
from bot.settings import Settings
from bot.supervision import keep_up

log = logging.getLogger(__name__)

_DISALLOWED_INTENTS = 4014
"""Discord's close code that discord.py tells of by an exception of its own."""

_COLLECTED: Final = (700, 10, 100)
"""Thresholds of the garbage collector (docs.python.org/3/library/gc.html). Each full collection walks through what
is alive, 50 to 150 ms when 2,000 messages have live controls, in which nobody is answered; next to nothing is left to
it, so that one in ten of Python's own number is enough."""


async def serve(settings: Settings, shards: Shards | None = None) -> int:
    """Run the bot, or some shards of it, until it is told to stop: SIGTERM or Ctrl-C lets it finish what is under way.

    Return the exit status.

    Raise SettingsError with what to click where, if Discord does not let the bot in as it is configured. Without
    the message-content intent it does let it in, to read slash commands, mentions and direct messages.
    """
    if settings.discord_token is None:
        raise MissingToken
    # Its debug lines are what Discord sends, messages word for word.
    logging.getLogger("discord").setLevel(logging.INFO)
    async with (
        told_to_end() as ending,
        Desk.open(settings) as desk,
        desk.following(),
        desk.watching(),
        desk.upkeep(),
        desk.guilds.forgetting(),
        desk.feeds.polling(),
    ):
        session = Session(desk, settings, settings.discord_token.get_secret_value().strip(), shards)
        ending.stop = session.stop
        with collecting_rarely():
            async with session.watched():
                await session.run()
    return ending.status


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Make full garbage collections rare meanwhile, and leave what is loaded by now out of them: it stays."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class Session:
    """The bot on Discord, for as long as the process runs: one client after another, as each of them ends."""

    def __init__(self, desk: Desk, settings: Settings, token: str, shards: Shards | None = None) -> None:
        self._desk = desk
        self._shards = shards
        self._settings = settings
        self._token = token
        self._metrics = Metrics()
        self.client: NewsBot | None = None
        """The client that is, or was last, on Discord."""
        self.stopping = False
        self.began = False
        """Whether Discord was ever listened to."""
        self._running: asyncio.Future[None] | None = None
        self._stopped: asyncio.Future[None] | None = None

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Tell meanwhile how the bot is, on the port that the settings name."""
        port = self._settings.health_port
        if port is None:
            yield
            return
        async with (
            self._metrics.timing_the_loop(),
            Monitor(self._desk, self, self._metrics).serving(self._settings.health_host, port),
        ):
            yield

    async def run(self) -> None:
        """Be on Discord until stopped. Raise as `serve` does."""
        if self.stopping:
            return
        self._running = asyncio.ensure_future(self._keep_up())
        try:
            await self._running
        except asyncio.CancelledError:
            if not self.stopping:
                raise
        except aiohttp.ClientConnectionError as error:
            raise NoConnection(cause=type(error).__name__) from error

    def stop(self) -> None:
        """Let what is under way be finished, and end."""
        self.stopping = True
        self._stopped = asyncio.ensure_future(self._stop())

    async def _keep_up(self) -> None:
        try:
            await keep_up(self._once, began=lambda: self.began)
        except discord.PrivilegedIntentsRequired:
            log.warning("%s", MissingIntent())
            self._settings = self._settings.model_copy(update={"prefix_commands": False})
            try:
                await keep_up(self._once, began=lambda: self.began)
            except discord.PrivilegedIntentsRequired:
                raise SessionRefused(code=_DISALLOWED_INTENTS) from None

    async def _once(self) -> None:
        async with NewsBot(self._desk, self._settings, self._shards) as bot:
            self.client = bot
            count_commands(bot, self._metrics)
            bot.add_listener(bot.tell_of_feeds, "on_ready")
            bot.add_listener(self._note_that_it_began, "on_connect")
            await bot.start(self._token)

    async def _note_that_it_began(self) -> None:
        self.began = True

    async def _stop(self) -> None:
        try:
            if self.client is not None and not self.client.is_closed():
                await self.client.stop()
        finally:
            if self._running is not None:
                self._running.cancel()
