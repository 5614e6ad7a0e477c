"""Who may click, what dies when, and what a click on something old is answered with."""

import asyncio
import json
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.desk import Desk
from bot.preview.stage import Stage, stage
from bot.replies.panels import panel as panels
from tests.newsroom import FERRY, HARBOUR, WHALES
from tests.screens import ask, buttons, choose, controls, options, press, text_of


def private(result: Any) -> str:
    """Return the card that only the one who clicked sees."""
    told = [*result.followups, result.response] if result.followups else [result.response]
    (answer,) = (message for message in told if message is not None and message.ephemeral)
    return str(answer.embeds[0].description)


async def test_a_strangers_choice_changes_nothing(channel: Stage) -> None:
    results = await ask(channel, "!news harbour")
    stranger = channel.env.guild.add_member(channel.env.create_user("stranger"))
    result = await stranger.select(channel.last_message(), [str(HARBOUR)])
    assert "Run the command yourself" in private(result)
    assert text_of(channel.last_message()) == results
    assert "Traffic crossed" in await choose(channel, HARBOUR), "the asker's still work"


async def test_only_the_asker_may_take_a_near_word(channel: Stage) -> None:
    await ask(channel, "!news striker qq")
    stranger = channel.env.guild.add_member(channel.env.create_user("stranger"))
    assert "Run the command yourself" in private(await stranger.click(channel.last_message(), label="strike"))
    assert "Nothing found" in text_of(channel.last_message())


async def test_controls_die_visibly_after_five_minutes_without_a_click(channel: Stage) -> None:
    await ask(channel, "!news harbour")
    await channel.env.advance_time(299)
    await choose(channel, HARBOUR)
    await channel.env.advance_time(299)
    assert buttons(channel.last_message()), "a click renews them"
    await channel.env.advance_time(2)
    assert all(control["disabled"] for control in controls(channel.last_message()))


async def test_links_outlive_the_buttons(empty_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"headline": "A comet over the fjord", "url": "https://news.example/comet"}))
    assert [report.id async for report in empty_desk.ingest([path])] == [1]
    async with stage(empty_desk, empty_desk.settings) as channel:
        await ask(channel, "!headline 1")
        await channel.env.advance_time(301)
        assert buttons(channel.last_message()) == ["Read at news.example"]


async def test_controls_of_a_slash_answer_die_when_its_first_token_is_long_gone(channel: Stage) -> None:
    result = await channel.reader.slash(channel.channel, "news", query="harbour")
    assert result.response is not None
    for _ in range(3):
        await channel.env.advance_time(290)
        await channel.reader.select(result.response, [str(HARBOUR)])
        await channel.env.advance_time(290)
        await channel.reader.click(result.response, label="Back to the results")
    await channel.env.advance_time(301)
    rows = result.response.components
    assert all(control["disabled"] for row in rows for control in row["components"])


def from_another_run() -> discord.ui.View:
    """Return what an earlier run of the bot left under a message."""
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Next", custom_id=f"{panels.PREFIX}:0123456789abcdef:2"))
    view.add_item(
        discord.ui.Select(
            options=[discord.SelectOption(label="a", value="1")],
            custom_id=f"{panels.PREFIX}:0123456789abcdef:3",
            row=1,
        )
    )
    view.add_item(discord.ui.Button(label="Read at a.example", url="https://a.example", row=2))
    view.stop()
    return view


@pytest.mark.parametrize("control", ["Next", "select"])
async def test_controls_of_an_earlier_run_are_answered_privately_and_die(
    channel: Stage, control: str
) -> None:
    there = channel.bot.get_channel(channel.channel.id)
    assert isinstance(there, discord.TextChannel)
    await there.send("old", view=from_another_run())
    if control == "select":
        result = await channel.reader.select(channel.last_message(), ["1"])
    else:
        result = await channel.reader.click(channel.last_message(), label=control)
    assert "Run the command again" in private(result)
    assert buttons(channel.last_message()) == ["Read at a.example"]


async def test_controls_that_died_without_being_seen_to_are_answered(channel: Stage) -> None:
    await ask(channel, f"!headline {HARBOUR}")
    (panel,) = [panel for panel in panels._panels.values() if panel.message == channel.last_message()]
    panel.stop()
    result = await channel.reader.click(channel.last_message(), label="Related")
    assert "Run the command again" in private(result)


def bring_back(channel: Stage, message: discord.Message) -> None:
    """Let a click that was on its way while its message changed find the controls that it was made on."""
    stored: Any = channel.env.backend.get_message(channel.channel.id, message.id)
    stored.components = [row.to_dict() for row in message.components]


async def test_a_click_on_what_was_replaced_meanwhile_shows_what_is_there_now(channel: Stage) -> None:
    await ask(channel, f"!headline {HARBOUR}")
    before = channel.last_message()
    related = await press(channel, "Related")
    bring_back(channel, before)
    result = await channel.reader.click(before, label="Related")
    assert result.acknowledged
    assert text_of(channel.last_message()) == related
    assert buttons(channel.last_message()) == ["Back to the story"]


async def test_a_strangers_click_on_what_was_replaced_shows_nothing(channel: Stage) -> None:
    await ask(channel, f"!headline {HARBOUR}")
    before = channel.last_message()
    await press(channel, "Related")
    bring_back(channel, before)
    stranger = channel.env.guild.add_member(channel.env.create_user("stranger"))
    assert "Run the command yourself" in private(await stranger.click(before, label="Related"))


async def test_a_live_control_is_answered_once(channel: Stage) -> None:
    await ask(channel, f"!headline {HARBOUR}")
    before = len(channel.env.http_requests)
    await press(channel, "Related")
    answers = [
        request for request in channel.env.http_requests[before:] if request.method in {"POST", "PATCH"}
    ]
    assert len(answers) == 1


async def test_a_slow_store_is_acknowledged_first(channel: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, defer = channel.bot.desk.story, discord.InteractionResponse.defer
    done: list[str] = []

    async def slow(*asked: Any) -> Any:
        await asyncio.sleep(0.05)
        done.append("answered")
        return await at_once(*asked)

    async def noted(response: Any, **how: Any) -> None:
        await defer(response, **how)
        done.append("acknowledged")

    await ask(channel, "!news harbour")
    monkeypatch.setattr(panels, "ACKNOWLEDGED_WITHIN", 0.001)
    monkeypatch.setattr(channel.bot.desk, "story", slow)
    monkeypatch.setattr(discord.InteractionResponse, "defer", noted)
    assert "Traffic crossed" in await choose(channel, HARBOUR)
    assert done == ["acknowledged", "answered"]


async def test_a_story_that_was_removed_meanwhile_is_said_privately(channel: Stage, desk: Desk) -> None:
    results = await ask(channel, "!news whales")
    await desk.remove([WHALES], "asked for")
    result = await channel.reader.select(channel.last_message(), [str(WHALES)])
    assert f"Article {WHALES} was removed on" in private(result)
    assert text_of(channel.last_message()) == results


async def test_an_answer_in_plain_text_stays_one(channel: Stage) -> None:
    await ask(channel, "!news harbour")
    message: Any = channel.env.backend.get_message(channel.channel.id, channel.last_message().id)
    message.embeds, message.content = [], "**News: harbour**"
    result = await channel.reader.select(channel.last_message(), [str(HARBOUR)])
    assert result.acknowledged
    assert channel.last_message().content.startswith("**Harbour bridge reopens")
    assert channel.last_message().embeds == []


async def test_a_source_that_was_hidden_meanwhile_is_not_read(channel: Stage, desk: Desk) -> None:
    await desk.guilds.change(channel.env.guild.id, "sources", "Harbour Gazette", 1, channel.env.now())
    await ask(channel, "!news on")
    assert set(options(channel.last_message())) == {FERRY, HARBOUR}
    assert "Ferry crews" in await choose(channel, FERRY)
