"""The commands, spoken to as users do: messages, mentions, slash commands, buttons."""

from pathlib import Path
from typing import Any

import discord
import pytest

from bot.desk import Desk
from bot.preview.stage import Stage, stage
from tests.newsroom import FERRY, HARBOUR, STUB, WHALES


def posts(channel: Stage, before: int) -> list[dict[str, Any]]:
    """Return what the bot sent since."""
    sent = [
        r.json
        for r in channel.env.http_requests[before:]
        if r.method == "POST" and r.path.endswith("/messages")
    ]
    return [payload for payload in sent if isinstance(payload, dict)]


async def said(channel: Stage, text: str) -> str:
    """Say something and return the only reply's card as one text."""
    (reply,) = await channel.say(text)
    return card_text(reply)


def card_text(reply: dict[str, Any]) -> str:
    (embed,) = reply["embeds"]
    return "\n".join([embed.get("title", ""), embed["description"], embed.get("footer", {}).get("text", "")])


async def test_news_finds_a_story_by_its_headline(channel: Stage) -> None:
    reply = await said(channel, "!news harbour bridge")
    assert f"`{HARBOUR}` **Harbour** **bridge** reopens" in reply
    assert "Harbour Gazette · <t:1588593600:D>" in reply
    assert f"!headline {HARBOUR}" in reply


async def test_news_says_which_word_it_read_another_way(channel: Stage) -> None:
    reply = await said(channel, "!news harbuor bridge")
    assert "Read “harbuor” as **Harbour**" in reply
    assert f"`{HARBOUR}`" in reply


async def test_news_finds_a_story_by_a_name_that_only_its_text_has(channel: Stage) -> None:
    reply = await said(channel, "!news Lindqvist")
    assert f"`{HARBOUR}`" in reply
    assert "in the text" in reply


async def test_a_story_found_by_its_text_shows_the_sentence(channel: Stage) -> None:
    reply = await said(channel, "!news Lindqvist mayor")
    assert "↳ The **mayor**, Ada **Lindqvist**, walked over the bridge at noon." in reply
    assert "↳" not in await said(channel, "!news harbour bridge")


async def test_operators_in_a_message(channel: Stage) -> None:
    reply = await said(channel, '!news sort:new source:"Harbour Gazette" after:2020-05-04')
    assert f"`{HARBOUR}`" in reply
    assert f"`{FERRY}`" not in reply
    reply = await said(channel, "!news bridge after:blah")
    assert "I know no day “after:blah”." in reply
    assert f"`{HARBOUR}`" in reply


async def test_undated_stories_are_said_to_be_left_out(channel: Stage) -> None:
    assert "Stories whose day of publication is not known are left out." in await said(
        channel, "!news harbour since:2020-05-01"
    )


async def test_days_are_those_of_discords_clock(channel: Stage) -> None:
    today = discord.utils.utcnow().date()
    assert "Nothing found" in await said(channel, f"!news bridge after:{today}")
    assert "Nothing found" in await said(channel, "!news bridge since:7d")
    assert f"`{HARBOUR}`" in await said(channel, "!news bridge before:today")


async def test_options_of_the_slash_command_are_operators(channel: Stage) -> None:
    async def asked(**options: str) -> discord.Embed:
        result = await channel.reader.slash(channel.channel, "news", **options)
        assert result.response is not None
        embed: discord.Embed = result.response.embeds[0]
        return embed

    card = await asked(query="on", source="Harbour Gazette", sort="new")
    assert card.title == 'News: on source:"Harbour Gazette" sort:new'
    description = card.description or ""
    assert description.index(f"`{HARBOUR}`") < description.index(f"`{FERRY}`")
    assert f"`{WHALES}`" not in description
    description = (await asked(after="2020-05-05", before="2020-05-07")).description or ""
    assert f"`{WHALES}`" in description
    assert f"`{HARBOUR}`" not in description
    description = (await asked(query='"the mayor', source='Gaz"ette', since="2020-05-01")).description or ""
    assert f"`{HARBOUR}`" in description


async def test_the_slash_command_without_anything_asks_for_words(channel: Stage) -> None:
    result = await channel.reader.slash(channel.channel, "news")
    assert result.response is not None
    assert result.response.ephemeral
    assert "Tell me what to look for" in (result.response.embeds[0].description or "")


async def test_sources_are_completed(channel: Stage) -> None:
    choices = await channel.reader.autocomplete(channel.channel, "news", "source", "gaz")
    assert [choice["value"] for choice in choices] == ["Harbour Gazette"]
    choices = await channel.reader.autocomplete(channel.channel, "news", "source", "")
    assert [choice["value"] for choice in choices] == ["Harbour Gazette", "Northern Post"]


async def test_completing_a_source_never_raises(channel: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(channel.bot.desk, "complete_source", broken)
    assert await channel.reader.autocomplete(channel.channel, "news", "source", "x") == []


async def test_a_stub_is_found_and_says_that_it_is_a_teaser(channel: Stage) -> None:
    assert "teaser only" in await said(channel, "!news storm Brunhild")
    reply = await said(channel, f"!headline {STUB}")
    assert "Only a teaser of this story is known" in reply
    assert "More than four hundred trees fell" in reply


async def test_headline_sums_a_story_up(channel: Stage) -> None:
    reply = await said(channel, f"!headline {HARBOUR}")
    assert reply.startswith(
        "Harbour bridge reopens after three years of repairs\nTraffic crossed the harbour bridge"
    )
    assert "Harbour Gazette" in reply
    assert f"!related {HARBOUR}" in reply


@pytest.mark.parametrize("asked", ["#2", "2", "harbor brigde", '"bridge"'])
async def test_headline_takes_an_id_or_words(channel: Stage, asked: str) -> None:
    reply = await said(channel, f"!headline {asked}")
    assert "Harbour bridge reopens" in reply
    assert ("The best match for" in reply) == (not asked.lstrip("#").isdigit())


async def test_quotes_force_words(channel: Stage) -> None:
    reply = await said(channel, '!headline "2"')
    assert "Nothing found" in reply


async def test_related_lists_the_pages_teasers_then_similar_stories(channel: Stage) -> None:
    reply = await said(channel, f"!related {HARBOUR}")
    assert reply.index(f"`{FERRY}`") < reply.index(f"`{STUB}`")
    assert f"`{HARBOUR}`" not in reply
    reply = await said(channel, f"!related {FERRY}")
    assert reply.count(f"`{HARBOUR}`") == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("!news", "Tell me what to look for, for example !news Syria."),
        ("!headline", "Tell me what to look for, for example !headline 1."),
        ("!related   ", "Tell me what to look for, for example !related 1."),
        ("!news " + "long " * 50, "I read at most 200. Try a few words: !news Syria."),
        ("!news ?!", "I see no word to look for"),
        ("!headline 999", "There is no article 999."),
        ("!related 0", "There is no article 0."),
        ("!headline 99999999999999999", "There is no article 99999999999999999."),
        ("!news zzyzx qwvk", "Nothing found for “zzyzx qwvk”."),
        ("!news after:blah", "I know no day “after:blah”."),
        ("!news since:99x", "I know no day “since:99x”."),
        ("!news sort:old", "I know no order “sort:old”."),
        ("!news source:", "“source:” needs something right behind it, for example source:Reuters."),
        ("!news bridge source:gazete", "No article is from “gazete”. The nearest source is Harbour Gazette."),
        ("!news source:qqqqq", "No article is from “qqqqq”."),
    ],
)
async def test_wrong_input_gets_one_sentence_and_a_way_on(channel: Stage, text: str, sentence: str) -> None:
    assert sentence in await said(channel, text)


async def test_nothing_found_names_the_nearest_words(channel: Stage) -> None:
    reply = await said(channel, "!news striker qq")
    assert "Nothing found" in reply
    assert "**strike**" in reply


async def test_an_empty_store_says_so(empty_desk: Desk) -> None:
    async with stage(empty_desk, empty_desk.settings) as channel:
        assert "The store is empty" in await said(channel, "!news Syria")
        assert "There is no article 1." in await said(channel, "!headline 1")


async def test_a_removed_article_is_said_to_be_removed(channel: Stage, desk: Desk) -> None:
    await desk.remove([WHALES], "asked for")
    await desk.headlines.catch_up()
    assert f"Article {WHALES} was removed on" in await said(channel, f"!headline {WHALES}")
    assert "Nothing found" in await said(channel, "!news whales")


async def test_unknown_commands_are_ignored_in_guilds(channel: Stage) -> None:
    assert await channel.say("!play something") == []
    assert await channel.say("hello") == []


async def test_unknown_commands_are_answered_where_only_we_can_be_meant(channel: Stage) -> None:
    assert "I have no command “weather”" in await said(channel, "@Newsdesk weather")
    before = len(channel.env.http_requests)
    await channel.reader.send_dm("!weather")
    assert "I have no command “weather”" in card_text(posts(channel, before)[0])


async def test_mentions_need_no_prefix(channel: Stage) -> None:
    assert f"`{WHALES}`" in await said(channel, "@Newsdesk news whales")
    assert "!news Syria" in await said(channel, "@Newsdesk")


async def test_help_survives_any_prefix(desk: Desk) -> None:
    settings = desk.settings.model_copy(update={"prefix": "**"})
    async with stage(desk, settings) as channel:
        assert "`**news Syria`" in await said(channel, "**help")
        assert (await said(channel, "**help news")).startswith("\\*\\*news\n`**news peace talks`")


async def test_a_long_unknown_command_is_cut_short(channel: Stage) -> None:
    assert len(await said(channel, "@Newsdesk " + "*" * 1900)) < 300


async def test_help_has_examples(channel: Stage) -> None:
    reply = await said(channel, "!help")
    for example in ("!news Syria", "!headline 1", "!related 1"):
        assert example in reply


async def test_another_prefix(desk: Desk) -> None:
    settings = desk.settings.model_copy(update={"prefix": "?"})
    async with stage(desk, settings) as channel:
        assert await channel.say("!news whales") == []
        assert "?headline" in await said(channel, "?news whales")


async def test_without_prefix_commands_mentions_and_slash_work(desk: Desk) -> None:
    settings = desk.settings.model_copy(update={"prefix_commands": False})
    async with stage(desk, settings) as channel:
        assert not channel.bot.intents.message_content
        assert f"`{WHALES}`" in await said(channel, "@Newsdesk news whales")
        assert await channel.say("!news whales") == []
        result = await channel.reader.slash(channel.channel, "news", query="whales")
        assert result.response is not None
        assert f"/headline {WHALES}" in (result.response.embeds[0].footer.text or "")


async def test_slash_commands_answer_like_messages(channel: Stage) -> None:
    result = await channel.reader.slash(channel.channel, "headline", article=str(HARBOUR))
    assert result.response is not None
    assert result.response.embeds[0].title == "Harbour bridge reopens after three years of repairs"
    result = await channel.reader.slash(channel.channel, "related", article="harbour bridge")
    assert result.response is not None
    assert "Ferry workers" in (result.response.embeds[0].description or "")


async def test_a_wrong_slash_command_is_answered_privately(channel: Stage) -> None:
    result = await channel.reader.slash(channel.channel, "news", query="?!")
    assert result.response is not None
    assert result.response.ephemeral
    assert "I see no word" in (result.response.embeds[0].description or "")


async def test_completion_offers_headlines_and_sends_ids(channel: Stage) -> None:
    choices = await channel.reader.autocomplete(channel.channel, "headline", "article", "harb")
    assert {"name": "Harbour bridge reopens after three years of repairs", "value": str(HARBOUR)}.items() <= (
        choices[0].items()
    )
    choices = await channel.reader.autocomplete(channel.channel, "news", "query", "two wha")
    assert choices[0]["value"] == "Two whales seen in the fjord"


async def test_completion_never_raises(channel: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(channel.bot.desk, "complete", broken)
    assert await channel.reader.autocomplete(channel.channel, "news", "query", "x") == []


async def test_every_reply_pings_nobody_and_answers_its_message(channel: Stage) -> None:
    before = len(channel.env.http_requests)
    for text in ("!news whales", f"!headline {WHALES}", "!related 999", "!help"):
        await channel.say(text)
    sent = posts(channel, before)
    assert len(sent) == 4
    for payload in sent:
        assert payload["allowed_mentions"] == {"parse": []} | (
            {"replied_user": False} if "replied_user" in payload["allowed_mentions"] else {}
        )
        assert payload["message_reference"]["fail_if_not_exists"] is False


async def test_too_many_questions_are_slowed_down(channel: Stage) -> None:
    for _ in range(3):
        await channel.reader.send(channel.channel, "!news whales")
    before = len(channel.env.http_requests)
    await channel.reader.send(channel.channel, "!news whales")
    (payload,) = posts(channel, before)
    assert "One moment" in card_text(payload)


async def test_a_fault_gets_an_incident_id_and_no_traceback(
    channel: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a secret inside")

    monkeypatch.setattr(channel.bot.desk, "answer", broken)
    reply = await said(channel, "!news whales")
    assert "Something went wrong on my side" in reply
    assert "secret" not in reply
    incident = reply.split("`")[1]
    assert f"incident {incident}" in caplog.text
    assert "RuntimeError: a secret inside" in caplog.text
    result = await channel.reader.slash(channel.channel, "news", query="whales")
    assert result.response is not None
    assert "incident" in (result.response.embeds[0].description or "")


async def test_a_story_turns_to_what_is_related_and_back(channel: Stage) -> None:
    await channel.say(f"!headline {HARBOUR}")
    turned = await channel.click("Related")
    assert turned is not None
    assert "Ferry workers" in turned["embeds"][0]["description"]
    turned = await channel.click("Back to the story")
    assert turned is not None
    assert turned["embeds"][0]["title"].startswith("Harbour bridge")


async def test_results_turn_their_pages(empty_desk: Desk, tmp_path: Path) -> None:
    records = tmp_path / "many.jsonl"
    records.write_text("".join(f'{{"headline": "Storm number {n} reaches the coast"}}\n' for n in range(12)))
    assert len([report async for report in empty_desk.ingest([records])]) == 12
    await empty_desk.headlines.catch_up()
    async with stage(empty_desk, empty_desk.settings) as channel:
        first = await said(channel, "!news storm")
        assert "page 1 of 3" in first
        assert first.count("`") == 10
        assert await channel.click("Back") is None, "there is nothing before the first page"
        turned = await channel.click("Next")
        assert turned is not None
        assert "page 2 of 3" in turned["embeds"][0]["footer"]["text"]
        turned = await channel.click("Next")
        assert turned is not None
        assert "page 3 of 3" in turned["embeds"][0]["footer"]["text"]
        assert await channel.click("Next") is None


async def test_only_the_askers_clicks_count(channel: Stage) -> None:
    await channel.say(f"!headline {HARBOUR}")
    stranger = channel.env.guild.add_member(channel.env.create_user("stranger"))
    result = await stranger.click(channel.last_message(), label="Related")
    assert result.response is not None
    assert result.response.ephemeral
    assert "Run the command yourself" in (result.response.embeds[0].description or "")
    assert channel.last_message().embeds[0].title == "Harbour bridge reopens after three years of repairs"


async def test_a_fault_behind_a_button_is_said_privately(
    channel: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken")

    await channel.say(f"!headline {HARBOUR}")
    monkeypatch.setattr(channel.bot.desk, "related", broken)
    result = await channel.reader.click(channel.last_message(), label="Related")
    assert result.response is not None
    assert result.response.ephemeral
    assert "incident" in (result.response.embeds[0].description or "")


async def test_buttons_die_visibly(channel: Stage) -> None:
    await channel.say(f"!headline {HARBOUR}")
    await channel.env.advance_time(301)
    row = channel.last_message().components[0]
    assert isinstance(row, discord.ActionRow)
    assert all(getattr(button, "disabled", False) for button in row.children)


async def test_slash_commands_are_given_to_discord_only_when_they_changed(desk: Desk) -> None:
    async def syncs() -> int:
        async with stage(desk, desk.settings) as channel:
            return sum(r.method == "PUT" and r.path.endswith("/commands") for r in channel.env.http_requests)

    # The stage itself syncs once: each simulated Discord begins without any commands.
    assert await syncs() == 2
    assert await syncs() == 1
