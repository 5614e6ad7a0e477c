"""Logging in: what a wrong token or a missing intent says. The server is ours, on loopback."""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.client import NewsBot, extension_names
from bot.desk import Desk
from bot.errors import MissingToken, NoConnection, WrongToken
from bot.preview.stage import stage
from bot.running import serve
from bot.settings import Settings

Start = Callable[[int], Awaitable[None]]


@pytest.fixture
async def discord_that_refuses(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """A Discord that knows no token; yields the paths it was asked for."""
    asked: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", refuse)
    async with TestServer(application) as server:
        monkeypatch.setattr(discord.http.Route, "BASE", str(server.make_url("/api/v10")).rstrip("/"))
        yield asked


def with_token(settings: Settings) -> Settings:
    return Settings(data_dir=settings.data_dir, seeds_dir=None, DISCORD_TOKEN="not.a.token")  # noqa: S106 - made up


async def test_no_token_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(MissingToken):
        await serve(Settings(data_dir=tmp_path / "data", seeds_dir=None))
    assert not list(tmp_path.iterdir())


async def test_a_wrong_token_says_where_to_get_another(
    settings: Settings, discord_that_refuses: list[str]
) -> None:
    with pytest.raises(WrongToken) as raised:
        await serve(with_token(settings))
    assert "Reset Token" in str(raised.value)
    assert discord_that_refuses == ["/api/v10/users/@me"]


async def test_without_the_message_content_intent_the_bot_runs_and_says_so_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reads_messages: list[bool] = []

    async def start(bot: NewsBot, *_: object, **__: object) -> None:
        reads_messages.append(bot.intents.message_content)
        if bot.intents.message_content:
            raise discord.PrivilegedIntentsRequired(None)

    monkeypatch.setattr(NewsBot, "start", start)
    await serve(with_token(settings))
    assert reads_messages == [True, False]
    assert caplog.text.count("Message Content Intent") == 1


async def test_what_was_loaded_is_left_out_of_collections_and_those_are_rare(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []

    async def start(*_: object, **__: object) -> None:
        seen.append((gc.get_freeze_count(), gc.get_threshold()[2]))

    monkeypatch.setattr(NewsBot, "start", start)
    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    try:
        await serve(with_token(settings))
        assert gc.get_threshold() == (700, 10, 10)
    finally:
        gc.set_threshold(*thresholds)
    ((frozen, full),) = seen
    assert frozen > 10_000
    assert full > 10


async def test_that_prefix_commands_are_off_is_said_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    unread = desk.settings.model_copy(update={"prefix_commands": False})
    async with stage(desk, unread) as channel:
        for text in ("!news whales", "@Newsdesk news whales", "@Newsdesk help"):
            await channel.say(text)
    assert caplog.text.count("Prefix commands are off") == 1
    caplog.clear()
    async with stage(desk, desk.settings):
        pass
    assert "Prefix commands are off" not in caplog.text


async def test_an_unreachable_discord_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9/api/v10")
    with pytest.raises(NoConnection):
        await serve(with_token(settings))


async def test_every_cog_is_an_extension_and_a_broken_one_stops_the_start(
    empty_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = "about feeds find headline help membership news related remove settings"
    assert extension_names() == [f"cogs.{name}" for name in names.split()]
    monkeypatch.setattr("bot.client.extension_names", lambda: ["cogs.news", "cogs.no_such"])
    with pytest.raises(discord.ext.commands.ExtensionNotFound):
        await NewsBot(empty_desk, empty_desk.settings).setup_hook()
