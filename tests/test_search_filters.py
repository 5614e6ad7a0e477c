"""The index under filters and scopes: what counts, and that what does not count leaves no trace."""

from datetime import UTC, datetime

import pytest

from bot.article import Scope
from bot.errors import UnknownSource
from bot.remarks import MisspelledSource, UndatedLeftOut
from bot.search import Found, Headlines, Row, parse_query

NOW = datetime(2020, 5, 8, 12, tzinfo=UTC)
REUTERS, GAZETTE, ELPAIS = "Reuters", "Harbour Gazette", "El País"


def at(day: int, hour: int = 12) -> int:
    return int(datetime(2020, 5, day, hour, tzinfo=UTC).timestamp())


def row(id_: int, headline: str, source: str | None, published: int | None) -> Row:
    return Row(id_, headline, published or at(1), source, published)


ROWS = [
    row(1, "Syria talks resume in Geneva", REUTERS, at(2)),
    row(2, "Peace talks on Syria stall", GAZETTE, at(4, 0)),
    row(3, "Oil price talks", GAZETTE, at(6)),
    row(4, "Syria ceasefire holds", ELPAIS, None),
    row(5, "Talks about peace in Sudan", None, at(7)),
    row(6, "Volcano erupts near Ambrym", REUTERS, at(8)),
    row(7, "Price of oil: peace, talks say", REUTERS, at(5, 23)),
]


@pytest.fixture(params=["built", "added", "folded"])
def index(request: pytest.FixtureRequest) -> Headlines:
    """The same headlines, as they came at once, one by one, or folded after changes."""
    if request.param == "built":
        return Headlines.build(ROWS)
    index = Headlines.build([row(3, "Something else before", REUTERS, at(1)), *ROWS[:2]])
    index.put(ROWS)
    if request.param == "folded":
        unfolded = index
        index = unfolded.folded()
        unfolded.put([ROWS[5]])
        index.follow(unfolded)
    return index


def ask(index: Headlines, text: str, scope: Scope | None = None, limit: int = 10) -> Found:
    return index.search(parse_query(text, NOW), limit, scope or Scope())


def ids(index: Headlines, text: str, scope: Scope | None = None) -> list[int]:
    return [match.id for match in ask(index, text, scope).hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("talks source:Reuters", [7, 1]),
        ("talks source:reut", [7, 1]),
        ('talks source:"harbour gazette"', [3, 2]),
        ("talks source:gaz", [3, 2]),
        ('talks source:"harbour gaz"', [3, 2]),
        ("talks source:harbour source:reuters", [3, 7, 2, 1]),
        ("syria source:pais", [4]),
        ("syria source:PAÍS", [4]),
        ("talks -source:reuters", [5, 3, 2]),
        ("talks -source:gazette -source:reuters", [5]),
        ("talks after:2020-05-04", [5, 3, 7, 2]),
        ("talks before:2020-05-04", [1]),
        ("talks after:2020-05-04 before:2020-05-06", [7, 2]),
        ("talks since:2d", [5, 3]),
        ("talks since:wed", [5, 3]),
        ("talks since:friday", []),
        ("talks after:2020-05-03 after:2020-05-06", [5, 3]),
        ("talks after:today before:yesterday", []),
        ("source:Reuters", [6, 7, 1]),
        ("sort:new", [6, 5, 3, 7, 2, 1, 4]),
        ("source:gazette since:7d", [3, 2]),
        ("-talks", [6, 4]),
        ("talks -peace", [3, 1]),
        ("talks -syria -sudan", [3, 7]),
        ("syria -title:ceasefire", [2, 1]),
        ("peace talks sort:new", [5, 7, 2]),
        ("talks syria sort:new", [2, 1]),
        ('"peace talks"', [7, 2]),
        ('"talks peace"', []),
        ('"price of oil"', [7]),
        ('"oil price" sort:new', [3]),
        ('syria "talks resume"', [1]),
        ('talks -"peace talks"', [5, 3, 1]),
        ('talks -"peace talks on"', [5, 3, 7, 1]),
        ('"syria tal"', []),
        ('"siria talks"', []),
        ("title:siria source:reuters", [1]),
        ("tlaks source:gazette", [3, 2]),
        ('title:"oil price"', [3]),
    ],
)
def test_what_is_found(index: Headlines, query: str, expected: list[int]) -> None:
    assert ids(index, query) == expected


def test_a_phrase_does_not_reach_into_the_next_headline() -> None:
    index = Headlines.build([row(1, "Talks on peace", None, at(1)), row(2, "Talks end", None, at(2))])
    assert ids(index, '"peace talks"') == []


@pytest.mark.parametrize("query", ["talks source:nytimes", "source:nytimes"])
def test_an_unknown_source_finds_nothing_and_is_said(index: Headlines, query: str) -> None:
    found = ask(index, query)
    assert found.hits == ()
    assert [type(remark) for remark in found.remarks] == [UnknownSource]
    assert "nytimes" in str(found.remarks[0])


@pytest.mark.parametrize(
    ("typed", "nearest"), [("reutrs", REUTERS), ("gazete", GAZETTE), ("elpais", ELPAIS), ("Harbor", GAZETTE)]
)
def test_the_nearest_source_is_named(index: Headlines, typed: str, nearest: str) -> None:
    (remark,) = ask(index, f"talks source:{typed}").remarks
    assert isinstance(remark, MisspelledSource)
    assert nearest in str(remark)


def test_an_unknown_source_that_is_left_out_changes_nothing(index: Headlines) -> None:
    found = ask(index, "talks -source:reutrs")
    assert [match.id for match in found.hits] == ids(index, "talks")
    assert isinstance(found.remarks[0], MisspelledSource)


def test_undated_stories_are_said_to_be_left_out_where_there_are_any(index: Headlines) -> None:
    assert [type(remark) for remark in ask(index, "syria since:7d").remarks] == [UndatedLeftOut]
    assert ask(index, "syria since:7d source:reuters").remarks == ()
    assert ask(index, "syria").remarks == ()


def test_suggestions_find_something_under_the_filters(index: Headlines) -> None:
    assert ask(index, '"volcanoo"').suggestions == ("volcano",)
    assert ask(index, '"volcanoo" source:reuters').suggestions == ("volcano",)
    assert ask(index, '"volcanoo" source:gazette').suggestions == ()
    assert ask(index, '"volcanoo" before:2020-05-08').suggestions == ()
    assert ask(index, '"volcanoo" -ambrym').suggestions == ()
    # A word that others have, but none here, has its neighbours suggested like one that nobody has.
    assert ask(index, '"syria" after:2020-05-07').suggestions == ()
    index.put([row(8, "Assyria in the museum", None, at(8))])
    assert ask(index, '"syria" after:2020-05-07').suggestions == ("assyria",)


def test_a_limit_is_filled_under_filters() -> None:
    index = Headlines.build(
        row(number, "Storm at the coast", REUTERS if number % 50 else GAZETTE, at(1) + number)
        for number in range(1, 5_001)
    )
    assert len(ask(index, "storm source:gazette", limit=25).hits) == 25
    assert len(ask(index, "storm coast source:gazette", limit=25).hits) == 25
    assert [match.id for match in ask(index, "coast storm source:gazette sort:new", limit=3).hits] == [
        5000,
        4950,
        4900,
    ]


HIDDEN = Scope(hidden=frozenset({"REUTERS"}))
ONLY = Scope(only=frozenset({GAZETTE}))


@pytest.mark.parametrize(
    ("query", "scope", "expected"),
    [
        ("talks", HIDDEN, [5, 3, 2]),
        ("talks", ONLY, [3, 2]),
        ("sort:new", ONLY, [3, 2]),
        ("volcano", HIDDEN, []),
        ("volcanoo", HIDDEN, []),
        ("volc", HIDDEN, []),
        ("talks source:reuters", HIDDEN, []),
        ("talks source:harbour", HIDDEN, [3, 2]),
        ('"peace talks"', HIDDEN, [2]),
    ],
)
def test_a_scope_hides(index: Headlines, query: str, scope: Scope, expected: list[int]) -> None:
    assert ids(index, query, scope) == expected


@pytest.mark.parametrize(
    "text", ["volcano", "volcanoo", "volc", '"volcanoo"', "source:reutrs", "ambrim", "geneva"]
)
def test_a_hidden_source_is_as_if_it_were_not_there(index: Headlines, text: str) -> None:
    without = Headlines.build(row for row in ROWS if row.source != REUTERS)
    hidden, absent = ask(index, text, HIDDEN), ask(without, text)
    assert hidden.hits == absent.hits
    assert hidden.corrections == absent.corrections
    assert hidden.suggestions == absent.suggestions
    assert hidden.unknown == absent.unknown
    assert list(map(str, hidden.remarks)) == list(map(str, absent.remarks))
    assert index.complete(text, 10, HIDDEN) == without.complete(text, 10)


def test_completions_respect_the_scope(index: Headlines) -> None:
    assert index.complete("vol", 10) == [6]
    assert index.complete("vol", 10, HIDDEN) == []
    assert index.complete("", 3, HIDDEN) == [5, 3, 2]
    assert index.complete("talks source:gazette", 10) == [3, 2]


def test_a_scope_sees_what_came_since(index: Headlines) -> None:
    assert ids(index, "lighthouse", ONLY) == []
    index.put([row(8, "Lighthouse keeper retires", GAZETTE, at(8)), row(9, "Lighthouse", REUTERS, at(8))])
    assert ids(index, "lighthouse", ONLY) == [8]
    index.drop([8])
    assert ids(index, "lighthouse", ONLY) == []


def test_names_of_sources_are_completed(index: Headlines) -> None:
    assert index.sources("", 10) == [REUTERS, GAZETTE, ELPAIS]
    assert index.sources("gaz", 10) == [GAZETTE]
    assert index.sources("", 10, HIDDEN) == [GAZETTE, ELPAIS]
    assert index.sources("reu", 10, HIDDEN) == []
    assert index.sources("", 1) == [REUTERS]


def test_ids_from_elsewhere_are_admitted_by_the_same_filters(index: Headlines) -> None:
    def admitted(text: str, scope: Scope | None = None) -> list[int] | None:
        found = index.admitted(parse_query(text, NOW), scope or Scope())
        return None if found is None else found.of([7, 6, 5, 99, 4, 3, 2, 1])

    assert admitted("anything") is None
    assert admitted("anything source:reuters") == [7, 6, 1]
    assert admitted("anything title:talks after:2020-05-06") == [5, 3]
    assert admitted("anything", HIDDEN) == [5, 4, 3, 2]
    assert admitted("anything source:nytimes") == []
    newest = index.admitted(parse_query("anything sort:new", NOW))
    assert newest is not None
    assert newest.newest([1, 99, 3, 5]) == [5, 3, 1]
