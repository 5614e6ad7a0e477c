"""What is not permitted is not tried, and nobody gets to shout: plain text, silence, cooldowns, floods."""

import re
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import Desk
from bot.guilds import LANGUAGES, PREFIX, GuildSettings
from bot.preview.stage import Stage, stage
from bot.replies import limits
from bot.replies.admission import QUESTIONS
from bot.replies.audience import Audience
from bot.replies.guidance import TOPICS, greeting_card, help_card, topic_card
from bot.replies.language import speaking
from bot.replies.plain import as_text
from bot.replies.send import PASSING
from tests.newsroom import HARBOUR, WHALES


@pytest.fixture
def messages_only(channel: Stage) -> Stage:
    """A channel where the bot may write, but send no cards."""
    return _in_channel(channel, embed_links=False)


def _in_channel(channel: Stage, **permissions: bool) -> Stage:
    assert channel.bot.user is not None
    overwrites: dict[Any, discord.PermissionOverwrite] = {
        channel.bot.user: discord.PermissionOverwrite(**permissions)
    }
    made = channel.env.guild.create_text_channel("elsewhere", overwrites=overwrites)
    return Stage(env=channel.env, bot=channel.bot, channel=made, reader=channel.reader)


async def test_where_cards_are_not_permitted_answers_are_plain_text(messages_only: Stage) -> None:
    (reply,) = await messages_only.say("!news harbour bridge")
    assert reply["embeds"] == []
    assert reply["content"].startswith("**News: harbour bridge**")
    assert f"`{HARBOUR}`" in reply["content"]
    assert f"-# 1 story · read one: !headline {HARBOUR}" in reply["content"]
    (reply,) = await messages_only.say("!headline 999")
    assert "There is no article 999." in reply["content"]
    # An answer to an interaction may always have cards.
    result = await messages_only.reader.slash(messages_only.channel, "headline", article=str(WHALES))
    assert result.response is not None
    assert result.response.embeds[0].title == "Two whales seen in the fjord"


async def test_buttons_under_plain_text_work(messages_only: Stage) -> None:
    await messages_only.say(f"!headline {HARBOUR}")
    turned = await messages_only.click("Related")
    assert turned is not None
    assert "Ferry workers" in str(turned["embeds"] or turned["content"])
    assert "Traffic crossed" not in turned["content"], "the story is gone from the message"


line = st.text(max_size=300)


@given(st.none() | line, st.text(max_size=5_000), st.none() | line)
def test_any_card_fits_a_message(title: str | None, description: str, footer: str | None) -> None:
    card = discord.Embed(title=title, description=description, url="https://news.example/a")
    card.set_footer(text=footer)
    assert 0 < limits.length(as_text(card)) <= limits.CONTENT


async def test_where_sending_is_not_permitted_there_is_silence_and_one_line_in_the_log(
    channel: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    mute = _in_channel(channel, send_messages=False)
    before = len(channel.env.http_requests)
    for text in ("!news whales", "!headline 999", "!help", "!news"):
        await mute.say(text)
    assert [r for r in channel.env.http_requests[before:] if r.method == "POST"] == []
    assert caplog.text.count("Sending is not permitted in the channel") == 1
    assert "incident" not in caplog.text
    other = _in_channel(channel, send_messages=False)
    await other.say("!news whales")
    assert f"Sending is not permitted in the channel {other.channel.id}" in caplog.text


async def test_a_timeout_is_silence_as_well(channel: Stage, caplog: pytest.LogCaptureFixture) -> None:
    channel.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
    for _ in range(3):
        await channel.say("!news whales")
    assert caplog.text.count("Sending is not permitted in the channel") == 1
    assert "incident" not in caplog.text


async def test_without_the_history_the_answer_refers_to_nothing(channel: Stage) -> None:
    forgetful = _in_channel(channel, read_message_history=False)
    before = len(channel.env.http_requests)
    await forgetful.say("!news whales")
    requests = channel.env.http_requests[before:]
    (sent,) = [r.json for r in requests if isinstance(r.json, dict) and r.path.endswith("/messages")]
    assert "message_reference" not in sent


async def test_a_cooldown_is_said_for_a_moment_to_a_message_and_privately_to_a_slash_command(
    channel: Stage,
) -> None:
    for _ in range(3):
        await channel.reader.send(channel.channel, "!help")
    await channel.reader.send(channel.channel, "!help")
    word = channel.last_message()
    assert "One moment" in str(word.embeds[0].description)
    await channel.env.advance_time(PASSING + 0.5)
    assert channel.last_message().id != word.id
    for _ in range(3):
        await channel.reader.slash(channel.channel, "news", query="whales")
    result = await channel.reader.slash(channel.channel, "news", query="whales")
    assert result.response is not None
    assert result.response.ephemeral
    assert "One moment" in str(result.response.embeds[0].description)


async def test_one_readers_cooldown_is_nobody_elses(channel: Stage) -> None:
    for _ in range(4):
        await channel.reader.send(channel.channel, "!about")
    other = channel.env.guild.add_member(channel.env.create_user("other"))
    await other.send(channel.channel, "!about")
    assert "Version" in str(channel.last_message().embeds[0].description)


async def test_a_guild_that_floods_gets_one_word_and_then_silence(channel: Stage) -> None:
    guild, env = channel.env.guild, channel.env
    crowd = [guild.add_member(env.create_user(f"reader {n}")) for n in range(QUESTIONS + 3)]
    before = len(env.http_requests)
    for reader in crowd:
        await reader.send(channel.channel, "!about")
    sent: list[Any] = [r.json for r in env.http_requests[before:] if r.path.endswith("/messages")]
    said = [payload["embeds"][0]["description"] for payload in sent]
    assert len([text for text in said if "Version" in text]) == QUESTIONS
    assert said[QUESTIONS:] == ["Everyone here is asking at once. Try again in a moment."]
    result = await crowd[0].slash(channel.channel, "news", query="whales")
    assert result.response is not None
    assert result.response.ephemeral
    assert "Everyone here" in str(result.response.embeds[0].description)
    # Another guild is not made to wait, and this one not for long.
    elsewhere = env.create_guild("Elsewhere")
    visitor = elsewhere.add_member(env.create_user("visitor"))
    room = elsewhere.create_text_channel("news")
    await visitor.send(room, "!about")
    assert room.last_message is not None
    await env.advance_time(10.5)
    assert len(await channel.say("!about")) == 1


async def test_talk_that_is_no_command_floods_nothing(channel: Stage) -> None:
    for _ in range(QUESTIONS * 2):
        await channel.reader.send(channel.channel, "good morning")
    await channel.reader.send(channel.channel, "!about")
    assert "Version" in str(channel.last_message().embeds[0].description)


async def test_about_tells_what_there_is(desk: Desk) -> None:
    told = {"source_url": "https://code.example/newsdesk"}
    settings = desk.settings.model_copy(update=told)
    desk.settings = settings
    async with stage(desk, settings) as channel:
        (reply,) = await channel.say("!about")
    said = reply["embeds"][0]["description"]
    assert re.search(r"Version \d+\.\d+\.\d+$", said, re.MULTILINE)
    assert "3 articles, 1 known from a teaser only" in said
    assert re.search(r"The newest was taken in: <t:\d+:R>$", said, re.MULTILINE)
    assert re.search(r"Discord hears me within \d+ ms$", said, re.MULTILINE)
    assert "https://code.example/newsdesk" in said
    assert "What you ask is not kept." in said


@pytest.mark.parametrize("latency", [float("inf"), float("nan")])
async def test_about_before_discord_has_answered_a_heartbeat(
    channel: Stage, latency: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(channel.bot), "latency", latency)
    (reply,) = await channel.say("!about")
    assert "Version" in reply["embeds"][0]["description"]
    assert "hears me" not in reply["embeds"][0]["description"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_help_is_one_message_in_full_even_without_cards(language: str, channel: Stage) -> None:
    commands = {command.name for command in channel.bot.commands}
    assert set(TOPICS) == commands - {"help"}
    with speaking(language):
        audience = Audience(asker=1, prefix="n" * PREFIX, choices=GuildSettings(), language=language)
        cards = [help_card(audience), greeting_card(audience), *(topic_card(t, audience) for t in TOPICS)]
    for card in cards:
        text = as_text(card)
        assert limits.length(text) <= limits.CONTENT
        assert str(card.description) in text, "nothing was left out"
        assert f"`{audience.prefix}" in text, "an example"


@pytest.mark.parametrize("typed", ["!help help", "!help", "!help HELP me"])
async def test_help_about_help_is_help(channel: Stage, typed: str) -> None:
    assert "In a message's menu" in (await channel.say(typed))[0]["embeds"][0]["description"]


async def test_a_cooldown_in_a_menu_is_a_private_word(channel: Stage) -> None:
    message = await channel.reader.send(channel.channel, "whales in the fjord")
    results = [
        await channel.reader.context_menu(channel.channel, "Find related news", message) for _ in range(4)
    ]
    answers = [result.response for result in results if result.response is not None]
    (word,) = [answer for answer in answers if "One moment" in str(answer.embeds[0].description)]
    assert word.ephemeral


async def test_help_is_one_message_and_tells_of_one_command(channel: Stage) -> None:
    (reply,) = await channel.say("!help")
    assert "In a message's menu" in reply["embeds"][0]["description"]
    (reply,) = await channel.say("!help !News please")
    said = reply["embeds"][0]["description"]
    for operator in (
        '"peace talks"',
        "-geneva",
        "title:",
        "source:",
        "since:",
        "after:",
        "before:",
        "sort:new",
    ):
        assert operator in said
    for topic in ("headline", "related", "settings", "about", "remove"):
        assert f"!{topic}" in (await channel.say(f"!help {topic}"))[0]["embeds"][0]["description"]
