"""The proofs in small, and how their tables are written."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.databases import on_postgresql
from tests.proof import __main__ as command
from tests.proof import proving, table
from tests.proof.kill import Killer
from tests.proof.proving import Claim, Figures
from tests.proof.victim import INGEST, SNAPSHOT

ROOT = Path(__file__).parent.parent


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    figures = await Killer(tmp_path, seed=0, works=[INGEST, SNAPSHOT]).kill(2)
    assert figures["kills"] == 2
    assert figures["acknowledged"] > 0
    assert (figures["lost"], figures["differences"], figures["bad_backups"]) == (0, 0, 0)


async def test_what_was_acknowledged_survives_the_end_of_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_postgresql(monkeypatch) as server:
        figures = await Killer(tmp_path, seed=0).end(server, 2)
    assert (figures["ends"], figures["gone"]) == (2, 0)
    assert figures["acknowledged"] > 0
    assert figures["failed"] > 0
    assert (figures["lost"], figures["differences"]) == (0, 0)


async def test_the_proof_would_notice_a_loss(tmp_path: Path) -> None:
    killer = Killer(tmp_path, seed=0)
    killer.books.keep([{"does": "write", "numbers": [1], "version": 7}])
    killer.books.keep([{"did": "write", "number": 1, "version": 7, "id": 1, "outcome": "added"}])
    killer.books.keep([{"did": "backup", "path": str(tmp_path / "backup-1.db")}])
    await killer.books.look()
    assert (killer.figures["lost"], killer.figures["bad_backups"]) == (1, 1)


class Coin:
    """A part of two pieces, one of which breaks its claim."""

    TITLE = "Coins"

    def __init__(self) -> None:
        self.ran: list[str] = []

    def pieces(self) -> Sequence[str]:
        return ["one", "two"]

    def run(self, piece: str) -> Figures:
        self.ran.append(piece)
        return {"heads": piece == "one"}

    def claims(self, found: Mapping[str, Figures]) -> Sequence[Claim]:
        heads = [figures["heads"] for figures in found.values()]
        return [
            Claim(
                says="Heads | always",
                figure=f"{sum(heads)} of {len(heads)}",
                kept=all(heads),
                test="tests/x.py",
            )
        ]


@pytest.fixture
def coin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Coin:
    coin = Coin()
    monkeypatch.setattr(proving, "part", lambda _: coin)
    monkeypatch.setattr(command, "RESULTS", tmp_path / "proof")
    monkeypatch.setattr(command, "DOCUMENT", tmp_path / "reliability.md")
    (tmp_path / "reliability.md").write_text("# Reliability\n", encoding="utf-8")
    return coin


def test_a_part_goes_on_where_it_stopped_and_says_what_is_not_kept(
    coin: Coin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["coin", "one"]) == 0
    assert command.main(["coin"]) == 1
    assert coin.ran == ["one", "two"]
    assert "NOT KEPT: Heads | always: 1 of 2" in capsys.readouterr().out
    text = (tmp_path / "reliability.md").read_text(encoding="utf-8")
    assert text.startswith("# Reliability\n\n## Coins\n")
    assert "| Heads   always | **Not kept:** 1 of 2 | `make proof PART=coin` | `tests/x.py` |" in text
    assert text.count("| What is promised |") == 1
    assert set(json.loads((tmp_path / "proof/coin.json").read_text(encoding="utf-8"))) == {"one", "two"}


def test_a_table_is_rewritten_and_what_stands_around_it_stays(tmp_path: Path) -> None:
    file = tmp_path / "reliability.md"
    claim = Claim(says="a", figure="1", kept=True, test="t")
    file.write_text("# Head\n", encoding="utf-8")
    for title, name in (("A", "a"), ("B", "b"), ("A", "a")):
        table.write(file, name, title, [claim], f"run of {name}")
    text = file.read_text(encoding="utf-8")
    assert text.index("# Head") < text.index("## A") < text.index("## B")
    assert text.count("run of a") == text.count("run of b") == 1


def test_what_there_is_none_of_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["no-such"]) == 2
    assert command.main(["kill", "no-such"]) == 2
    assert f"Parts: {', '.join(proving.names())}\n" in capsys.readouterr().err


def test_every_part_has_a_table_whose_small_versions_exist() -> None:
    text = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    for name in proving.names():
        part = proving.part(name)
        assert f"<!-- proof {name} -->" in text
        for claim in part.claims({}):
            assert (ROOT / claim.test).exists()
            assert claim.says.replace("|", " ") in text
