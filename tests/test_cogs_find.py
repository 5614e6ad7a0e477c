"""*Find related news* in a message's menu: by its link, by its words, by what it is like."""

import json
from pathlib import Path
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.article import Scope
from bot.desk import Desk
from bot.preview.stage import Stage, stage
from bot.refusals import NothingLike, NothingSaid
from bot.replies.quoted import ADDRESSES, read
from bot.text import words
from tests.newsroom import FERRY, HARBOUR, WHALES

RECORD = {
    "headline": "Glacier museum opens in Vik",
    "paragraphs": ["The museum shows what the ice left behind, and what it left out."],
    "source": "Fjord Radio",
    "url": "https://radio.example/culture/glacier-museum",
}


async def found(channel: Stage, text: str, **options: Any) -> Any:
    """Post a message as someone else and use its menu; return the private answer."""
    author = channel.env.guild.add_member(channel.env.create_user("author"))
    message = await author.send(channel.channel, text, **options)
    result = await channel.reader.context_menu(channel.channel, "Find related news", message)
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


async def test_a_link_leads_to_what_belongs_to_its_article(desk: Desk, tmp_path: Path) -> None:
    records = tmp_path / "one.jsonl"
    records.write_text(json.dumps(RECORD))
    (report,) = [report async for report in desk.ingest([records])]
    await desk.headlines.catch_up()
    async with stage(desk, desk.settings) as channel:
        answer = await found(
            channel, "look (http://www.radio.example/culture/glacier-museum/?utm_source=chat#top)!"
        )
    assert answer.embeds[0].title == "Related to: Glacier museum opens in Vik"
    assert await desk.linked(["no address", "https://radio.example/", str(RECORD["url"])]) == report.id
    assert await desk.linked([str(RECORD["url"])], Scope(hidden=frozenset({"fjord radio"}))) is None


async def test_words_find_stories(channel: Stage) -> None:
    answer = await found(channel, "Ferry crews end strike? :tada:")
    assert f"`{FERRY}`" in str(answer.embeds[0].description)


async def test_the_answer_has_controls_for_whoever_asked(channel: Stage) -> None:
    answer = await found(channel, "two whales in the fjord")
    read_one = answer.components[0]["components"][0]
    await channel.reader.select(answer.message, [str(WHALES)], custom_id=read_one["custom_id"])
    assert answer.embeds[0].title == "Two whales seen in the fjord"


async def test_an_unknown_link_is_read_by_the_words_of_its_address(channel: Stage) -> None:
    answer = await found(channel, "https://other.example/2020/05/harbour-bridge-reopens-20200504.html")
    assert f"`{HARBOUR}`" in str(answer.embeds[0].description)


async def test_a_long_message_finds_what_it_is_like(channel: Stage) -> None:
    text = (
        "I was out with my brother early this morning, and you will not believe what we came across between the"
        " islands: a pair of humpback animals, right behind our boat. Fishermen told us that whales had been seen"
        " there on Tuesday already, following the herring, and biologists want everyone to stay away from them."
    )
    assert len(set(words(text))) > 32
    assert f"`{WHALES}`" in str((await found(channel, text)).embeds[0].description)


async def test_operators_in_a_message_are_words(desk: Desk) -> None:
    results = await desk.like("whales -fjord source:nobody", discord.utils.utcnow())
    assert [hit.listing.id for hit in results.hits] == [WHALES]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zzyzx qwvk xoxo", "I know no story like that message."),
        ("?!", "That message has no words and no link."),
        ("<@123456789012345678>", "That message has no words and no link."),
    ],
)
async def test_where_there_is_nothing_it_is_said(channel: Stage, text: str, sentence: str) -> None:
    assert (await found(channel, text)).embeds[0].description == sentence


async def test_nothing_like_it_and_nothing_said_are_errors(desk: Desk) -> None:
    with pytest.raises(NothingLike):
        await desk.like("zzyzx qwvk", discord.utils.utcnow())
    with pytest.raises(NothingSaid):
        await desk.like("…", discord.utils.utcnow())


@pytest.mark.parametrize(
    ("content", "text", "addresses"),
    [
        ("plain words here", "plain words here", ()),
        ("see https://a.example/x.", "see x", ("https://a.example/x",)),
        (
            "https://a.example/two-words (https://b.example/y)",
            "two words y",
            ("https://a.example/two-words", "https://b.example/y"),
        ),
        ("<https://a.example/s_(film)> is a film", "is a film", ("https://a.example/s_(film)",)),
        ("<@1> <#2> <:wave:3> so many words", "so many words", ()),
    ],
)
def test_a_message_is_read(content: str, text: str, addresses: tuple[str, ...]) -> None:
    said = read(content, [], [])
    assert (said.text, said.addresses) == (text, addresses)


def test_previews_count() -> None:
    said = read("https://a.example/1", ["A headline", "and what it is about"], ["https://a.example/one"])
    assert said.text == "A headline and what it is about"
    assert said.addresses == ("https://a.example/1", "https://a.example/one")


@given(st.text(), st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=20))
def test_any_message_can_be_read(content: str, previews: list[str], linked: list[str]) -> None:
    assert len(read(content, previews, linked).addresses) <= ADDRESSES
