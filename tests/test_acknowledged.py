"""Discord waits three seconds for a word about an interaction: it gets one, however slow the store is."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.feeds import Take
from bot.preview.stage import Stage
from bot.replies.send import ACKNOWLEDGED_WITHIN
from bot.store.feeds import FeedTable
from bot.store.store import Store
from tests.newsroom import FERRY, HARBOUR, WHALES

SLOW = 4.0
"""Seconds that the store takes for anything that it is asked."""
WAITS = 3.0
"""Seconds that Discord waits."""
MENU = "Find related news"

Act = Callable[[Stage, discord.Message], Awaitable[Any]]
"""What somebody who may do everything does; the message is the one with controls, or that the menu is opened on."""


def slash(name: str, /, **options: object) -> Act:
    return lambda channel, _: channel.reader.slash(channel.channel, name, **options)


def click(label: str) -> Act:
    return lambda channel, message: channel.reader.click(message, label=label)


def choose(id_: int) -> Act:
    return lambda channel, message: channel.reader.select(message, [str(id_)])


def menu(channel: Stage, message: discord.Message) -> Awaitable[Any]:
    return channel.reader.context_menu(channel.channel, MENU, message)


COMMANDS: dict[str, tuple[Act, str]] = {
    "news": (slash("news", query="whales"), "seen in the fjord"),
    "headline": (slash("headline", article=str(WHALES)), "Fishermen saw"),
    "related": (slash("related", article=str(HARBOUR)), "Ferry workers"),
    "help": (slash("help"), "I find stories"),
    "about": (slash("about"), "articles"),
    "settings": (slash("settings", name="results", value="7"), "7"),
    "remove": (slash("remove", article=str(FERRY)), "Ferry workers end their strike"),
    "feeds add": (slash("feeds add", address="http://127.0.0.1/feed"), "127.0.0.1"),
    "feeds list": (slash("feeds list"), "lantern.example"),
    "feeds pause": (slash("feeds pause", feed=1), "is paused"),
    "feeds poll": (slash("feeds poll", feed=1), "only public addresses"),
    "feeds remove": (slash("feeds remove", feed=1), "Removed"),
    "feeds resume": (slash("feeds resume", feed=1), "is read again"),
    MENU: (menu, "seen in the fjord"),
}
"""Every command, and what its answer says."""

CONTROLS: dict[str, tuple[str, Act, str]] = {
    "a story of a page of results": ("!news harbour", choose(HARBOUR), "Traffic crossed"),
    "a story of its page": (f"!headline {HARBOUR}", choose(FERRY), "Ferry crews"),
    "what is related": (f"!headline {HARBOUR}", click("Related"), "Ferry workers"),
    "a story that is related": (f"!related {HARBOUR}", choose(FERRY), "Ferry crews"),
    "a near word": ("!news striker qq", click("strike"), "Ferry workers"),
}
"""What can be clicked and has to ask the store: the question that offers it, and what is shown then."""


@pytest.fixture
async def may_do_all(channel: Stage) -> Stage:
    role = channel.env.guild.create_role("staff", permissions=discord.Permissions(administrator=True))
    channel.reader = channel.env.guild.add_member(channel.env.create_user("boss"), roles=[role])
    channel.bot.owner_id = channel.reader.id
    await channel.bot.desk.feeds.add_unseen("http://127.0.0.1/lantern.example", take=Take.NONE)
    return channel


@pytest.fixture
def slowed(may_do_all: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make the store slow, in simulated seconds, from when this is called."""

    def slow(part: type, name: str, method: Callable[..., Awaitable[Any]]) -> None:
        async def late(*arguments: Any, **named: Any) -> Any:
            await asyncio.sleep(SLOW)
            return await method(*arguments, **named)

        monkeypatch.setattr(part, name, late)

    def begin() -> None:
        for part in (Store, FeedTable):
            for name, method in inspect.getmembers(part, inspect.iscoroutinefunction):
                if not name.startswith("_"):
                    slow(part, name, method)
        # Less than what passes before Discord is told anything: only the simulated clock brings that about.
        may_do_all.env.settle_timeout = ACKNOWLEDGED_WITHIN / 3

    return begin


async def test_all_commands_are_here(channel: Stage) -> None:
    commands = [
        command for command in channel.bot.tree.walk_commands() if not isinstance(command, app_commands.Group)
    ]
    assert set(COMMANDS) == {command.qualified_name for command in commands} | {MENU}


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_command(may_do_all: Stage, slowed: Callable[[], None], name: str) -> None:
    channel = may_do_all
    act, answer = COMMANDS[name]
    message = await channel.reader.send(channel.channel, "whales")
    slowed()
    result = await act(channel, message)
    assert not result.acknowledged
    await channel.env.advance_time(WAITS - 0.1)
    assert result.acknowledged
    assert result.deferred
    await _store_answers(channel)
    assert answer in _text(result.followups[0] if result.followups else result.response)


@pytest.mark.parametrize("name", CONTROLS)
async def test_a_control(may_do_all: Stage, slowed: Callable[[], None], name: str) -> None:
    channel = may_do_all
    question, act, answer = CONTROLS[name]
    await channel.say(question)
    panel = channel.last_message()
    slowed()
    result = await act(channel, panel)
    assert not result.acknowledged
    await channel.env.advance_time(WAITS - 0.1)
    assert result.acknowledged
    assert answer not in _text(channel.last_message())
    await _store_answers(channel)
    assert answer in _text(channel.last_message())


@pytest.mark.parametrize("option", ["query", "source"])
async def test_a_completion(channel: Stage, slowed: Callable[[], None], option: str) -> None:
    slowed()
    channel.env.settle_timeout = 0.5
    before = len(channel.env.http_requests)
    await channel.reader.autocomplete(channel.channel, "news", option, "wh")
    await channel.env.advance_time(WAITS - 0.1)
    answers = [sent.json for sent in channel.env.http_requests[before:] if sent.path.endswith("/callback")]
    assert answers == [{"type": 8, "data": {"choices": []}}]


async def _store_answers(channel: Stage) -> None:
    """Let pass as much time as a store needs that is asked several things, one after the other."""
    channel.env.settle_timeout = 10
    for _ in range(20):
        await channel.env.advance_time(SLOW)


def _text(message: Any) -> str:
    (card,) = message.embeds
    return f"{card.title}\n{card.description}"
