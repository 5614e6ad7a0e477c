"""`python -m benchmarks`: measure the headline search beside others, and the bot around it."""

import json
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks import corpus, measure, project, queries
from benchmarks.rivals import FEW, Newsdesk, Rapidfuzz, System, Tantivy, has_tantivy

SEED = 1
GROWTH = (10_000, 100_000, 1_000_000)
"""Headlines at the three points of --growth."""
SCORERS = ("WRatio", "token_set_ratio")
PARTS = ("newsdesk", "tantivy", "rapidfuzz", "project")

_WIDTH = 132
"""Columns of the terminal that the table needs."""

_COLUMNS = {
    "R@1": "first",
    "R@10": "among_ten",
    "c@1": "mistyped_first",
    "g@10": "mistyped_alone",
    "P@10": "precise",
    "h@10": "hard",
    "median ms": "median_ms",
    "p95 ms": "p95_ms",
    "build s": "build_seconds",
    "queries": "asked",
}


def main(
    *,
    n: Annotated[int, typer.Option("--n", min=1_000, help="Headlines to make up.")] = 100_000,
    corpus_file: Annotated[
        Path | None, typer.Option("--corpus", metavar="FILE", help="Articles to use instead, one a line.")
    ] = None,
    queries_file: Annotated[
        Path | None, typer.Option("--queries", metavar="FILE", help="Queries to use instead, one a line.")
    ] = None,
    per_kind: Annotated[int, typer.Option("--per-kind", min=1, help="Queries of each kind.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Of headlines and queries.")] = SEED,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="PART", help=f"One of {', '.join(PARTS)}.")
    ] = None,
    growth: Annotated[
        bool, typer.Option("--growth", help="Also what a query costs with ten and a hundred times as many.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Measure the headline search beside others, and the bot around it."""
    parts = only or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        raise typer.BadParameter(
            f"there is no part {', '.join(sorted(unknown))}; parts are {', '.join(PARTS)}"
        )
    logging.basicConfig(level="ERROR")
    headlines = corpus.read(corpus_file) if corpus_file else corpus.headlines(n, seed)
    asked = queries.read(queries_file) if queries_file else queries.Typist(headlines, seed).queries(per_kind)
    report: dict[str, Any] = {"headlines": len(headlines), "queries": len(asked)}
    report["systems"] = [asdict(score) for score in _scores(parts, headlines, asked)]
    report["left out"] = [] if has_tantivy() or "tantivy" not in parts else ["tantivy is not installed"]
    if "project" in parts:
        report["project"] = _project(headlines, asked)
    if growth:
        report["growth"] = _growth(seed, per_kind)
    if as_json:
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _show(report)


def _scores(
    parts: Sequence[str], headlines: Sequence[str], asked: Sequence[queries.Asked]
) -> list[measure.Score]:
    # One after the other: no system shall have another's memory to carry.
    makers: list[Any] = []
    if "newsdesk" in parts:
        makers.append(Newsdesk)
    if "tantivy" in parts and has_tantivy():
        makers.append(Tantivy)
    if "rapidfuzz" in parts:
        makers += [lambda lines, scorer=scorer: Rapidfuzz(lines, scorer) for scorer in SCORERS]
    scores = []
    for make in makers:
        system: System = make(headlines)
        scores.append(measure.score(system, headlines, asked))
    return scores


def _project(headlines: Sequence[str], asked: Sequence[queries.Asked]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="newsdesk-bench-") as scratch:
        folder, empty = Path(scratch) / "data", Path(scratch) / "empty"
        taken_in = project.fill(folder, headlines)
        word = asked[0].q
        return {
            "take in, s": taken_in,
            "start to first answer without snapshot, s": project.start(folder, word, anew=True),
            "start to first answer with snapshot, s": project.start(folder, word, anew=False),
            "memory above an empty bot, MB": project.resident(folder) - project.resident(empty),
            **project.answers(folder, asked),
        }


def _growth(seed: int, per_kind: int) -> list[dict[str, Any]]:
    points = []
    for n in GROWTH:
        headlines = corpus.headlines(n, seed)
        score = measure.score(
            Newsdesk(headlines), headlines, queries.Typist(headlines, seed).queries(per_kind)
        )
        points.append({"headlines": n, "median ms": score.median_ms, "p95 ms": score.p95_ms})
    return points


def _show(report: dict[str, Any]) -> None:
    console = Console(width=_WIDTH)
    table = Table(box=SIMPLE, title=f"{report['headlines']:,} headlines, {report['queries']:,} queries")
    table.add_column("system")
    for name in _COLUMNS:
        table.add_column(name, justify="right")
    for row in report["systems"]:
        table.add_row(row["name"], *(_written(row[key]) for key in _COLUMNS.values()))
    of = {row["name"]: row for row in report["systems"]}
    if "newsdesk" in of and "tantivy" in of:
        ratios = (
            of["newsdesk"][key] / of["tantivy"][key] if of["tantivy"][key] else 0 for key in _COLUMNS.values()
        )
        table.add_row("newsdesk / tantivy", *(f"{ratio:.2f}" for ratio in ratios))
    console.print(table)
    if any(row["name"].startswith("rapidfuzz") for row in report["systems"]):
        console.print(f"rapidfuzz was asked {FEW} of each kind: it compares every headline.")
    for reason in report["left out"]:
        console.print(f"Left out: {reason}.")
    for name, value in report.get("project", {}).items():
        if isinstance(value, dict):
            console.print(f"{name}: " + ", ".join(f"{kind} {_written(ms)}" for kind, ms in value.items()))
        else:
            console.print(f"{name}: {_written(value)}")
    for point in report.get("growth", []):
        console.print(", ".join(f"{name} {_written(value)}" for name, value in point.items()))


def _written(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if value < 10 else f"{value:,.1f}"


if __name__ == "__main__":
    typer.run(main)
