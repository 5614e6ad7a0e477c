from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.article import Correction
from bot.search import Found, Headlines, Match, Row, parse_query
from bot.text import words

HEADLINES = (
    "Syria talks resume in Geneva",
    "Oil prices climb as Syria talks stall",
    "US House passes Tibet bill on Dalai Lama",
    "Slow returns the tide of coastal concerns",
    "Hawaii telescope captures the sun’s surface",
    "Reef squid’s brain nearly as complex as a dog’s",
    "Japan’s evacuees from Wuhan have fever",
    "Erdoğan meets Merkel over refugees",
    "Parliament debates budget 2019",
    "Government falls in snap vote",
    "中国経済が減速",
    "Война и мир в новом театре",
)


def _rows(headlines: Iterable[str], first: int = 1) -> list[Row]:
    return [Row(id_, headline, 1_000 + id_) for id_, headline in enumerate(headlines, first)]


@pytest.fixture(scope="module")
def index() -> Headlines:
    return Headlines.build(_rows(HEADLINES))


def _search(index: Headlines, text: str, limit: int = 10) -> Found:
    return index.search(parse_query(text), limit)


def _ids(found: Found) -> list[int]:
    return [match.id for match in found.hits]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("syria", [2, 1]),
        ("SYRIA geneva", [1]),
        ("talks syria", [2, 1]),
        ("siria", [2, 1]),
        ("syira", [2, 1]),
        ("geneva siria", [1]),
        ("telescop", [5]),
        ("telescpoe", [5]),
        ("dalai lam", [3]),
        ("goverment", [10]),
        ("govenrmant falls", [10]),
        ("coastalconcerns", [4]),
        ("retu rns tide", [4]),
        ("suns surface", [5]),
        ("erdogan", [8]),
        ("Erdoğan", [8]),
        ("budget 2019", [9]),
        ("経済", [11]),
        ("война", [12]),
        ("воина", [12]),
        ("syria -oil", [1]),
        ("syria -geneva -oil", []),
        ('"syria" geneva', [1]),
        ('"siria"', []),
        ('"telescop"', []),
        ('geneva "siria"', []),
    ],
)
def test_what_is_found(index: Headlines, text: str, ids: list[int]) -> None:
    assert _ids(_search(index, text)) == ids


@pytest.mark.parametrize(
    "text",
    ["", " ", "qwxyz", "qwxyz plorf", "b", "2018", "20199", "budget2", "x", "😀", "--", '""', "x" * 200, "ق"],
)
def test_what_is_not_found(index: Headlines, text: str) -> None:
    assert not _search(index, text).hits


def test_a_word_as_typed_scores_one_and_the_newer_comes_first(index: Headlines) -> None:
    assert [match.score for match in _search(index, "syria").hits] == [1.0, 1.0]
    found = _search(
        Headlines.build([Row(1, "Peace talks", 9), Row(2, "Peace talks", 7), Row(3, "Peace talks", 8)]),
        "talks peace",
    )
    assert _ids(found) == [1, 3, 2]


def test_exact_before_completed_before_misspelled_before_partial() -> None:
    scores = [
        _search(Headlines.build(_rows([headline])), "ceasefire vote").hits[0].score
        for headline in ("Ceasefire vote", "Ceasefire voters", "Ceasefir vote", "Ceasefire")
    ]
    assert scores == sorted(set(scores), reverse=True)
    assert scores[0] == 1.0


def test_a_completed_word_comes_after_the_word_itself() -> None:
    index = Headlines.build(_rows(["War ends", "Warning of floods"]))
    found = _search(index, "war")
    assert _ids(found) == [1, 2]
    assert [match.exact for match in found.hits] == [True, True]
    assert found.hits[1].score < 1.0
    assert found.hits[1].matched == ("warning",)


def test_a_known_word_is_not_corrected_while_it_finds_something() -> None:
    index = Headlines.build(_rows(["Trump visits", "Trumpet found", "Tramp found", "Crump retires"]))
    assert _ids(_search(index, "tramp found")) == [3]
    assert not _search(index, "tramp found").corrections


def test_a_known_word_is_doubted_when_no_headline_has_all() -> None:
    index = Headlines.build(_rows(["Trump visits Oslo", "Tramp sleeps rough", "Oslo votes"]))
    found = _search(index, "tramp oslo")
    assert _ids(found)[0] == 1
    assert found.corrections == (Correction("tramp", "trump"),)


def test_corrections_say_what_was_read(index: Headlines) -> None:
    assert _search(index, "siria genva").corrections == (
        Correction("siria", "syria"),
        Correction("genva", "geneva"),
    )
    assert _search(index, "retu rns tide").corrections == (Correction("retu rns", "returns"),)
    assert _search(index, "coastalconcerns").corrections == (
        Correction("coastalconcerns", "coastal concerns"),
    )
    assert _search(index, "telescop").corrections == ()


def test_a_hit_says_what_it_met(index: Headlines) -> None:
    match = _search(index, "geneva siria").hits[0]
    assert match == Match(id=1, score=match.score, matched=("geneva", "syria"), exact=False, complete=True)
    assert _search(index, "syria telescop").hits[0].complete is False


def test_a_word_that_nothing_explains_lowers_the_score(index: Headlines) -> None:
    found = _search(index, "qwxyz syria")
    assert _ids(found) == [2, 1]
    assert all(0.3 < match.score < 0.6 for match in found.hits)
    assert found.unknown == ("qwxyz",)
    assert not found.covered
    assert not any(match.complete or match.exact for match in found.hits)


def test_a_guess_alone_does_not_stand_for_words_that_nothing_explains(index: Headlines) -> None:
    found = _search(index, "qwxyz siria")
    assert not found.hits
    assert "syria" in found.suggestions


def test_among_headlines_with_all_the_words_the_newer_comes_first_unless_one_is_the_query() -> None:
    index = Headlines.build(_rows(["Syria talks", "Syria talks begin", "Syria talks resume in Geneva today"]))
    assert _ids(_search(index, "syria geneva talks")) == [3]
    assert _ids(_search(index, "talks syria")) == [1, 2, 3]
    index = Headlines.build(_rows(["Talks on Syria begin today", "Talks on Syria resume in Geneva today"]))
    assert _ids(_search(index, "syria talks")) == [2, 1]


def test_stop_words_do_not_carry_a_query(index: Headlines) -> None:
    assert _ids(_search(index, "the qwxyz")) == []
    assert set(_ids(_search(index, "the"))) == {4, 5}


def test_suggestions_are_looser_than_corrections() -> None:
    index = Headlines.build(_rows(["Syria talks", "Syria votes"]))
    found = _search(index, "sirya")
    assert not found.hits
    assert found.suggestions == ("syria",)
    assert _search(index, '"syriia"').suggestions == ("syria",)


def test_covered(index: Headlines) -> None:
    assert _search(index, "syria gene").covered
    assert not _search(index, "siria").covered
    assert not _search(index, "qwxyz").covered


def test_complete(index: Headlines) -> None:
    assert index.complete("syria t", 5) == [2, 1]
    assert index.complete("tel", 5) == [5]
    assert index.complete("g", 5) == [1, 10]
    assert index.complete("siri", 5) == [2, 1]
    assert index.complete("", 3) == [12, 11, 10]
    assert index.complete("?!", 3) == []


def test_limit(index: Headlines) -> None:
    assert _ids(_search(index, "syria", 1)) == [2]
    assert _ids(_search(index, "syria", 0)) == []


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_tiny_stores(count: int) -> None:
    index = Headlines.build(_rows(["Syria talks"] * count))
    assert len(_search(index, "siria").hits) == count
    assert len(_search(index, "qwxyz syria").hits) == count
    assert all(0 < match.score < 1 for match in _search(index, "siria talks").hits)


def test_put_drop_and_replace() -> None:
    index = Headlines.build(())
    assert len(index) == 0
    index.put(_rows(["Syria talks", "Oil prices"]))
    assert _ids(_search(index, "siria")) == [1]
    assert 1 in index
    index.put([Row(1, "Floods in Peru", 5)])
    assert len(index) == 2
    assert _ids(_search(index, "syria")) == []
    assert _ids(_search(index, "siria")) == []
    assert _search(index, "siria").suggestions == ()
    assert _ids(_search(index, "perue")) == [1]
    index.drop([1, 77])
    assert 1 not in index
    assert index.ids() == [2]
    index.drop([1])
    assert len(index) == 1
    assert _ids(_search(index, "peru")) == []
    index.put([Row(1, "Syria again", 5)])
    assert _ids(_search(index, "siria")) == [1]


def test_headline_words_are_those_of_the_headline(index: Headlines) -> None:
    for row in _rows([*HEADLINES, "War, war and war"]):
        index_of_one = Headlines.build([row])
        assert index_of_one.headline_words(row.id) == words(row.headline)
    with pytest.raises(KeyError):
        index.headline_words(404)


def test_of_rows_with_one_id_the_last_counts() -> None:
    index = Headlines.build([Row(1, "Syria talks", 5), Row(2, "Oil", 6), Row(1, "Floods in Peru", 1)])
    assert len(index) == 2
    assert _ids(_search(index, "syria")) == []
    assert _ids(_search(index, "peru")) == [1]


_SOME_WORDS = "syria syrian siria talks talk oil prices price the in geneva government goverment war warning 2019 war".split()
_HEADLINE = st.lists(st.sampled_from(_SOME_WORDS), max_size=5).map(" ".join)
_CHANGES = st.lists(
    st.one_of(
        st.builds(Row, st.integers(1, 12), _HEADLINE, st.integers(0, 3)),
        st.integers(1, 12),
    ),
    max_size=30,
)
_QUERIES = (
    "syria",
    "siria",
    "syriia talks",
    "talks oil price",
    "govern",
    "sy",
    "war the",
    "priceswar",
    "tal ks",
    "war -oil",
    "qwxyz talks geneva",
)


def _apply(index: Headlines, changes: Sequence[Row | int]) -> None:
    for change in changes:
        if isinstance(change, int):
            index.drop([change])
        else:
            index.put([change])


def _answers(index: Headlines) -> list[object]:
    found = [_search(index, text) for text in _QUERIES]
    return [*found, index.complete("s", 5), index.complete("", 5), len(index), sorted(index.ids())]


@given(_CHANGES, _CHANGES, _CHANGES)
def test_changes_answer_like_a_new_index(
    before: list[Row | int], between: list[Row | int], after: list[Row | int]
) -> None:
    live: dict[int, Row] = {}
    for change in (*before, *between, *after):
        if isinstance(change, int):
            live.pop(change, None)
        else:
            live[change.id] = change
    index = Headlines.build(change for change in before if isinstance(change, Row))
    _apply(index, before)
    _apply(index, between)
    folded = index.folded()
    _apply(index, after)
    folded.follow(index)
    expected = _answers(Headlines.build(live.values()))
    assert _answers(index) == expected
    assert _answers(folded) == expected


def test_an_index_that_changed_much_wants_folding() -> None:
    index = Headlines.build(())
    assert not index.wants_folding
    index.put(Row(id_, "Syria talks", id_) for id_ in range(20_001))
    assert index.wants_folding
    assert not index.folded().wants_folding


@given(
    text=st.one_of(
        st.text(max_size=200), st.lists(st.sampled_from([*_SOME_WORDS, '"', "-", "é"])).map(" ".join)
    )
)
def test_any_string_has_an_answer(index: Headlines, text: str) -> None:
    found = _search(index, text, 5)
    scores = [match.score for match in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len(set(_ids(found))) == len(scores) <= 5
    assert not (found.hits and found.suggestions)
    assert found == _search(index, text, 5)
    assert len(index.complete(text, 5)) <= 5


def test_the_limit_is_all_that_cuts_a_list() -> None:
    rows = [Row(n, f"Storm number {n} nears the coast", n) for n in range(150)]
    found = Headlines.build(rows).search(parse_query("storm coast"), 120)
    assert [match.id for match in found.hits] == list(range(149, 29, -1))
