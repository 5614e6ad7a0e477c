"""One message, edited in place: from results to a story, to what is related to it, and back."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.preview.stage import Stage, stage
from tests.newsroom import FERRY, HARBOUR, STUB, WHALES
from tests.screens import ask, buttons, choose, controls, options, press, select, text_of

NOW_AND_THEN = "2026-03-04T12:00:00Z"


@pytest.fixture
async def storms(empty_desk: Desk, tmp_path: Path) -> AsyncIterator[Stage]:
    """Twelve stories with their addresses: three pages of results."""
    records = [
        {
            "headline": f"Storm number {n} reaches the coast",
            "paragraphs": [f"The storm came ashore at pier {n} before dawn."],
            "source": "Coast Radio",
            "url": f"https://www.coast.example/{n}",
            "published": NOW_AND_THEN,
        }
        for n in range(1, 13)
    ]
    path = tmp_path / "storms.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    assert len([report async for report in empty_desk.ingest([path])]) == 12
    await empty_desk.headlines.catch_up()
    async with stage(empty_desk, empty_desk.settings) as channel:
        yield channel


async def test_a_story_is_read_in_the_place_of_the_results(channel: Stage) -> None:
    results = await ask(channel, "!news harbour")
    before = channel.last_message().id
    assert select(channel.last_message())["placeholder"] == "Read a story…"
    assert options(channel.last_message())[HARBOUR].endswith(
        ". Harbour bridge reopens after three years of repairs"
    )
    story = await choose(channel, HARBOUR)
    assert "Traffic crossed the harbour bridge" in story
    assert channel.last_message().id == before, "edited, not sent anew"
    assert buttons(channel.last_message()) == ["Back to the results", "Related"]
    related = await press(channel, "Related")
    assert "**On the page**" in related
    assert buttons(channel.last_message()) == ["Back to the story", "Back to the results"]
    assert await press(channel, "Back to the story") == story
    assert await press(channel, "Back to the results") == results


async def test_all_the_way_back_takes_one_click(channel: Stage) -> None:
    results = await ask(channel, "!news harbour")
    await choose(channel, HARBOUR)
    await press(channel, "Related")
    assert "Ferry crews went back" in await choose(channel, FERRY)
    assert buttons(channel.last_message())[:2] == ["Back to the related", "Back to the results"]
    assert await press(channel, "Back to the results") == results
    assert channel.last_message().id == channel.last_message().id


async def test_ranks_go_on_over_the_pages(storms: Stage) -> None:
    first = await ask(storms, "!news storm")
    assert "**1.** `" in first
    assert "**5.** `" in first
    second = await press(storms, "Next")
    assert "**6.** `" in second
    assert "page 2 of 3" in second
    chosen = list(options(storms.last_message()))[1]
    assert options(storms.last_message())[chosen].startswith("7. Storm number")
    assert select(storms.last_message())["options"][1]["description"] == "Coast Radio · 2026-03-04"
    await choose(storms, chosen)
    assert "Read at coast.example" in buttons(storms.last_message())
    assert await press(storms, "Back to the results") == second, "on the page that was left"
    assert "**12.** `" in await press(storms, "Next")
    assert "Next" not in buttons(storms.last_message())
    assert await press(storms, "Back") == second


async def test_a_guild_chooses_how_many_are_on_a_page_and_which_sources_it_sees(storms: Stage) -> None:
    desk, guild = storms.bot.desk, storms.env.guild.id
    now = storms.env.now()
    await desk.guilds.change(guild, "results", "10", 1, now)
    assert "page 1 of 2" in await ask(storms, "!news storm")
    assert len(options(storms.last_message())) == 10
    await desk.guilds.change(guild, "sources", "Other Radio", 1, now)
    assert "Nothing found" in await ask(storms, "!news storm")
    assert "There is no article 3." in await ask(storms, "!headline 3")
    assert "There is no article 3." in await ask(storms, "!related 3")


async def test_the_stories_that_a_page_teased_are_a_select_below_it(channel: Stage) -> None:
    story = await ask(channel, f"!headline {HARBOUR}")
    assert select(channel.last_message())["placeholder"] == "On its page…"
    assert list(options(channel.last_message())) == [FERRY, STUB]
    assert select(channel.last_message())["options"][1]["description"] == "Harbour Gazette · teaser only"
    assert "Only a teaser of this story is known" in await choose(channel, STUB)
    assert await press(channel, "Back to the story") == story


async def test_related_is_two_lists_to_read_from(channel: Stage) -> None:
    related = await ask(channel, f"!related {HARBOUR}")
    assert related.index("**On the page**") < related.index(f"`{FERRY}`") < related.index(f"`{STUB}`")
    described = [option["description"] for option in select(channel.last_message())["options"]]
    assert all(described_.startswith(("On the page", "Similar")) for described_ in described)
    assert "Ferry crews went back" in await choose(channel, FERRY)
    assert await press(channel, "Back to the related") == related


async def test_a_story_without_relatives_has_none_to_choose(channel: Stage) -> None:
    assert "nothing in the store is like it yet" in await ask(channel, f"!related {WHALES}")
    assert controls(channel.last_message()) == []


async def test_the_nearest_words_are_buttons_that_search(channel: Stage) -> None:
    assert "Nothing found" in await ask(channel, "!news striker qq")
    assert "strike" in buttons(channel.last_message())
    results = await press(channel, "strike")
    assert "News: strike" in results
    assert f"`{FERRY}`" in results
    assert "Ferry crews went back" in await choose(channel, FERRY)


@pytest.mark.parametrize("command", ["headline", "related"])
async def test_other_commands_offer_the_nearest_words_as_well(channel: Stage, command: str) -> None:
    assert "Nothing found" in await ask(channel, f"!{command} striker qq")
    assert "strike" in buttons(channel.last_message())


async def test_nothing_near_leaves_a_sentence_without_buttons(channel: Stage) -> None:
    assert "Nothing found" in await ask(channel, "!news zzyzx")
    assert controls(channel.last_message()) == []


async def test_a_slash_command_has_the_same_controls(channel: Stage) -> None:
    result = await channel.reader.slash(channel.channel, "news", query="harbour bridge")
    assert result.response is not None
    await channel.reader.select(result.response, [str(HARBOUR)])
    assert "Traffic crossed" in (result.response.embeds[0].description or "")
    assert "/related" in (result.response.embeds[0].footer.text or "")
    await channel.reader.click(result.response, label="Back to the results")
    assert (result.response.embeds[0].title or "").startswith("News: harbour")


async def test_a_story_with_an_image_shows_it(empty_desk: Desk, tmp_path: Path) -> None:
    record = {"headline": "A comet over the fjord", "image": "https://news.example/comet.jpg"}
    path = tmp_path / "comet.jsonl"
    path.write_text(json.dumps(record))
    assert [report.id async for report in empty_desk.ingest([path])] == [1]
    async with stage(empty_desk, empty_desk.settings) as channel:
        assert "A comet" in await ask(channel, "!headline 1")
        assert channel.last_message().embeds[0].image.url == "https://news.example/comet.jpg"
        assert text_of(channel.last_message()).count("comet.jpg") == 0
