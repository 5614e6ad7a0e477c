"""The bot as it runs: the desk and all that goes on beside it, and the client that is logged in to Discord."""

import asyncio
import gc
import logging
import signal

import aiohttp
import discord

from bot.client import NewsBot
from bot.desk import Desk
from bot.errors import MissingIntent, MissingToken, NoConnection, WrongToken
from bot.settings import Settings

log = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Run the bot until it is told to stop.

    Raise SettingsError with what to click where, if Discord does not let the bot in as it is configured. Without
    the message-content intent it does let it in, to read slash commands, mentions and direct messages.
    """
    if settings.discord_token is None:
        raise MissingToken
    # Its debug lines are what Discord sends, messages word for word.
    logging.getLogger("discord").setLevel(logging.INFO)
    async with (
        Desk.open(settings) as desk,
        desk.following(),
        desk.watching(),
        desk.ageing(),
        desk.guilds.forgetting(),
        desk.feeds.polling(),
    ):
        # What was loaded stays: without this, each full garbage collection would walk through all of it.
        gc.collect()
        gc.freeze()
        try:
            try:
                await _log_in(desk, settings, settings.discord_token.get_secret_value().strip())
            except discord.PrivilegedIntentsRequired:
                log.warning("%s", MissingIntent())
                unread = settings.model_copy(update={"prefix_commands": False})
                await _log_in(desk, unread, settings.discord_token.get_secret_value().strip())
        except discord.LoginFailure:
            raise WrongToken from None
        except aiohttp.ClientConnectionError as error:
            raise NoConnection(cause=type(error).__name__) from error


async def _log_in(desk: Desk, settings: Settings, token: str) -> None:
    async with NewsBot(desk, settings) as bot:
        bot.add_listener(bot.tell_of_feeds, "on_ready")
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, lambda: loop.create_task(bot.close()))
        await bot.start(token)
