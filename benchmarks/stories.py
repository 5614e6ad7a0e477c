"""How well copies and tellings are told from their like: `python -m benchmarks.stories FOLDER`.

The folder has `copies.jsonl` and `tellings.jsonl`, one pair a line: `same` (true or false), `one` and `other`, which
are records as `newsdesk ingest` takes them. `tests/pairs` is such a folder.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.pages import parse_record
from bot.stories import SHARED, Traits, is_copy, landmarks, report, same_event, traits

_KINDS: dict[str, Callable[[Traits, Traits], bool]] = {"copies": is_copy, "tellings": same_event}
_ADDED = datetime(2026, 1, 1, tzinfo=UTC)


def measure(path: Path, judge: Callable[[Traits, Traits], bool]) -> dict[str, float]:
    """Return precision, recall, the share of true pairs that would be compared, and microseconds a comparison."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [(pair["same"], _traits(pair["one"]), _traits(pair["other"])) for pair in map(json.loads, lines)]
    begun = perf_counter()
    joined = [(same, judge(one, other)) for same, one, other in pairs]
    spent = perf_counter() - begun
    right = sum(same and found for same, found in joined)
    true = [(one, other) for same, one, other in pairs if same]
    return {
        "pairs": len(pairs),
        "precision": right / max(1, sum(found for _, found in joined)),
        "recall": right / max(1, len(true)),
        "compared": sum(len(landmarks(one) & landmarks(other)) >= SHARED for one, other in true)
        / max(1, len(true)),
        "us": spent / max(1, len(pairs)) * 1e6,
    }


def _traits(record: dict[str, Any]) -> Traits:
    return traits(report(parse_record(json.dumps(record), 1), _ADDED))


def main(folder: Path) -> None:
    """Print a line for each kind of pair that the folder has."""
    for kind, judge in _KINDS.items():
        path = folder / f"{kind}.jsonl"
        if path.exists():
            figures = "  ".join(f"{name} {figure:.3f}" for name, figure in measure(path, judge).items())
            sys.stdout.write(f"{kind:8}  {figures}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
