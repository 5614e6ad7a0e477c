"""What the managers of a guild set up: shown, changed, refused, and in force at once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import discord
import pytest
import simcord

from bot.desk import Desk
from bot.guilds import NAMES, GuildSettings
from bot.preview.stage import Stage, stage
from bot.store.records import Choice
from tests.newsroom import FERRY, WHALES


@dataclass
class Office:
    """A guild with two channels, a manager and a reader."""

    stage: Stage
    manager: simcord.MemberActor
    other: simcord.ChannelHandle

    async def ask(
        self, text: str, *, reader: bool = False, channel: simcord.ChannelHandle | None = None
    ) -> str | None:
        """Send a message, by the manager unless `reader`; return the only answer, None if there was none."""
        await self.stage.env.advance_time(10)
        before = len(self.stage.env.http_requests)
        who = self.stage.reader if reader else self.manager
        await who.send(channel or self.stage.channel, text)
        requests = self.stage.env.http_requests[before:]
        posts = [r for r in requests if r.method == "POST" and r.path.endswith("/messages")]
        sent = [r.json for r in posts if isinstance(r.json, dict)]
        if not sent:
            return None
        (payload,) = sent
        return shown(payload["embeds"][0])

    async def slash(
        self, name: str, /, *, channel: simcord.ChannelHandle | None = None, **options: str
    ) -> Any:
        """Give a slash command as the manager; return the response."""
        await self.stage.env.advance_time(10)
        result = await self.manager.slash(channel or self.stage.channel, name, **options)
        return result.response or result.followups[0]

    async def chosen(self) -> GuildSettings:
        """Return what the guild chose."""
        return await self.stage.bot.desk.guilds.of(self.stage.env.guild.id)


def shown(card: Any) -> str:
    fields = card.to_dict() if isinstance(card, discord.Embed) else card
    return "\n".join(
        (fields.get("title", ""), fields["description"], fields.get("footer", {}).get("text", ""))
    )


@pytest.fixture
async def office(desk: Desk) -> AsyncIterator[Office]:
    async with stage(desk, desk.settings) as channel:
        guild = channel.env.guild
        role = guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
        manager = guild.add_member(channel.env.create_user("manager"), roles=[role])
        yield Office(channel, manager, guild.create_text_channel("chatter"))


async def test_all_settings_are_shown_with_who_changed_them(office: Office) -> None:
    said = await office.ask("!settings")
    assert said is not None
    assert all(f"`{name}`" in said for name in NAMES)
    assert "changed by" not in said
    await office.ask("!settings results 7")
    said = await office.ask("!settings")
    assert f"`results` **7** · changed by <@{office.manager.id}>" in str(said)
    assert (await office.slash("settings")).ephemeral


async def test_the_prefix_is_another_one_at_once(office: Office) -> None:
    assert "`prefix` `?`" in str(await office.ask("!settings prefix ?"))
    assert await office.ask("!news whales", reader=True) is None
    assert f"?headline {WHALES}" in str(await office.ask("?news whales", reader=True))
    assert "?news Syria" in str(await office.ask("?help", reader=True))
    # Elsewhere nothing has changed, and a mention always works.
    before = len(office.stage.env.http_requests)
    await office.stage.reader.send_dm("!news whales")
    assert len(office.stage.env.http_requests) > before
    assert office.stage.bot.user is not None
    await office.ask(f"{office.stage.bot.user.mention} settings prefix default")
    assert "!headline" in str(await office.ask("!news whales", reader=True))


async def test_what_another_process_changed_holds_at_once(office: Office) -> None:
    guild = office.stage.env.guild.id
    async with Desk.open(office.stage.bot.settings) as other:
        await other.guilds.change(guild, "prefix", "?", office.manager.id, office.stage.env.now())
        await other.guilds.change(guild, "language", "es", office.manager.id, office.stage.env.now())
        assert "Noticias: whales" in str(await office.ask("?news whales", reader=True))
        await other.guilds.change(guild, "sources", "Harbour Gazette", 1, office.stage.env.now())
        assert "No hay nada sobre" in str(await office.ask("?news whales", reader=True))


async def test_a_prefix_of_several_characters_and_of_quotation_marks(office: Office) -> None:
    for prefix in ("news!", '"', "**", "¿"):
        await office.slash("settings", name="prefix", value=prefix)
        assert f"`{WHALES}`" in str(await office.ask(f"{prefix}news whales", reader=True)), prefix


async def test_channels_that_were_not_chosen_are_left_alone(office: Office) -> None:
    here, other = office.stage.channel, office.other
    assert f"<#{here.id}>" in str(await office.ask(f"!settings channels {here.mention}"))
    assert await office.ask("!news whales", channel=other) is None
    assert await office.ask("!help", reader=True, channel=other) is None
    assert office.stage.bot.user is not None
    assert await office.ask(f"{office.stage.bot.user.mention} weather", channel=other) is None
    refused = await office.slash("news", channel=other, query="whales")
    assert refused.ephemeral
    assert refused.embeds[0].description == f"In this server I answer in other channels: <#{here.id}>"
    assert await office.manager.autocomplete(other, "news", "query", "whal") == []
    assert f"`{WHALES}`" in str(await office.ask("!news whales", reader=True))
    # Who may change it may do so anywhere.
    assert await office.ask("!settings", reader=True, channel=other) is None
    assert "all channels" in str(await office.ask("!settings channels all", channel=other))
    assert f"`{WHALES}`" in str(await office.ask("!news whales", channel=other))


async def test_a_thread_belongs_to_its_channel(office: Office) -> None:
    await office.ask(f"!settings channels {office.stage.channel.mention}")
    found = office.stage.bot.get_channel(office.stage.channel.id)
    assert isinstance(found, discord.TextChannel)
    await found.create_thread(name="whales", type=discord.ChannelType.public_thread)
    await office.stage.env.settle()
    (thread,) = office.stage.channel.threads
    assert f"`{WHALES}`" in str(await office.ask("!news whales", channel=thread))


async def test_only_the_sources_that_were_chosen_are_seen_anywhere(office: Office) -> None:
    said = str(await office.ask("!settings sources northern post"))
    assert "Northern Post" in said
    assert (await office.chosen()).sources == ("Northern Post",)
    assert "Nothing found" in str(await office.ask("!news ferry"))
    assert f"There is no article {FERRY}." in str(await office.ask(f"!headline {FERRY}"))
    here, manager = office.stage.channel, office.manager
    assert await manager.autocomplete(here, "news", "query", "ferry") == []
    assert await manager.autocomplete(here, "news", "source", "harb") == []
    assert len(await manager.autocomplete(here, "news", "query", "two wha")) == 1
    message = await manager.send(here, "Ferry workers end their strike")
    result = await manager.context_menu(here, "Find related news", message)
    assert result.response is not None
    assert "I know no story like that" in str(result.response.embeds[0].description)


async def test_days_begin_in_the_guilds_time_zone(office: Office) -> None:
    await office.ask("!settings zone Pacific/Kiritimati")
    # There, 4 May 2020 begins on the 3rd at 10:00 UTC; what has a day only is of that day in UTC.
    assert f"`{FERRY}`" not in str(await office.ask("!news sort:new after:2020-05-04"))
    await office.ask("!settings zone America/Los_Angeles")
    assert "Nothing found" in str(await office.ask("!news harbour after:2020-05-04"))


async def test_the_language_is_another_one_at_once(office: Office) -> None:
    await office.ask("!settings language es")
    assert "Noticias: whales" in str(await office.ask("!news whales", reader=True))
    assert "No hay ningún artículo 999" in str(await office.ask("!headline 999", reader=True))
    # What only one reader sees is in the language of their Discord, here English.
    assert "There is no article 999" in str(
        (await office.slash("headline", article="999")).embeds[0].description
    )


async def test_results_on_a_page(office: Office) -> None:
    await office.ask("!settings results 3")
    assert (await office.chosen()).results == 3


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("!settings colour blue", "prefix, results, channels, sources, zone, language"),
        ("!settings colour", "prefix, results, channels, sources, zone, language"),
        ("!settings results many", "3-10"),
        ("!settings zone Mars", "Europe/Madrid"),
        ("!settings language tlh", "en, es"),
        ("!settings sources Harbour Gazete", "Harbour Gazette"),
        ("!settings channels <#123456789012345678>", "#news"),
        ("!settings channels news", "#news"),
        ("!settings sources ,,", "Harbour Gazette, Northern Post"),
        ("!settings prefix a b", "!"),
    ],
)
async def test_what_does_not_fit_changes_nothing(office: Office, text: str, fits: str) -> None:
    said = str(await office.ask(text))
    assert "That does not fit" in said
    assert fits in said
    assert await office.chosen() == GuildSettings()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "colour blue",
            "colour. Prueba con uno de estos: prefix, results, channels, sources, zone, language",
        ),
        ("prefix a b", "prefix. Prueba con uno de estos: !, ?, n!"),
        ("results many", "results. Prueba con uno de estos: 3-10"),
        ("channels news", "channels. Prueba con uno de estos: #news"),
        ("sources Post", "sources. Prueba con uno de estos: Northern Post"),
        ("zone Mars", "zone. Prueba con uno de estos: UTC, Europe/Madrid, America/New\\_York"),
        ("language tlh", "language. Prueba con uno de estos: en, es"),
    ],
)
async def test_what_would_fit_has_no_english_words_elsewhere(office: Office, text: str, answer: str) -> None:
    await office.ask("!settings language es")
    assert answer in str(await office.ask(f"!settings {text}"))


async def test_where_no_source_is_known_the_default_is_named(empty_desk: Desk) -> None:
    async with stage(empty_desk, empty_desk.settings) as channel:
        role = channel.env.guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
        manager = channel.env.guild.add_member(channel.env.create_user("manager"), roles=[role])
        office = Office(channel, manager, channel.channel)
        assert "Try one of these: default" in str(await office.ask("!settings sources Reuters"))


@pytest.mark.parametrize(
    ("name", "typed", "first"),
    [
        ("language", "", "en"),
        ("results", "", "3"),
        ("zone", "madr", "Europe/Madrid"),
        ("zone", "new york", "America/New_York"),
        ("sources", "gaz", "Harbour Gazette"),
        ("sources", "Northern Post, gaz", "Northern Post, Harbour Gazette"),
    ],
)
async def test_values_are_completed(office: Office, name: str, typed: str, first: str) -> None:
    choices = await office.manager.autocomplete(office.stage.channel, "settings", "value", typed, name=name)
    assert choices[0]["value"] == first
    assert len(choices) <= 25


async def test_a_prefix_is_not_completed(office: Office) -> None:
    assert (
        await office.manager.autocomplete(office.stage.channel, "settings", "value", "x", name="prefix") == []
    )


async def test_an_outside_name_in_the_settings_formats_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.stage.bot.desk, "complete_source", lambda name, *_: [name])
    said = str(await office.ask("!settings sources **@everyone** [x](https://e.example)"))
    assert "\\*\\*" in said
    assert "@everyone" not in said
    assert "](" not in said.replace("\\]", "")


async def test_what_a_guild_chose_is_read_once_for_a_question(
    channel: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = channel.bot.desk.store
    read: list[int] = []
    of_guild = store.guild

    async def guild(id_: int) -> dict[str, Choice]:
        read.append(id_)
        return await of_guild(id_)

    monkeypatch.setattr(store, "guild", guild)
    await channel.say("!news whales")
    assert len(read) == 1
