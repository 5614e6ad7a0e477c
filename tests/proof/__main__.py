"""`make proof PART=kill [PIECE=...]`: run what is left of a part, or one piece again, and write its table."""

import argparse
import sys
from pathlib import Path

from tests.proof import proving, table

_ROOT = Path(__file__).parents[2]
DOCUMENT = _ROOT / "docs/reliability.md"
RESULTS = _ROOT / ".proof"


def main(arguments: list[str] | None = None) -> int:
    """Return 1 if a claim is not kept, 2 if there is no such part or piece."""
    parser = argparse.ArgumentParser(prog="make proof")
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("piece", nargs="?", default="")
    asked = parser.parse_args(arguments)
    try:
        part = proving.part(asked.part)
    except LookupError as unknown:
        return _refuse(f"{unknown.args[0]}")
    kept = proving.Kept(RESULTS / f"{asked.part}.json")
    pieces = part.pieces()
    if asked.piece and asked.piece not in pieces:
        return _refuse(f"{asked.part} has no piece “{asked.piece}”. Pieces: {', '.join(pieces)}")
    for piece in [asked.piece] if asked.piece else [each for each in pieces if each not in kept.read()]:
        seconds = kept.run(piece, part.run)
        _say(f"{asked.part} {piece}: {seconds} s, {kept.read()[piece]}")
        found = {each: figures for each, figures in kept.read().items() if each in pieces}
        table.write(DOCUMENT, asked.part, part.TITLE, part.claims(found), kept.circumstances())
    claims = part.claims(kept.read())
    for claim in claims:
        _say(f"{'kept' if claim.kept else 'NOT KEPT'}: {claim.says}: {claim.figure}")
    return int(not all(claim.kept for claim in claims))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
