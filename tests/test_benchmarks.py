"""`make bench` measures what it says, on questions that have an answer."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks import corpus, measure, project, queries
from benchmarks.rivals import Newsdesk, has_tantivy
from bot.text import words

N = 2_000


@pytest.fixture(scope="module")
def headlines() -> list[str]:
    return corpus.headlines(N, 3)


@pytest.fixture(scope="module")
def asked(headlines: list[str]) -> list[queries.Asked]:
    return queries.Typist(headlines, 3).queries(10)


def _run(*arguments: object) -> Any:
    app = typer.Typer()
    app.command()(command.main)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_seed_makes_the_same_headlines_and_queries(
    headlines: list[str], asked: list[queries.Asked]
) -> None:
    assert len(set(headlines)) == N
    assert corpus.headlines(N, 3) == headlines
    assert corpus.headlines(N, 4) != headlines
    assert queries.Typist(headlines, 3).queries(10) == asked


def test_there_are_queries_of_every_kind_and_one_headline_is_meant(
    headlines: list[str], asked: list[queries.Asked]
) -> None:
    split = [set(words(headline)) for headline in headlines]
    for kind in queries.KINDS:
        of_kind = [query for query in asked if query.kind == kind]
        assert len(of_kind) == 10, kind
        for query in of_kind:
            assert set(query.intended) <= set(words(query.target)), query
            having = sum(set(query.intended) <= known for known in split)
            assert having == (query.df if kind in "ag" else having if kind == "e" else 1), query


def test_what_finds_everything_at_once_scores_one(headlines: list[str], asked: list[queries.Asked]) -> None:
    class Knowing:
        name = "knowing"
        build_seconds = 0.0
        per_kind: int | None = None

        def search(self, text: str) -> list[int]:
            (query,) = (query for query in asked if query.q == text)
            if query.kind in "ag":
                return [at for at, line in enumerate(headlines) if query.intended[0] in words(line)][:10]
            return [headlines.index(query.target)]

    class Ignorant(Knowing):
        def search(self, text: str) -> list[int]:
            return []

    known = measure.score(Knowing(), headlines, asked)
    shares = ("first", "among_ten", "mistyped_first", "mistyped_alone", "precise", "hard")
    assert [getattr(known, share) for share in shares] == [1.0] * 6
    nothing = measure.score(Ignorant(), headlines, asked)
    assert [getattr(nothing, share) for share in shares] == [0.0] * 6


def test_newsdesk_finds_what_was_meant(headlines: list[str], asked: list[queries.Asked]) -> None:
    found = measure.score(Newsdesk(headlines), headlines, asked)
    assert found.first >= 0.96
    assert found.among_ten >= 0.98
    assert found.hard >= 0.9


def test_all_of_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "STARTS", 1)
    monkeypatch.setattr(project, "ARTICLES", 1)
    # Of two processes that only differ in their folders one is started: their difference is not looked at.
    resident, held = project.resident, dict[str, float]()
    monkeypatch.setattr(
        project, "resident", lambda folder: held.get("MB") or held.setdefault("MB", resident(folder))
    )
    ran = _run("--n", N, "--per-kind", 2, "--json")
    assert ran.exit_code == 0, ran.output
    report = json.loads(ran.stdout)
    names = {system["name"] for system in report["systems"]}
    assert names - {"tantivy"} == {"newsdesk", "rapidfuzz WRatio", "rapidfuzz token_set_ratio"}
    assert ("tantivy" in names) is has_tantivy()
    figures = report["project"]
    assert figures["headlines in memory"] == N + 1
    assert set(figures["odd inputs, worst ms"]) == set(measure.ODD)
    assert held["MB"] > 10
    # With so few headlines, memory is what the system happens to give.
    figures.pop("memory above an empty bot, MB")
    assert all(value > 0 for value in figures.values() if not isinstance(value, dict))


def test_a_rival_that_is_not_installed_is_left_out_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "has_tantivy", lambda: False)
    ran = _run("--n", N, "--per-kind", 1, "--only", "newsdesk", "--only", "tantivy")
    assert ran.exit_code == 0, ran.output
    assert "newsdesk" in ran.stdout
    assert "Left out: tantivy is not installed." in ran.stdout


def test_files_can_be_given_instead(tmp_path: Path) -> None:
    pages, questions = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    corpus.write(pages, ["Oil prices climb", "Syria talks resume"])
    assert corpus.read(pages) == ["Oil prices climb", "Syria talks resume"]
    asked = {
        "id": "c1",
        "kind": "c",
        "q": "siria talks",
        "target": "Syria talks resume",
        "intended": ["syria"],
    }
    questions.write_text(json.dumps(asked) + "\n", encoding="utf-8")
    ran = _run("--corpus", pages, "--queries", questions, "--only", "newsdesk", "--json")
    assert ran.exit_code == 0, ran.output
    report = json.loads(ran.stdout)
    assert (report["headlines"], report["queries"]) == (2, 1)
    assert report["systems"][0]["mistyped_first"] == 1.0


def test_a_part_that_there_is_not_is_a_wrong_usage() -> None:
    assert _run("--only", "elastic").exit_code == 2
