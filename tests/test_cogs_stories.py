"""One entry for a story that many told, and its other reports behind a button."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.article import Scope
from bot.desk import Desk
from bot.errors import NothingFound
from bot.preview.stage import Stage, stage
from bot.search import parse_query
from tests.newsroom import Newsdesk

FERRY = {
    "headline": "Ferry with 80 aboard runs aground off Kalvøy",
    "paragraphs": [
        "A ferry with 80 passengers ran aground on rocks off the island of Kalvøy early on Wednesday.",
        "Lifeboats took everyone to the harbour of Sundvik within two hours, the coastguard said.",
        "The Marie Elise had left Sundvik in thick fog. Its captain, Jonas Brekke, was questioned by police.",
    ],
    "source": "North Wire",
    "published": "2026-03-04T12:00:00Z",
    "url": "https://wire.example/ferry",
}
COPY = FERRY | {"source": "Daily Beacon", "url": "https://beacon.example/7"}
RETITLED = FERRY | {
    "headline": "Passengers rescued as ferry hits rocks",
    "source": "Coast Radio",
    "url": "https://radio.example/7",
}
OTHERS = [
    {
        "headline": f"{town} counts the ferry passengers of last summer",
        "paragraphs": [f"{town} had a good year."],
    }
    for town in ("Tornby", "Hasle", "Vik", "Ostrava", "Lund")
]


@pytest.fixture
async def told(empty_desk: Desk, tmp_path: Path) -> Desk:
    """A desk where articles 1, 2 and 3 are reports of one story."""
    records = tmp_path / "ferries.jsonl"
    records.write_text("".join(f"{json.dumps(one)}\n" for one in (FERRY, COPY, RETITLED, *OTHERS)))
    assert [report.id async for report in empty_desk.ingest([records])] == list(range(1, 9))
    await empty_desk.headlines.catch_up()
    return empty_desk


@pytest.fixture
async def channel_of(told: Desk) -> AsyncIterator[Stage]:
    async with stage(told, told.settings) as channel:
        yield channel


def text_of(message: dict[str, Any] | None) -> str:
    assert message is not None
    (embed,) = message["embeds"]
    return f"{embed.get('title')}\n{embed['description']}\n{embed['footer']['text']}"


def reports_button(message: dict[str, Any] | None) -> str:
    """Return the label of the only button that leads to the reports of a story."""
    assert message is not None
    labels = [control.get("label", "") for row in message["components"] for control in row["components"]]
    (label,) = (label for label in labels if "more report" in label)
    return str(label)


async def test_news_shows_a_story_once_and_its_reports_behind_a_button(channel_of: Stage) -> None:
    (reply,) = await channel_of.say("!news ferry Kalvøy")
    shown = text_of(reply)
    assert shown.count("aground") == 1
    assert "Passengers rescued" not in shown
    assert "and 2 more reports" in shown
    listed = text_of(await channel_of.click(reports_button(reply)))
    assert "Reports of: Ferry with 80 aboard" in listed
    assert [f"`{id_}`" in listed for id_ in (1, 2, 3, 4)] == [True, True, True, False]
    assert "Daily Beacon" in listed
    assert "Passengers rescued" in listed
    again = text_of(await channel_of.click("Back to the results"))
    assert again == shown


async def test_the_reports_of_a_story_on_another_page_lead_back_to_that_page(channel_of: Stage) -> None:
    await channel_of.say("!news ferry")
    second = await channel_of.click("Next")
    turned = text_of(second)
    assert "page 2 of 2" in turned
    await channel_of.click(reports_button(second))
    assert text_of(await channel_of.click("Back to the results")) == turned


async def test_a_story_offers_its_other_reports(channel_of: Stage) -> None:
    await channel_of.say("!headline 3")
    assert "Reports of: Ferry with 80" in text_of(await channel_of.click("2 more reports"))
    assert "Passengers rescued" in text_of(await channel_of.click("Back to the story"))


async def test_a_story_told_once_offers_none(channel_of: Stage) -> None:
    (reply,) = await channel_of.say("!headline 4")
    labels = [button.get("label") for row in reply["components"] for button in row["components"]]
    assert labels == ["Related"]


async def test_related_offers_no_report_of_the_same_story(channel_of: Stage) -> None:
    (reply,) = await channel_of.say("!related 1")
    assert not any(f"`{id_}`" in text_of(reply) for id_ in (2, 3))


async def test_hidden_sources_are_no_reports(told: Desk) -> None:
    scope = Scope(hidden=frozenset({"daily beacon"}))
    (hit,) = (await told.grouped(parse_query("Kalvøy"), scope=scope)).hits
    assert (hit.listing.id, hit.others) == (1, (3,))
    assert [listing.id for listing in await told.reports(1, scope=scope)] == [1, 3]


async def test_an_answer_without_hits_says_so(told: Desk) -> None:
    with pytest.raises(NothingFound):
        await told.answer(parse_query("zeppelin"), "news x")


def test_search_lists_articles_and_groups_them_on_request(newsdesk: Newsdesk, tmp_path: Path) -> None:
    records = tmp_path / "ferries.jsonl"
    records.write_text("".join(f"{json.dumps(one)}\n" for one in (FERRY, COPY, RETITLED)))
    newsdesk("ingest", records)
    hits = newsdesk("search", "ferry", "--json").json["hits"]
    assert {(hit["id"], hit["story"]) for hit in hits} == {(1, 1), (2, 1), (3, 1)}
    (hit,) = newsdesk("search", "Kalvøy", "--group", "--json").json["hits"]
    assert hit["others"] == [id_ for id_ in (1, 2, 3) if id_ != hit["id"]]
    assert "also reported: " in newsdesk("search", "Kalvøy", "--group").out
    assert newsdesk("show", 2, "--json").json["reports"] == [1, 3]
    assert "Also reported:" in newsdesk("show", 2).out
