"""Floors under what the headline search finds. A change that loses recall fails here."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.search import Headlines, Row, parse_query
from bot.text import words

PLACES = (
    "Syria Turkey Geneva Moscow Beijing Jerusalem Havana Jamaica Cuba Tibet Lhasa Wuhan Japan Tokyo Kabul Ghazni Nepal"
    " Kathmandu Tonga Brussels Vienna Tehran Baghdad Dubai Cairo Nairobi Lagos Panama Croatia Zagreb Sweden Stockholm"
    " Helsinki Warsaw Kyiv Odesa Leicester Manchester Scotland Ireland Iceland Greenland Alaska Hawaii California Texas"
    " Florida Brazil Argentina Chile Bolivia Peru Australia Queensland Indonesia Malaysia Singapore Vietnam Cambodia"
).split()
WHO = (
    "president minister parliament senate court judge police army rebels protesters farmers teachers doctors nurses"
    " scientists astronomers engineers investors regulators unions pilots fishermen villagers students refugees tourists"
    " climbers swimmers commission government opposition council mayor governor ambassador astronauts prosecutors"
).split()
DOES = (
    "rejects approves delays demands welcomes condemns investigates launches cancels discovers defends blames warns"
    " rescues evacuates arrests releases suspends reopens closes inspects measures photographs celebrates mourns"
    " criticises supports postpones announces questions abandons completes repairs inherits survives predicts"
).split()
WHAT = (
    "budget ceasefire earthquake volcano eruption hurricane wildfire drought flooding vaccine hospital pandemic fever"
    " outbreak quarantine election referendum treaty sanctions tariffs pipeline reactor satellite telescope spacecraft"
    " asteroid eclipse glacier rainforest elephant octopus penguin reef harvest factory airport railway bridge tunnel"
    " museum cathedral library university orchestra festival championship marathon stadium currency inflation pension"
    " strike lawsuit verdict corruption scandal resignation ceremony anniversary expedition excavation manuscript"
).split()
WHEN = "after amid before despite during following over without".split()

COUNT = 4_000
PER_KIND = 250
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _headline(rng: random.Random) -> str:
    return " ".join(
        (
            *rng.sample(PLACES, 1),
            *rng.sample(WHO, 1),
            *rng.sample(DOES, 1),
            *rng.sample(WHAT, 1),
            rng.choice(WHEN),
            *rng.sample(PLACES, 1),
            *rng.sample(WHAT, 1),
        )
    )


@pytest.fixture(scope="module")
def headlines() -> list[str]:
    rng = random.Random(20)
    return list(dict.fromkeys(_headline(rng) for _ in range(COUNT)))


@pytest.fixture(scope="module")
def index(headlines: Sequence[str]) -> Headlines:
    return Headlines.build(Row(id_, headline, id_) for id_, headline in enumerate(headlines))


def _slip(word: str, rng: random.Random) -> str:
    while True:
        at = rng.randrange(1, len(word))
        slipped = rng.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + rng.choice(LETTERS) + word[at:],
                word[:at] + rng.choice(LETTERS) + word[at + 1 :],
                word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
            )
        )
        if slipped != word and slipped[0] == word[0]:
            return slipped


def _some(headline: str, count: int, rng: random.Random) -> list[str]:
    told = [word for word in headline.lower().split() if word not in WHEN]
    return [told[at] for at in sorted(rng.sample(range(len(told)), count))]


def _shuffled(headline: str, rng: random.Random) -> str:
    return " ".join(rng.sample(_some(headline, 5, rng), 5))


def _misspelled(headline: str, rng: random.Random) -> str:
    chosen = _some(headline, 4, rng)
    at = rng.randrange(4)
    chosen[at] = _slip(chosen[at], rng)
    return " ".join(chosen)


def _unfinished(headline: str, rng: random.Random) -> str:
    *before, last = _some(headline, 5, rng)
    return " ".join([*before, last[:4]])


def _pasted(headline: str, rng: random.Random) -> str:
    told = headline.lower().split()
    for at in rng.sample(range(len(told)), 2):
        told[at] = _slip(told[at], rng)
    return " ".join(told)


def _joined(headline: str, _rng: random.Random) -> str:
    told = headline.lower().split()
    return " ".join([told[0] + told[1], *told[2:4], told[5]])


def _split(headline: str, _rng: random.Random) -> str:
    told = headline.lower().split()
    what = told[3]
    return " ".join([told[0], told[1], told[2], f"{what[:3]} {what[3:]}", told[5]])


@pytest.mark.parametrize(
    ("ask", "floor"),
    [
        (_shuffled, 1.0),
        (_misspelled, 0.99),
        (_unfinished, 0.99),
        (_pasted, 0.99),
        (_joined, 0.99),
        (_split, 0.99),
    ],
)
def test_the_headline_that_was_meant_is_among_the_first(
    ask: Callable[[str, random.Random], str], floor: float, headlines: Sequence[str], index: Headlines
) -> None:
    rng = random.Random(4)
    missed = Counter[str]()
    for meant in rng.sample(range(len(headlines)), PER_KIND):
        text = ask(headlines[meant], rng)
        if meant not in [match.id for match in index.search(parse_query(text), 10).hits]:
            missed[f"{text} ({headlines[meant]})"] += 1
    assert 1 - missed.total() / PER_KIND >= floor, missed


def test_one_misspelled_word_finds_the_headlines_that_have_it(index: Headlines) -> None:
    rng = random.Random(5)
    every = sorted({word.lower() for word in (*PLACES, *WHO, *DOES, *WHAT) if len(word) > 4})
    missed = []
    for word in every:
        typed = _slip(word, rng)
        best = index.search(parse_query(typed), 1).hits
        if typed not in every and not (best and word in words(" ".join(best[0].matched))):
            missed.append((typed, word, best))
    assert 1 - len(missed) / len(every) >= 0.98, missed


def test_noise_finds_little(index: Headlines) -> None:
    rng = random.Random(6)
    noise = ["".join(rng.choices(LETTERS, k=rng.randint(5, 9))) for _ in range(200)]
    found = [word for word in noise if index.search(parse_query(word), 5).hits]
    assert len(found) <= 2, found


def _slipped(word: str) -> str:
    """Swap two letters in the middle, as fingers do."""
    at = len(word) // 2
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


@pytest.mark.parametrize(("slips", "floor"), [(0, 1.0), (1, 0.97), (2, 0.9)])
def test_the_shipped_pages_are_found_by_three_words(slips: int, floor: float) -> None:
    seeds = sorted(Path(__file__).parent.parent.glob("seeds/*.txt"))
    printed = [seed.read_text(encoding="utf-8").split("\n", 1)[0] for seed in seeds]
    index = Headlines.build([Row(n, headline, n) for n, headline in enumerate(printed)])
    found = 0
    for n, headline in enumerate(printed):
        longest = sorted(words(headline), key=lambda word: (-len(word), word))[:3]
        typed = [_slipped(word) if at < slips else word for at, word in enumerate(longest)]
        hits = index.search(parse_query(" ".join(typed)), 10).hits
        found += bool(hits) and hits[0].id == n
    assert found / len(printed) >= floor
