"""What users type is read, or refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AskError, EmptyQuery, NoWords, QueryTooLong
from bot.replies.arguments import read_query

option = st.none() | st.text(max_size=40) | st.sampled_from(["7d", "Harbour Gazette", 'a"b', "new"])


@given(st.text(max_size=250), option, option, option)
def test_any_string_and_any_option_is_a_question_or_refused(
    text: str, source: str | None, since: str | None, sort: str | None
) -> None:
    try:
        query = read_query(text, "!news Syria", {"source": source, "since": since, "sort": sort})
    except AskError as error:
        said = [error]
    else:
        assert not query.empty
        said = list(query.remarks)
    assert all(str(error) for error in said)


def test_options_are_what_operators_would_be() -> None:
    by_options = read_query(
        "talks", "x", {"source": "Harbour Gazette", "after": "2020-01-01", "sort": "new", "since": None}
    )
    typed = read_query('talks source:"Harbour Gazette" after:2020-01-01 sort:new', "x")
    assert by_options == typed


def test_an_option_is_not_swallowed_by_an_open_quotation_mark() -> None:
    query = read_query('"the talks', "x", {"source": 'Harbour "Gazette"'})
    assert query.filters.sources == ("Harbour Gazette",)
    assert query.words == ("the", "talks")


@pytest.mark.parametrize(
    ("text", "error"), [("", EmptyQuery), ("  ", EmptyQuery), ("?!", NoWords), ("x" * 201, QueryTooLong)]
)
def test_what_is_no_question(text: str, error: type[AskError]) -> None:
    with pytest.raises(error):
        read_query(text, "!news Syria")


def test_a_long_question_is_as_long_as_what_was_typed() -> None:
    assert read_query("x " * 100, "x", {"source": "y" * 100}).filters.sources == ("y" * 100,)
