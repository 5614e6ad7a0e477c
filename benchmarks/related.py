"""`python -m benchmarks.related`: how fast and how well the stories are found that belong to another one."""

import asyncio
import json
import logging
import math
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import typer

from benchmarks.articles import articles
from benchmarks.measure import percentile
from bot.article import Page, Teaser
from bot.desk import Desk
from bot.ingest.documents import Document
from bot.ingest.intake import BATCH, Intake
from bot.settings import Settings
from bot.text import shorten, stop_words, words

SEED = 1
ASKED = 200
"""Articles whose relatives are asked for."""
TEASED = 100
"""Truncated teasers that look for their stories, each on a page of its own."""
TEASER = 120
"""Characters of a teaser's text."""
HEADLINE = 80
"""Characters of the headline that a document without one is given: its first words."""
FIRST = 5
"""Places that nDCG looks at."""
ALL = 1_000
"""More than Lee's documents: each is compared with all others."""

Matrix: TypeAlias = npt.NDArray[np.float64]


def main(
    *,
    n: Annotated[int, typer.Option("--n", min=100, help="Articles to make up.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="Of the articles.")] = SEED,
    lee: Annotated[
        Path | None,
        typer.Option(
            "--lee",
            metavar="FOLDER",
            help="Measure by Lee and Pincombe's ratings instead: lee.cor, lee_background.cor, similarities0-1.txt.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Measure how fast and how well related stories are found."""
    logging.basicConfig(level="ERROR")
    with tempfile.TemporaryDirectory(prefix="newsdesk-bench-") as scratch:
        settings = Settings(data_dir=Path(scratch), seeds_dir=None)
        report = asyncio.run(_rated(settings, lee) if lee else _made_up(settings, n, seed))
    if as_json:
        typer.echo(json.dumps(report, indent=2))
        return
    for name, value in report.items():
        shown = (
            ", ".join(f"{key} {_written(one)}" for key, one in value.items())
            if isinstance(value, dict)
            else value
        )
        typer.echo(f"{name}: {shown}")


def _written(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}"


async def _made_up(settings: Settings, n: int, seed: int) -> dict[str, Any]:
    """Measure over made-up articles: what is asked, how long it takes, and whether the same event comes first."""
    made = articles(n, seed)
    events: list[int] = []
    rng = random.Random(seed)
    pages: list[Page] = []
    async with Desk.open(settings, search=False) as desk:
        intake = Intake(desk.store)
        while batch := list(islice(made, BATCH)):
            await intake.take_in([Document(one.page) for one in batch])
            events += [one.event for one in batch]
            pages += rng.sample([one.page for one in batch], max(1, TEASED * len(batch) // n))
    reports = Counter(events)
    told_twice = [at + 1 for at, event in enumerate(events) if reports[event] > 1]
    asked = rng.sample(told_twice, min(ASKED, len(told_twice)))
    async with Desk.open(settings, search=False) as desk:
        return {
            "articles": n,
            **await _similar(desk, asked, events),
            **await _teased(desk, rng.sample(pages, min(TEASED, len(pages)))),
        }


async def _similar(desk: Desk, asked: Sequence[int], events: Sequence[int]) -> dict[str, Any]:
    seconds: list[float] = []
    found = {"first is of the same event": 0.0, "of the event's reports, among as many": 0.0}
    reports = Counter(events)
    for id_ in asked:
        event = events[id_ - 1]
        others = reports[event] - 1
        started = time.perf_counter()
        related = await desk.related(id_, group=False, limit=max(others, FIRST))
        seconds.append(time.perf_counter() - started)
        same = [events[similar.listing.id - 1] == event for similar in related.similar]
        found["first is of the same event"] += any(same[:1]) / len(asked)
        found["of the event's reports, among as many"] += sum(same[:others]) / others / len(asked)
    return {
        "similar stories, ms": {
            "of the first question": seconds[0] * 1000,
            "median": percentile(seconds, 50) * 1000,
            "p95": percentile(seconds, 95) * 1000,
        },
        "similar stories found": found,
    }


async def _teased(desk: Desk, pages: Sequence[Page]) -> dict[str, Any]:
    """Take in pages with and without a truncated teaser; say how much longer the teaser takes, and what it finds."""
    intake = Intake(desk.store)
    seconds: dict[bool, list[float]] = {False: [], True: []}
    right = 0
    for at, page in enumerate(pages):
        teaser = Teaser(headline=page.headline, text=shorten(page.first_text, TEASER))
        for teasing in (False, True):
            new = Page(
                headline=f"Teasing page {at}{' with its teaser' * teasing}",
                url=f"https://teasing.example/{at}/{teasing}",
                teasers=(teaser,) * teasing,
            )
            started = time.perf_counter()
            (outcome,) = await intake.take_in([Document(new)])
            seconds[teasing].append(time.perf_counter() - started)
        told = await desk.store.teased(outcome.id or 0)
        right += [one.url for one in told] == [page.url]
    return {
        "a page with a truncated teaser taken in, ms": {
            "median": percentile(seconds[True], 50) * 1000,
            "p95": percentile(seconds[True], 95) * 1000,
            "median without the teaser": percentile(seconds[False], 50) * 1000,
        },
        "teasers that found their story": {"share": right / len(pages)},
    }


async def _rated(settings: Settings, folder: Path) -> dict[str, Any]:
    """Compare scores with how alike people found fifty documents of Lee, Pincombe and Welsh (2005)."""
    documents, background = (
        [line.strip() for line in (folder / name).read_text(encoding="latin-1").splitlines() if line.strip()]
        for name in ("lee.cor", "lee_background.cor")
    )
    ratings = np.triu(np.loadtxt(folder / "similarities0-1.txt"), 1)
    scores = {
        "newsdesk": await _scores(settings, documents, background),
        "TF-IDF of whole words": _whole_words(documents, background),
        "BM25 of whole words": _bm25(documents, background),
    }
    return {
        name: {"Pearson": _pearson(matrix, ratings), f"nDCG@{FIRST}": _ndcg(matrix, ratings)}
        for name, matrix in scores.items()
    }


async def _scores(settings: Settings, documents: Sequence[str], background: Sequence[str]) -> Matrix:
    scores = np.zeros((len(documents), len(documents)))
    async with Desk.open(settings, search=False) as desk:
        pages = [
            Page(headline=shorten(text, HEADLINE), paragraphs=(text,)) for text in (*documents, *background)
        ]
        outcomes = await Intake(desk.store).take_in([Document(page) for page in pages])
        places = {outcome.id: at for at, outcome in enumerate(outcomes[: len(documents)])}
        for id_, at in places.items():
            found = await desk.related(id_ or 0, min_score=0, limit=ALL, group=False)
            for similar in found.similar:
                if (other := places.get(similar.listing.id)) is not None:
                    scores[at, other] = similar.score
    return scores


def _counts(text: str) -> Counter[str]:
    return Counter(word for word in words(text) if word not in stop_words())


def _whole_words(documents: Sequence[str], background: Sequence[str]) -> Matrix:
    counted = [_counts(text) for text in (*documents, *background)]
    having = Counter(word for counts in counted for word in counts)
    places = {word: place for place, word in enumerate(having)}
    vectors = np.zeros((len(documents), len(places)))
    for vector, counts in zip(vectors, counted, strict=False):
        for word, count in counts.items():
            vector[places[word]] = (1 + math.log(count)) * math.log(1 + len(counted) / having[word])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors @ vectors.T)


def _bm25(documents: Sequence[str], background: Sequence[str], k: float = 1.2, b: float = 0.75) -> Matrix:
    counted = [_counts(text) for text in (*documents, *background)]
    having = Counter(word for counts in counted for word in counts)
    mean = sum(counts.total() for counts in counted) / len(counted)
    scores = np.zeros((len(documents), len(documents)))
    for at, asked in enumerate(counted[: len(documents)]):
        for other, counts in enumerate(counted[: len(documents)]):
            length = 1 - b + b * counts.total() / mean
            scores[at, other] = sum(
                math.log(1 + (len(counted) - having[word] + 0.5) / (having[word] + 0.5))
                * (counts[word] * (k + 1) / (counts[word] + k * length))
                for word in asked
            )
    return scores


def _pearson(scores: Matrix, ratings: Matrix) -> float:
    pairs = np.triu_indices(len(ratings), 1)
    return float(np.corrcoef(scores[pairs], ratings[pairs])[0, 1])


def _ndcg(scores: Matrix, ratings: Matrix) -> float:
    """Return the mean over the documents; a rating is the gain."""
    ratings = ratings + ratings.T
    discounts = 1 / np.log2(np.arange(2, min(FIRST, len(ratings) - 1) + 2))
    reached = []
    for at in range(len(ratings)):
        others = np.arange(len(ratings)) != at
        order = np.argsort(-scores[at, others], kind="stable")[:FIRST]
        ideal = np.sort(ratings[at, others])[::-1][:FIRST]
        reached.append((ratings[at, others][order] @ discounts) / (ideal @ discounts))
    return float(np.mean(reached))


if __name__ == "__main__":
    typer.run(main)
