"""What a part of the proof is, and where what its pieces found is kept."""

import json
import os
import pkgutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

Figures = dict[str, Any]
"""What a piece found: anything that JSON can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One line of the table."""

    says: str
    """What is promised."""
    figure: str
    """What was counted or measured, with its unit."""
    kept: bool
    """Whether the figures bear the claim out."""
    test: str
    """The file of the test suite that has a small version of it: `tests/test_store_killed.py`."""
    piece: str = ""
    """The piece that gives the figure; empty if it takes all of them."""


def total(found: Mapping[str, Figures], names: Iterable[str]) -> dict[str, int]:
    """Add up what the pieces counted under some names."""
    return {name: sum(figures[name] for figures in found.values()) for name in names}


class Part(Protocol):
    """A module of this package."""

    TITLE: str
    """The heading of its table."""

    def pieces(self) -> Sequence[str]:
        """Name the pieces, each with a seed of its own. On two idle cores each takes 8 minutes at most, but for what is about
        one process for longer."""

    def run(self, piece: str) -> Figures:
        """Run one piece. What breaks a claim is a figure; an exception means that the proof itself failed."""

    def claims(self, found: Mapping[str, Figures]) -> Sequence[Claim]:
        """Say what the figures of the pieces that were run, by piece, amount to. Some may be missing."""


def part(name: str) -> Part:
    """Return a part; raise LookupError with a sentence if there is none of that name."""
    if name not in names():
        raise LookupError(f"There is no part “{name}”. Parts: {', '.join(names())}")
    return cast("Part", import_module(f"tests.proof.{name}"))


def names() -> list[str]:
    """Name all parts."""
    found = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    return [
        name
        for name in found
        if name != "__main__" and hasattr(import_module(f"tests.proof.{name}"), "pieces")
    ]


class Kept:
    """The figures of a part, in a file that outlives an interrupted run."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> dict[str, Figures]:
        """Return the figures of the pieces that were run, by piece."""
        return {piece: kept["figures"] for piece, kept in self._read().items()}

    def run(self, piece: str, run: Callable[[str], Figures]) -> float:
        """Run a piece and keep what it found; return its seconds."""
        start = time.monotonic()
        figures = run(piece)
        seconds = round(time.monotonic() - start, 1)
        kept = self._read() | {
            piece: {"figures": figures, "seconds": seconds, "day": time.strftime("%Y-%m-%d", time.gmtime())}
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")
        part.replace(self._file)
        return seconds

    def circumstances(self) -> str:
        """Say when and on what the pieces were run."""
        kept = self._read().values()
        days = sorted({run["day"] for run in kept})
        seconds = sum(run["seconds"] for run in kept)
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        pieces = "1 piece" if len(kept) == 1 else f"{len(kept)} pieces"
        return f"{pieces}, {seconds / 60:.1f} minutes on {os.cpu_count()} cores, {span}."

    def _read(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return kept
