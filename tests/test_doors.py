"""Every door through which an error may leave, with every class of error: one voice, and an id that the log has too."""

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.errors import StoreBusy, StoreDamaged, StoreUnavailable, UnknownSource
from bot.preview.stage import Stage
from bot.refusals import OwnersOnly
from bot.replies import delivery
from bot.replies.send import ACKNOWLEDGED_WITHIN
from tests.newsroom import WHALES

FAULT = "Something went wrong on my side."
HIDDEN = "whales in a traceback"
ERRORS: dict[str, tuple[BaseException, str, bool]] = {
    "of the question": (UnknownSource(name="Nobody"), "No article is from “Nobody”.", False),
    "of the store": (StoreBusy(), "The article store is busy. Try again in a moment.", True),
    "of the store, with a cause": (
        StoreDamaged(cause=HIDDEN),
        "The article store is damaged. Tell",
        True,
    ),
    "of the store, which is away": (
        StoreUnavailable(cause=HIDDEN),
        "The article store cannot be reached. Tell",
        True,
    ),
    "of permission": (OwnersOnly(), "Only whoever runs me can do this.", False),
    "a bug": (RuntimeError(HIDDEN), FAULT, True),
    "a bug with another behind it": (ExceptionGroup(HIDDEN, [KeyError(HIDDEN)]), FAULT, True),
    "a timeout": (TimeoutError(HIDDEN), FAULT, True),
    "a check": (commands.CheckFailure(HIDDEN), "You may not use this here.", False),
    "a cooldown": (
        commands.CommandOnCooldown(commands.Cooldown(1, 3), 3.0, commands.BucketType.user),
        "One moment: ask again in 3 seconds.",
        False,
    ),
}


async def by_message(channel: Stage) -> str:
    (reply,) = await channel.say("!news whales")
    return str(reply["embeds"][0]["description"])


async def by_slash(channel: Stage) -> str:
    return described(await channel.reader.slash(channel.channel, "news", query="whales"))


async def by_menu(channel: Stage) -> str:
    message = await channel.reader.send(channel.channel, "whales")
    result = await channel.reader.context_menu(channel.channel, "Find related news", message)
    assert result.response is not None
    assert result.response.ephemeral
    return described(result)


async def by_click(channel: Stage) -> str:
    panel = channel.last_message()
    result = await channel.reader.click(panel, label="Related")
    assert result.response is not None
    assert result.response.ephemeral
    return described(result)


def described(result: Any) -> str:
    shown = result.followups[0] if result.followups else result.response
    return str(shown.embeds[0].description)


DOORS: dict[str, tuple[Callable[[Stage], Awaitable[str]], str]] = {
    "a message": (by_message, "answer"),
    "a slash command": (by_slash, "answer"),
    "a menu": (by_menu, "like"),
    "a click": (by_click, "related"),
}


@pytest.mark.parametrize("door", DOORS)
async def test_every_class_of_error_leaves_every_door_in_one_voice(
    channel: Stage, door: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ask, use_case = DOORS[door]
    await channel.say(f"!headline {WHALES}")
    raised: list[BaseException] = []

    async def broken(*_: object, **__: object) -> None:
        raise raised[-1]

    monkeypatch.setattr(channel.bot.desk, use_case, broken)
    for name, (error, sentence, incident) in ERRORS.items():
        raised.append(error)
        caplog.clear()
        await channel.env.advance_time(10)
        said = await ask(channel)
        assert said.startswith(sentence), name
        assert HIDDEN not in said
        found = re.search(r"incident `([0-9a-f]{8})`", said)
        assert bool(found) == incident, name
        logged = [record for record in caplog.records if record.getMessage().startswith("incident")]
        assert len(logged) == incident, name
        if found:
            assert found[1] in logged[0].getMessage()
            assert f"(guild {channel.env.guild.id}, user {channel.reader.id})" in logged[0].getMessage()
            assert logged[0].exc_info is not None
            assert logged[0].exc_info[1] is error
        assert "whales" not in "".join(record.getMessage() for record in caplog.records)


async def test_completing_never_raises(
    channel: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    raised: list[BaseException] = []

    async def broken(*_: object, **__: object) -> None:
        raise raised[-1]

    def broken_at_once(*_: object) -> None:
        raise raised[-1]

    role = channel.env.guild.create_role("staff", permissions=discord.Permissions(administrator=True))
    boss = channel.env.guild.add_member(channel.env.create_user("boss"), roles=[role])
    channel.bot.owner_id = boss.id
    completed = [
        (command.qualified_name, parameter.name)
        for command in channel.bot.tree.walk_commands()
        if isinstance(command, app_commands.Command)
        for parameter in command.parameters
        if parameter.autocomplete
    ]
    assert {command for command, _ in completed} >= {"news", "headline", "related", "remove", "settings"}

    async def complete_all() -> None:
        for error, *_rest in ERRORS.values():
            raised.append(error)
            for command, option in completed:
                filled = {"name": "sources"} if command == "settings" else {}
                offered = await boss.autocomplete(channel.channel, command, option, "x", **filled)
                assert offered == [], (command, option)

    cursor = channel.env.error_cursor
    with monkeypatch.context() as patched:
        patched.setattr(channel.bot.desk, "complete", broken)
        patched.setattr(channel.bot.desk, "complete_source", broken_at_once)
        await complete_all()
    assert "while completing an argument" in caplog.text
    assert "while completing a source" in caplog.text
    assert "while completing a setting" in caplog.text
    monkeypatch.setattr(channel.bot.desk.guilds, "of", broken)
    await complete_all()
    assert "before completing an argument of settings" in caplog.text
    assert channel.env.errors_since(cursor) == ()
    assert "Ignoring exception" not in caplog.text


async def test_the_door_itself_is_guarded(channel: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise StoreBusy

    monkeypatch.setattr(channel.bot.desk.guilds, "of", broken)
    assert "is busy" in await by_message(channel)
    assert "is busy" in await by_slash(channel)
    assert "is busy" in await by_menu(channel)
    assert await channel.say("only talking") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("!headline", "Tell me what to look for, for example !headline 1."),
        ("!remove", "Tell me what to look for, for example !remove 12."),
        ("!remove twelve", "I cannot read that. Try for example !remove 12."),
        ('!remove "12', "I cannot read that. Try for example !remove 12."),
        ("!help nonsense", "I have no command “nonsense”. !help shows what I can do."),
        ('!settings "results 7', "I cannot read that. Try for example !settings prefix ?."),
    ],
)
async def test_what_cannot_be_read_is_answered_with_what_can(
    channel: Stage, text: str, sentence: str
) -> None:
    channel.bot.owner_id = channel.reader.id
    role = channel.env.guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
    manager = channel.env.guild.add_member(channel.env.create_user("manager"), roles=[role])
    channel.bot.owner_id = manager.id
    before = len(channel.env.http_requests)
    await manager.send(channel.channel, text)
    requests = channel.env.http_requests[before:]
    (sent,) = [r.json for r in requests if isinstance(r.json, dict) and r.path.endswith("/messages")]
    assert sent["embeds"][0]["description"] == sentence


async def test_what_is_no_command_is_answered_even_where_the_guild_cannot_be_read(
    channel: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise StoreBusy

    monkeypatch.setattr(channel.bot, "audience", broken)
    (reply,) = await channel.say("@Newsdesk weather")
    assert reply["embeds"][0]["description"] == "I have no command “weather”. !help shows what I can do."


async def test_a_word_to_who_clicked_that_does_not_reach_discord_is_only_logged(
    channel: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await channel.say(f"!headline {WHALES}")
    stranger = channel.env.guild.add_member(channel.env.create_user("stranger"))
    cursor = channel.env.error_cursor
    channel.env.inject_error("POST", "/interactions/*", status=404, code=10062, times=None)
    result = await stranger.click(channel.last_message(), label="Related")
    assert not result.acknowledged
    assert f"a click of user {stranger.id} did not reach Discord" in caplog.text
    assert "incident" not in caplog.text
    assert channel.env.errors_since(cursor) == ()


@pytest.mark.parametrize(
    "error",
    [
        app_commands.CommandNotFound("news", []),
        app_commands.CommandSignatureMismatch,
    ],
)
async def test_a_command_as_it_was_before_an_upgrade(
    channel: Stage, error: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = channel.bot.tree.get_command("news")
    assert isinstance(command, app_commands.Command)

    async def changed(*_: object) -> None:
        raise error if isinstance(error, Exception) else error(command)

    monkeypatch.setattr(channel.bot.tree, "_get_app_command_options", lambda _: (command, []))
    monkeypatch.setattr(command, "_invoke_with_namespace", changed)
    assert "This command has changed." in await by_slash(channel)


async def test_an_answer_that_does_not_reach_discord_is_only_logged(
    channel: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MESSAGE", 0.1)
    channel.env.inject_error("POST", "/channels/*/messages", times=None)
    assert len(await channel.say("!news zzyzx?!")) >= 1
    assert "did not reach Discord" in caplog.text
    channel.env.inject_error("POST", "/interactions/*", status=404, code=10062, times=None)
    await channel.reader.slash(channel.channel, "news", query="?!")
    assert "an answer to news" in caplog.text
    assert "zzyzx" not in caplog.text


async def test_every_command_is_acknowledged_in_time_however_slow_the_store(
    channel: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store answers after four simulated seconds; Discord waits three."""
    guilds = channel.bot.desk.guilds
    real = guilds.of
    open_ = asyncio.Event()

    async def slow(guild: int | None) -> Any:
        await channel.env.external_wait(open_.wait(), reason="a slow store")
        return await real(guild)

    monkeypatch.setattr(guilds, "of", slow)
    # Shorter than what passes until Discord is told: only the simulated clock brings that about.
    channel.env.settle_timeout = ACKNOWLEDGED_WITHIN / 3
    message = await channel.reader.send(channel.channel, "whales")
    asked = {
        "news": await channel.reader.slash(channel.channel, "news", query="whales"),
        "headline": await channel.reader.slash(channel.channel, "headline", article=str(WHALES)),
        "related": await channel.reader.slash(channel.channel, "related", article=str(WHALES)),
        "help": await channel.reader.slash(channel.channel, "help"),
        "about": await channel.reader.slash(channel.channel, "about"),
        "menu": await channel.reader.context_menu(channel.channel, "Find related news", message),
    }
    assert not any(result.acknowledged for result in asked.values())
    await channel.env.advance_time(2.9)
    assert all(result.acknowledged and result.deferred for result in asked.values())
    await channel.env.advance_time(1.1)
    open_.set()
    await channel.env.settle(30)
    answers = {name: described(result) for name, result in asked.items()}
    assert all(answers.values())
    assert f"`{WHALES}`" in answers["news"]
    assert "Fishermen saw" in answers["headline"]


async def test_the_log_of_a_broken_store_has_no_words_of_a_question(
    channel: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(channel.bot.settings.data_dir / "newsdesk.db")) as database:
        tables = [
            name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%fts5%'")
        ]
        for table in tables:
            database.execute(f"DROP TABLE {table}")
        database.commit()
    assert tables
    (reply,) = await channel.say("!news lindqvist")
    assert "incident" in reply["embeds"][0]["description"]
    assert "Traceback" in caplog.text
    assert "lindqvist" not in caplog.text.casefold()
