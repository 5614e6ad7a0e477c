import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search import MAX_WORDS, Term, parse_query


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


@given(st.text(max_size=300))
def test_any_string_is_a_query(text: str) -> None:
    query = parse_query(text)
    assert len(query.terms) <= MAX_WORDS
    assert len(set(query.words)) == len(query.words)
