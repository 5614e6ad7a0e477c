"""Asking every system the same questions, and counting what it finds and how long that takes."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.queries import Asked
from benchmarks.rivals import System
from bot.text import words

KNOWN_ITEM = "bcdef"
"""Kinds that ask for one headline, plainly enough."""

ODD = {
    "200 pasted characters": (
        "breaking news from the coast as the storm moves inland and the ferries stop " * 3
    )[:200],
    "200 times one letter": "x" * 200,
    "one letter": "s",
    "only stop words": "what is the of and to in",
    "only digits": "20202020 1999",
    "Arabic": "الانتخابات الرئاسية في سوريا",
    "Chinese": "中国经济增长放缓",
    "Cyrillic": "Выборы президента Сирии",
    "emoji": "🔥🔥 📰",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one system did with its questions. Shares go from 0 to 1."""

    name: str
    asked: int
    first: float
    """R@1: the headline that was meant comes first; the mean of kinds b to f."""
    among_ten: float
    """R@10: it is among ten."""
    mistyped_first: float
    """c@1."""
    mistyped_alone: float
    """g@10: a headline with the word that was meant is among ten."""
    precise: float
    """P@10 of g: how many of the ten have it."""
    hard: float
    """h@10."""
    median_ms: float
    p95_ms: float
    build_seconds: float


def score(system: System, headlines: Sequence[str], asked: Sequence[Asked]) -> Score:
    """Ask a system every question, or as many as there is time for."""
    asked = _some(asked, system.per_kind)
    for query in asked[:3]:
        system.search(query.q)
    first: defaultdict[str, list[float]] = defaultdict(list)
    among: defaultdict[str, list[float]] = defaultdict(list)
    precise: list[float] = []
    times = []
    for query in asked:
        started = time.perf_counter()
        places = system.search(query.q)
        times.append((time.perf_counter() - started) * 1000)
        found = [headlines[at] for at in places]
        if query.kind in "ag":
            right = [query.intended[0] in words(headline) for headline in found]
            if query.kind == "g":
                precise.append(sum(right) / min(10, query.df))
        else:
            right = [headline == query.target for headline in found]
        first[query.kind].append(bool(right and right[0]))
        among[query.kind].append(any(right))
    return Score(
        name=system.name,
        asked=len(asked),
        first=_mean([_mean(first[kind]) for kind in KNOWN_ITEM]),
        among_ten=_mean([_mean(among[kind]) for kind in KNOWN_ITEM]),
        mistyped_first=_mean(first["c"]),
        mistyped_alone=_mean(among["g"]),
        precise=_mean(precise),
        hard=_mean(among["h"]),
        median_ms=percentile(times, 50),
        p95_ms=percentile(times, 95),
        build_seconds=system.build_seconds,
    )


def odd_inputs(search: Callable[[str], object], times: int = 5) -> dict[str, float]:
    """Return for what nobody should ask, and somebody will, the worst of some times in milliseconds."""
    worst = {}
    for name, text in ODD.items():
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            search(text)
            taken.append((time.perf_counter() - started) * 1000)
        worst[name] = max(taken)
    return worst


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value below which `percent` of the values are; 0 of none."""
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)] if values else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _some(asked: Sequence[Asked], per_kind: int | None) -> list[Asked]:
    kinds: defaultdict[str, list[Asked]] = defaultdict(list)
    for query in asked:
        kinds[query.kind].append(query)
    return [query for kind in kinds.values() for query in kind[:per_kind]]
