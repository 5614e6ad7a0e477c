from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.remarks import BadDay, BadSort, CannotExclude, MissingValue
from bot.search import MAX_WORDS, Filters, Phrase, Query, Term, parse_query

NOW = datetime(2020, 5, 6, 12, tzinfo=UTC)


def seconds(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Syria", ["syria"]),
        ("  Turkey's   EARTHQUAKE ", ["turkey", "earthquake"]),
        ("syria talks syria", ["syria", "talks"]),
        ("covid-19", ["covid", "19"]),
        ("Erdoğan", ["erdogan"]),
        ("-5 degrees", ["5", "degrees"]),
        ("talks - stalled", ["talks", "stalled"]),
        ("", []),
        ("😀 !?", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    query = parse_query(text)
    assert list(query.words) == words
    assert query.text == text
    assert not query.excluded


def test_quoted_words_are_marked() -> None:
    assert parse_query('"siria talks" geneva').terms == (
        Term("siria", quoted=True),
        Term("talks", quoted=True),
        Term("geneva"),
    )
    assert parse_query("“siria”").terms == (Term("siria", quoted=True),)


def test_an_open_quote_is_no_quote() -> None:
    assert parse_query('"siria talks').terms == (Term("siria"), Term("talks"))


def test_a_minus_excludes() -> None:
    query = parse_query("syria -turkey -saudi-arabia")
    assert query.words == ("syria",)
    assert query.excluded == ("turkey", "saudi", "arabia")


def test_in_a_pasted_headline_quotes_and_minus_are_its_own() -> None:
    query = parse_query("Gates to start “multi-billion dollar” clean tech initiative next year -report")
    assert "report" in query.words
    assert not query.excluded
    assert not any(term.quoted for term in query.terms)


def test_a_wholly_quoted_headline_stays_quoted() -> None:
    query = parse_query('"gates to start multi billion dollar clean tech initiative"')
    assert all(term.quoted for term in query.terms)


def test_only_so_many_words_count() -> None:
    assert len(parse_query(" ".join(f"word{i}" for i in range(500))).terms) == MAX_WORDS


def test_quoted_words_have_to_stand_side_by_side() -> None:
    query = parse_query('"to be or not to be" -"saudi arabia" -"oil" “Sao Paulo”')
    assert query.phrases == (Phrase(("to", "be", "or", "not", "to", "be")), Phrase(("sao", "paulo")))
    assert query.excluded_phrases == (Phrase(("saudi", "arabia")),)
    assert query.excluded == ("oil",)
    assert query.words == ("to", "be", "or", "not", "sao", "paulo")


OPERATORS = [
    "syria",
    '"peace talks"',
    "-turkey",
    'source:"Harbour Gazette"',
    "-Source:reuters",
    "title:geneva",
    "-title:opinion",
    "after:2020-04-01",
    "before:today",
    "since:7d",
    "sort:NEW",
]


@given(st.permutations(OPERATORS))
def test_operators_in_any_order(parts: list[str]) -> None:
    query = parse_query(" ".join(parts), NOW)
    assert set(query.terms) == {
        Term("syria"),
        Term("peace", quoted=True),
        Term("talks", quoted=True),
        Term("geneva", title=True),
    }
    assert query.phrases == (Phrase(("peace", "talks")),)
    assert query.excluded == ("turkey",)
    assert query.excluded_titles == ("opinion",)
    assert query.filters == Filters(
        sources=("Harbour Gazette",),
        excluded_sources=("reuters",),
        after=seconds(2020, 4, 29),
        before=seconds(2020, 5, 6),
    )
    assert query.newest_first
    assert not query.remarks


def test_days_begin_in_the_zone_of_whoever_asks() -> None:
    query = parse_query("after:today", NOW, ZoneInfo("America/New_York"))
    assert query.filters.after == seconds(2020, 5, 6) + 4 * 3600


def test_a_title_may_be_a_phrase() -> None:
    query = parse_query('title:"peace talks" syria')
    assert query.phrases == (Phrase(("peace", "talks"), title=True),)
    assert query.terms == (
        Term("peace", quoted=True, title=True),
        Term("talks", quoted=True, title=True),
        Term("syria"),
    )


@pytest.mark.parametrize(
    ("text", "error", "named"),
    [
        ("after:blah", BadDay, "after:blah"),
        ('before:"next year"', BadDay, 'before:"next year"'),
        ("since:99x", BadDay, "since:99x"),
        ("sort:old", BadSort, "sort:old"),
        ("source:", MissingValue, "source:"),
        ('source:""', MissingValue, "source:"),
        ("title:", MissingValue, "title:"),
        ("title:!?", MissingValue, "title:"),
        ("Since:", MissingValue, "since:"),
        ("-after:2020", CannotExclude, "-after:2020"),
    ],
)
def test_a_wrong_value_is_named_and_the_rest_is_answered(
    text: str, error: type[Exception], named: str
) -> None:
    for asked in (f"{text} syria", f"syria {text}"):
        query = parse_query(asked, NOW)
        (remark,) = query.remarks
        assert type(remark) is error
        assert f"“{named}”" in str(remark)
        assert query.terms == (Term("syria"),)
        assert not query.selects
    assert parse_query(text, NOW).empty


@pytest.mark.parametrize(
    "text",
    [
        "sources:reuters",
        "resource:x",
        "a:b",
        "after 2020",
        "10:30",
        "http://source:80/",
        "untitled:x",
        "since",
    ],
)
def test_what_only_looks_like_an_operator_is_words(text: str) -> None:
    query = parse_query(text, NOW)
    assert query.terms
    assert not query.selects
    assert not query.remarks


def test_an_operator_within_quotes_is_words() -> None:
    query = parse_query('"the source:reuters said" syria', NOW)
    assert query.phrases == (Phrase(("the", "source", "reuters", "said")),)
    assert not query.filters.sources


def test_a_pasted_headline_with_an_operator_behind_it() -> None:
    query = parse_query("Gates to start dollar clean tech initiative next year in Paris since:7d", NOW)
    assert len(query.terms) == 11
    assert query.filters.after == seconds(2020, 4, 29)


def test_in_a_pasted_headline_a_source_with_a_blank_is_its_own() -> None:
    query = parse_query("Breaking news from the source: minister to resign over contract today", NOW)
    assert "source" in query.words
    assert not query.remarks


@pytest.mark.parametrize("text", ["source:Reuters since:7d", "sort:new", "-turkey", '-"oil price"'])
def test_operators_alone_are_a_query(text: str) -> None:
    query = parse_query(text, NOW)
    assert not query.empty
    assert not query.terms


PIECES = st.one_of(
    st.text(max_size=20),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "-", " ", "--"]),
        st.sampled_from(["source:", "title:", "after:", "before:", "since:", "sort:", '"', "“", "-"]),
        st.one_of(
            st.text(max_size=8), st.sampled_from(["7d", "new", "2020-01-01", "harbour", "fri", "9999w"])
        ),
        st.sampled_from(["", '"', "”", " ", "'"]),
    ),
)


@given(st.lists(PIECES, max_size=6).map(" ".join))
def test_any_string_with_operators_is_a_query(text: str) -> None:
    query = parse_query(text, NOW)
    assert isinstance(query, Query)
    assert all(str(remark) for remark in query.remarks)
    assert parse_query(text, NOW) == query


@given(st.text(max_size=300))
def test_any_string_is_a_query(text: str) -> None:
    query = parse_query(text)
    assert len(query.terms) <= MAX_WORDS
    assert len(set(query.words)) == len(query.words)
