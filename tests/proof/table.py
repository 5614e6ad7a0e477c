"""The tables of docs/reliability.md, written by the runs themselves."""

import re
from collections.abc import Sequence
from pathlib import Path

from tests.proof.proving import Claim

_HEAD = "| What is promised | What was found | How to see it | Small version |\n|---|---|---|---|\n"


def write(document: Path, name: str, title: str, claims: Sequence[Claim], circumstances: str) -> None:
    """Rewrite what stands between a part's markers; a part that has none yet gets a section at the end."""
    text = document.read_text(encoding="utf-8")
    begin, end = f"<!-- proof {name} -->\n", f"<!-- end of {name} -->\n"
    if begin not in text:
        text = f"{text.rstrip()}\n\n## {title}\n\n{begin}{end}"
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    rows = "".join(_row(name, claim) for claim in claims)
    document.write_text(f"{before}{begin}{_HEAD}{rows}\n{circumstances}\n{end}{after}", encoding="utf-8")


def _row(name: str, claim: Claim) -> str:
    figure = claim.figure if claim.kept else f"**Not kept:** {claim.figure}"
    command = f"`make proof PART={name}{f' PIECE={claim.piece}' if claim.piece else ''}`"
    cells = (claim.says, figure, command, f"`{claim.test}`")
    plain = (re.sub(r"[|\n]", " ", cell) for cell in cells)
    return f"| {' | '.join(plain)} |\n"
