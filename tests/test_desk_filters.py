"""The desk under filters and scopes, texts included; and why a hit in a text is one."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bot.article import Results, Scope, Where
from bot.desk import Desk
from bot.desk.excerpts import LENGTH, excerpt
from bot.errors import NothingFound, UnknownArticle
from bot.remarks import UndatedLeftOut
from bot.search import parse_query
from tests.newsroom import FERRY, HARBOUR, STUB, WHALES

GAZETTE, POST = "Harbour Gazette", "Northern Post"
HIDDEN = Scope(hidden=frozenset({POST}))
ONLY = Scope(only=frozenset({POST}))


async def search(desk: Desk, query: str, scope: Scope | None = None, limit: int = 25) -> Results:
    return await desk.search(parse_query(query), limit, scope or Scope())


async def ids(desk: Desk, query: str, scope: Scope | None = None, limit: int = 25) -> list[int]:
    return [hit.listing.id for hit in (await search(desk, query, scope, limit)).hits]


async def fill(desk: Desk, folder: Path, records: list[dict[str, object]]) -> None:
    """Take records in, with ids from 1 on."""
    file = folder / "records.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    assert len([report async for report in desk.ingest([file])]) == len(records)
    await desk.headlines.catch_up()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mayor", [HARBOUR]),
        ("mayor source:gazette", [HARBOUR]),
        ("mayor source:post", []),
        ("mayor -source:gazette", []),
        ("mayor after:2020-05-04", [HARBOUR]),
        ("mayor after:2020-05-05", []),
        ("mayor before:2020-05-05", [HARBOUR]),
        ("mayor before:2020-05-04", []),
        ("mayor -herring", [HARBOUR]),
        ("mayor -lindqvist", []),
        ('"the mayor"', [HARBOUR]),
        ('"mayor the"', []),
        ('"The Mayor, Ada Lindqvist"', [HARBOUR]),
        ('"ada mayor"', []),
        ('mayor -"ada lindqvist"', []),
        ('mayor -"ada mayor"', [HARBOUR]),
        ('"three years" mayor', [HARBOUR]),
        ("title:mayor", []),
        ("title:bridge mayor", [HARBOUR]),
        ("title:ferry mayor", [FERRY]),
        ("title:brigde", [HARBOUR]),
        ("union title:ferry sort:new", [FERRY]),
        ("harbour -ferries", [FERRY]),
        ('harbour -"humpback whales"', [HARBOUR, FERRY]),
        ("source:gazette", [HARBOUR, FERRY, STUB]),
        ("source:gazette sort:new -bridge", [FERRY, STUB]),
        ("after:2020-05-04 before:2020-05-07", [WHALES, HARBOUR]),
        ("on sort:new after:2020-05-01", [WHALES, HARBOUR, FERRY]),
        ("herring source:Northern", [WHALES]),
    ],
)
async def test_what_is_found(desk: Desk, query: str, expected: list[int]) -> None:
    assert await ids(desk, query) == expected


async def test_sort_new_alone_lists_the_newest(desk: Desk) -> None:
    # The stub has no day.
    assert await ids(desk, "sort:new") == [WHALES, HARBOUR, FERRY, STUB]
    assert await ids(desk, "sort:new", limit=2) == [WHALES, HARBOUR]
    assert await ids(desk, "of sort:new") == [HARBOUR, STUB]


async def test_what_is_not_understood_is_said_and_the_rest_is_answered(desk: Desk) -> None:
    results = await search(desk, "bridge after:blah sort:old")
    assert [hit.listing.id for hit in results.hits] == [HARBOUR]
    assert ["blah" in str(results.remarks[0]), "sort:old" in str(results.remarks[1])] == [True, True]


async def test_undated_stories_are_said_to_be_left_out(desk: Desk) -> None:
    results = await search(desk, "storm after:2020-01-01")
    assert [type(remark) for remark in results.remarks] == [UndatedLeftOut]
    assert STUB not in [hit.listing.id for hit in results.hits]
    assert (await search(desk, "storm after:2020-01-01 source:post")).remarks == ()


async def test_nothing_found_carries_its_remarks(desk: Desk) -> None:
    with pytest.raises(NothingFound) as raised:
        await desk.answer(parse_query("bridge source:Gazete"), "news x")
    assert "The nearest source is Harbour Gazette" in str(raised.value.remarks[0])


async def test_a_text_hit_says_where_the_words_stand(desk: Desk) -> None:
    (hit,) = (await search(desk, "Lindqvist mayor")).hits
    assert hit.where is Where.TEXT
    assert hit.matched == ("lindqvist", "mayor")
    assert hit.excerpt == "The mayor, Ada Lindqvist, walked over the bridge at noon."
    (hit,) = (await search(desk, "harbour bridge")).hits
    assert hit.excerpt is None


async def test_a_limit_of_text_hits_is_filled_under_filters(empty_desk: Desk, tmp_path: Path) -> None:
    day = datetime(2020, 1, 1, tzinfo=UTC)
    await fill(
        empty_desk,
        tmp_path,
        [
            {
                "headline": f"Report number {number}",
                "paragraphs": ["The oil price rose." if number % 3 else "The price of oil rose."],
                "source": GAZETTE if number % 10 == 0 else POST,
                # Not in the order of their ids.
                "published": (day + timedelta(hours=number * 7 % 1_000)).isoformat(),
            }
            for number in range(1, 1_000)
        ],
    )
    in_gazette = await ids(empty_desk, "oil source:gazette")
    assert in_gazette == list(range(990, 740, -10))
    assert await ids(empty_desk, '"price of oil"', limit=40) == list(range(999, 999 - 120, -3))
    assert await ids(empty_desk, '"price of oil" source:gazette') == list(range(990, 240, -30))
    assert await ids(empty_desk, "oil -of", limit=40) == [n for n in range(999, 900, -1) if n % 3][:40]
    newest = sorted(range(1, 1_000), key=lambda number: number * 7 % 1_000, reverse=True)
    assert await ids(empty_desk, "oil sort:new") == newest[:25]
    assert (
        await ids(empty_desk, '"price of oil" sort:new source:post', limit=5)
        == [number for number in newest if number % 3 == 0 and number % 10][:5]
    )
    old = await ids(empty_desk, "oil before:2020-01-02 sort:new", limit=50)
    assert old == [number for number in newest if number * 7 % 1_000 < 24]


async def test_unwelcome_words_in_texts_leave_room_for_other_headlines(
    empty_desk: Desk, tmp_path: Path
) -> None:
    records: list[dict[str, object]] = [
        {
            "headline": f"Storm number {number} at the coast",
            "paragraphs": ["Hail fell." if number > 20 else "It was dry."],
        }
        for number in range(1, 41)
    ]
    await fill(empty_desk, tmp_path, records)
    assert sorted(await ids(empty_desk, "storm -hail", limit=20)) == list(range(1, 21))


@pytest.mark.parametrize(
    ("query", "scope"),
    [
        ("whales", HIDDEN),
        ("whalez", HIDDEN),
        ("herring", HIDDEN),
        ('"herring"', HIDDEN),
        ("source:post", HIDDEN),
        ("humpback title:whales", HIDDEN),
        ("bridge", ONLY),
        ("lindqvist", ONLY),
        ("storm", ONLY),
    ],
)
async def test_a_scope_hides_headlines_texts_and_what_would_be_near(
    desk: Desk, query: str, scope: Scope
) -> None:
    assert (await search(desk, query)).hits
    results = await search(desk, query, scope)
    assert results.hits == ()
    assert results.suggestions == ()
    assert results.corrections == ()
    assert not any(POST in str(remark) for remark in results.remarks) or scope is ONLY


async def test_a_scope_shows_the_rest(desk: Desk) -> None:
    assert await ids(desk, "harbour", HIDDEN) == [HARBOUR, FERRY]
    assert await ids(desk, "herring", ONLY) == [WHALES]
    assert await ids(desk, "sort:new", ONLY) == [WHALES]


async def test_completion_respects_the_scope(desk: Desk) -> None:
    assert [listing.id for listing in await desk.complete("wha")] == [WHALES]
    assert await desk.complete("wha", scope=HIDDEN) == []
    assert [listing.id for listing in await desk.complete("", scope=ONLY)] == [WHALES]
    assert desk.complete_source("po") == [POST]
    assert desk.complete_source("po", scope=HIDDEN) == []


async def test_related_respects_the_scope(desk: Desk) -> None:
    everything = await desk.related(HARBOUR, min_score=0)
    assert [teaser.id for teaser in everything.teasers] == [FERRY, STUB]
    assert WHALES in [similar.listing.id for similar in everything.similar]
    seen = await desk.related(HARBOUR, min_score=0, scope=HIDDEN)
    assert seen.teasers == everything.teasers
    assert WHALES not in [similar.listing.id for similar in seen.similar]
    seen = await desk.related(WHALES, min_score=0, scope=ONLY)
    assert seen.teasers == ()
    assert seen.similar == ()
    with pytest.raises(UnknownArticle):
        await desk.related(HARBOUR, scope=ONLY)


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("Head\nOne cat sat. Two dogs ran far away.", {"dogs"}, "Two dogs ran far away."),
        ("Dogs ran\nOne cat sat.", {"dogs"}, None),
        ("Head", {"head"}, None),
        ("Head\nA dog. A cat.\nA dog saw a cat.", {"dog", "cat"}, "A dog saw a cat."),
        ("Head\nLula met Angela Merkel’s envoy.", {"merkel"}, "Lula met Angela Merkel’s envoy."),
    ],
)
def test_excerpts(text: str, wanted: set[str], expected: str | None) -> None:
    assert excerpt(text, wanted) == expected


def test_a_long_sentence_is_cut_around_the_words() -> None:
    text = "Head\n" + " ".join(["before"] * 60) + " a whale and a seal " + " ".join(["after"] * 60) + "."
    cut = excerpt(text, {"whale", "seal"})
    assert cut is not None
    assert len(cut) <= LENGTH
    assert cut.startswith("…before")
    assert cut.endswith("after…")
    assert "a whale and a seal" in cut
    assert 40 < cut.index("whale") < 120


@given(
    st.lists(st.text(st.sampled_from("ab .,“”\n北京ß’-"), max_size=60), max_size=8).map("\n".join),
    st.sets(st.sampled_from(["a", "b", "ab", "北京"])),
)
def test_an_excerpt_is_short_and_has_a_word(text: str, wanted: set[str]) -> None:
    found = excerpt(text, wanted)
    assert found is None or 0 < len(found) <= LENGTH


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                [
                    *"harbour mayor whalez -ferry -x source:gazette source:x title:bridge after:2020".split(),
                    *'before:today since:7d since:99x sort:new sort:old source: - "'.split(),
                    '"the bridge"',
                    '-"a b"',
                ]
            ),
        ),
        max_size=6,
    ).map(" ".join)
)
async def test_any_string_gets_an_answer_or_a_sentence(desk: Desk, text: str) -> None:
    results = await desk.search(parse_query(text))
    assert results.query == text
    assert all(str(remark) for remark in results.remarks)
    hidden = await desk.search(parse_query(text), scope=HIDDEN)
    assert WHALES not in [hit.listing.id for hit in hidden.hits]
