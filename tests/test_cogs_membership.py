"""Joining and leaving guilds: the first word, and what is kept."""

import asyncio
from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord
from simcord.backend import serializers

from bot.desk import Desk
from bot.desk.guilds import KEPT, Guilds
from bot.errors import StoreBusy
from bot.preview.stage import Stage, stage


async def join(
    channel: Stage, *, locale: str = "en-US", **permissions: bool
) -> tuple[simcord.GuildHandle, discord.Message | None]:
    """Let the bot join a guild that has a system channel; return the guild and that channel's newest message."""
    env = channel.env
    guild = env.create_guild("Newcomers", preferred_locale=locale)
    assert channel.bot.user is not None
    overwrites: dict[Any, discord.PermissionOverwrite] = {
        channel.bot.user: discord.PermissionOverwrite(**permissions)
    }
    room = guild.create_text_channel("welcome", overwrites=overwrites)
    await env.settle()
    env.backend.get_guild(guild.id).system_channel_id = room.id
    await announce(channel, guild)
    return guild, room.last_message


async def announce(channel: Stage, guild: simcord.GuildHandle, *, again: bool = False) -> None:
    """Tell the bot of a guild as Discord does when it is added: only those that it was in say `unavailable`."""
    backend = channel.env.backend
    told = dict(serializers.guild_create_payload(backend, backend.get_guild(guild.id)))
    assert told["unavailable"] is False
    if not again:
        del told["unavailable"]
    backend.emit("GUILD_CREATE", told)
    await channel.env.settle()


async def test_a_first_word_with_three_examples_and_the_privacy_line(channel: Stage) -> None:
    _guild, message = await join(channel)
    assert message is not None
    said = str(message.embeds[0].description)
    for example in ("`!news Syria`", "`!news sort:new`", "`!headline 1`"):
        assert example in said
    assert said.endswith(
        "Privacy: I keep this server's settings and the id of who last changed each. What you ask is not kept."
    )


async def test_the_first_word_is_said_once(channel: Stage) -> None:
    guild, message = await join(channel)
    assert message is not None
    before = len(channel.env.http_requests)
    # After an outage Discord tells of the guild once more.
    channel.env.backend.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": True})
    await announce(channel, guild, again=True)
    assert [r for r in channel.env.http_requests[before:] if r.path.endswith("/messages")] == []


async def test_who_is_told_twice_of_a_guild_that_is_joined_says_the_first_word_once(channel: Stage) -> None:
    guild, message = await join(channel)
    assert message is not None
    before = len(channel.env.http_requests)
    await announce(channel, guild)
    assert [r for r in channel.env.http_requests[before:] if r.path.endswith("/messages")] == []


async def test_the_first_word_is_in_the_guilds_language(channel: Stage) -> None:
    _guild, message = await join(channel, locale="es-ES")
    assert message is not None
    assert "Hola" in str(message.embeds[0].description)


async def test_the_first_word_keeps_to_what_is_permitted(channel: Stage) -> None:
    _guild, message = await join(channel, send_messages=False)
    assert message is None
    _guild, message = await join(channel, view_channel=False)
    assert message is None
    _guild, message = await join(channel, embed_links=False)
    assert message is not None
    assert message.embeds == []
    assert "`!news Syria`" in message.content


async def test_where_messages_are_not_read_the_first_word_says_what_works(desk: Desk) -> None:
    settings = desk.settings.model_copy(update={"prefix_commands": False})
    async with stage(desk, settings) as channel:
        _guild, message = await join(channel)
    assert message is not None
    assert "`/news Syria`" in str(message.embeds[0].description)


async def test_a_first_word_that_does_not_arrive_is_only_logged(
    channel: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    channel.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
    await join(channel)
    assert "no first word reached" in caplog.text
    assert "in the event" not in caplog.text


async def test_what_a_guild_chose_is_kept_for_a_month_after_the_bot_left(channel: Stage) -> None:
    guilds = channel.bot.desk.guilds
    guild, _message = await join(channel)
    now = channel.env.now()
    await guilds.change(guild.id, "results", "9", 1, now)
    channel.env.backend.remove_guild(guild.id)
    await channel.env.settle()
    await guilds.forget(now + KEPT - timedelta(hours=1))
    assert (await guilds.of(guild.id)).results == 9
    await guilds.forget(now + KEPT + timedelta(hours=1))
    assert (await guilds.of(guild.id)).results == 5


async def test_coming_back_in_time_everything_is_as_it_was(channel: Stage) -> None:
    guilds = channel.bot.desk.guilds
    guild, _message = await join(channel)
    now = channel.env.now()
    await guilds.change(guild.id, "results", "9", 1, now)
    await guilds.left(guild.id, now)
    await announce(channel, guild)
    await guilds.forget(now + 2 * KEPT)
    assert (await guilds.of(guild.id)).results == 9


async def test_guilds_that_were_left_while_nobody_listened(channel: Stage) -> None:
    guilds, here = channel.bot.desk.guilds, channel.env.guild.id
    now = channel.env.now()
    for guild in (here, 77 << 22):
        await guilds.change(guild, "results", "9", 1, now)
    await guilds.left(here, now)
    assert channel.bot.serves(77 << 22)
    cog: Any = channel.bot.get_cog("MembershipCog")
    await cog.on_ready()
    await guilds.forget(now + KEPT + timedelta(days=1))
    assert [(await guilds.of(guild)).results for guild in (here, 77 << 22)] == [9, 5]


def test_each_process_answers_for_the_guilds_of_its_shards(
    channel: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel.bot, "shard_count", 4)
    assert [channel.bot.serves(shard << 22) for shard in range(4)] == [True, False, False, False]


async def test_forgetting_goes_on_whatever_happens_to_the_store(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[bool] = []

    async def forget(_self: Guilds, _now: object) -> None:
        asked.append(True)
        if len(asked) == 1:
            raise StoreBusy

    monkeypatch.setattr(Guilds, "forget", forget)
    monkeypatch.setattr("bot.desk.guilds.FORGET_EVERY", 0.0)
    async with desk.guilds.forgetting():
        while len(asked) < 3:
            await asyncio.sleep(0)
    assert caplog.text.count("is deleted later") == 1
