"""Who is spoken to in which language."""

import asyncio
import time
from typing import Any

import discord
import pytest

from bot.preview.stage import Stage
from bot.replies.language import _, catalogue, ngettext, privately, speaking


def test_a_language_is_spoken_by_the_task_that_entered_it_and_by_those_that_it_starts() -> None:
    async def told() -> str:
        await asyncio.sleep(0)
        return _("Related")

    async def conversation() -> list[str]:
        with speaking("es"):
            inside = asyncio.create_task(told())
            with speaking("en"):
                within = _("Related")
            after = await told()
        outside = asyncio.create_task(told())
        return [await inside, within, after, await outside]

    there = catalogue("es").gettext("Related")
    assert there != "Related"
    assert asyncio.run(conversation()) == [there, "Related", there, "Related"]


@pytest.mark.parametrize(("count", "expected"), [(0, "noticias"), (1, "noticia"), (2, "noticias")])
def test_spanish_counts(count: int, expected: str) -> None:
    with speaking("es"):
        said_ = ngettext("{n} story", "{n} stories", count).format(n=count)
    assert said_ == f"{count} {expected}"


def test_a_language_without_a_catalogue_is_english() -> None:
    with speaking("tlh"):
        assert _("Related") == "Related"


@pytest.mark.parametrize(
    ("locale", "guild", "expected"),
    [
        ("es-ES", "en", "es"),
        ("es-419", "en", "es"),
        ("en-GB", "es", "en"),
        ("de", "es", "es"),
        (None, "es", "es"),
        ("", "en", "en"),
    ],
)
def test_private_replies_are_in_the_readers_language(locale: str | None, guild: str, expected: str) -> None:
    assert privately(locale, guild) == expected


def test_a_catalogue_is_read_once_and_in_no_time() -> None:
    catalogue.cache_clear()
    started = time.thread_time()
    first = catalogue("es")
    assert time.thread_time() - started < 0.5
    assert catalogue("es") is first


async def speak_spanish_in(channel: Stage) -> None:
    guild = channel.channel.guild
    assert guild is not None
    await channel.bot.desk.guilds.change(guild.id, "language", "es", channel.reader.id, channel.env.now())


async def test_a_guild_is_answered_in_its_language_wherever_the_answer_leads(channel: Stage) -> None:
    await speak_spanish_in(channel)
    (answer,) = await channel.say("!news harbour bridge")
    assert answer["embeds"][0]["title"] == "Noticias: harbour bridge"
    (answer,) = await channel.say("!news zyxwvu qponml")
    assert answer["embeds"][0]["description"].startswith("No hay nada sobre “zyxwvu qponml”.")
    await channel.say("!headline 2")
    after = await channel.click("Relacionadas")
    assert after is not None
    assert after["embeds"][0]["title"].startswith("Relacionadas con: ")


async def test_whoever_asks_privately_is_answered_in_their_own_language(
    channel: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"locale": "es-ES"}
    make: Any = discord.Interaction._from_data

    def from_spain(self: Any, data: Any) -> None:
        make(self, {**data, **own})

    monkeypatch.setattr(discord.Interaction, "_from_data", from_spain)

    async def card(name: str, **options: str) -> dict[str, Any]:
        result = await channel.reader.slash(channel.channel, name, **options)
        assert result.response is not None
        return dict(result.response.embeds[0].to_dict())

    assert "Encuentro noticias" in (await card("help"))["description"]
    assert (await card("news", query="harbour"))["title"] == "News: harbour"
    await channel.env.advance_time(60)
    assert (await card("news", query="?!"))["description"].startswith("No veo ninguna palabra")
    await speak_spanish_in(channel)
    own["locale"] = "en-US"
    await channel.env.advance_time(60)
    assert "I find stories" in (await card("help"))["description"]
    assert (await card("news", query="harbour"))["title"] == "Noticias: harbour"
