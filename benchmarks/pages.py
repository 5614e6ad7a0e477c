"""`python -m benchmarks.pages FOLDER`: how well HTML pages are read, beside trafilatura alone: `make bench-pages`.

The folder holds labelled pages: `name.html` or `name.html.gz`, and beside it `name.json` with `title`, `author`,
`publish_date` (YYYY-MM-DD) and `main_content`, null where the page has none.
"""

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import typer
from rapidfuzz import fuzz, utils
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from trafilatura import bare_extraction
from trafilatura.settings import Document

from bot.errors import PageError
from bot.pages.html.page import parse_html
from bot.sentences import sentences
from bot.text import squeeze, words

SENTENCES = 3
"""Sentences at the beginning that have to be right: what a summary is made of."""
SAME_AUTHOR = 90
"""token_set_ratio from which authors are the same: with titles and without, in any order."""
_QUOTES = str.maketrans("‘’“”", "''\"\"")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page, and what a reader says stands on it."""

    data: bytes
    title: str | None
    author: str | None
    published: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a program says stands on it; `text` is without the headline."""

    title: str | None = None
    author: str | None = None
    published: str | None = None
    text: str = ""


@dataclass(slots=True)
class Score:
    """Shares of pages, from 0 to 1; each list has one entry a page that has what is asked for."""

    name: str
    text_f1: list[float] = field(default_factory=list)
    """By the words, as bags."""
    in_text: list[bool] = field(default_factory=list)
    """The first three sentences stand in the text, one after the other, word by word."""
    first: list[bool] = field(default_factory=list)
    """The text begins with them."""
    title: list[bool] = field(default_factory=list)
    """It is the same but for the form of quotation marks."""
    author: list[bool] = field(default_factory=list)
    date: list[bool] = field(default_factory=list)
    invented: list[bool] = field(default_factory=list)
    """Of the pages that have no date."""
    ms: list[float] = field(default_factory=list)

    def add(self, page: Labelled, read: Read, seconds: float) -> None:
        """Count one page."""
        told, text = words(page.text), words(read.text)
        opening = " ".join(word for one in sentences(page.text)[:SENTENCES] for word in words(one))
        self.text_f1.append(f1(told, text))
        self.in_text.append(f" {opening} " in f" {' '.join(text)} ")
        self.first.append(f"{' '.join(text)} ".startswith(f"{opening} "))
        if page.title:
            self.title.append(_plain(page.title) == _plain(read.title or ""))
        if page.author:
            ratio = fuzz.token_set_ratio(page.author, read.author or "", processor=utils.default_process)
            self.author.append(ratio >= SAME_AUTHOR)
        if page.published:
            self.date.append(page.published == read.published)
        else:
            self.invented.append(read.published is not None)
        self.ms.append(seconds * 1000)

    def means(self) -> dict[str, Any]:
        """Return the mean of each column; None where no page has what is asked for."""
        return {
            key: value if isinstance(value, str) else (fmean(value) if value else None)
            for key, value in asdict(self).items()
        }


def f1(one: list[str], other: list[str]) -> float:
    """Return the harmonic mean of precision and recall of two bags of words; 1 if both are empty."""
    if not one and not other:
        return 1.0
    both = (Counter(one) & Counter(other)).total()
    return 2 * both / (len(one) + len(other))


def newsdesk(data: bytes) -> Read:
    """Read a page as Newsdesk does, what may not be kept included."""
    try:
        page = parse_html(data, whole=True)
    except PageError:
        return Read()
    return Read(
        page.headline,
        ", ".join(page.byline),
        page.published.date().isoformat() if page.published else None,
        "\n".join([page.standfirst or "", *page.paragraphs]),
    )


def trafilatura(data: bytes) -> Read:
    """Read a page with trafilatura alone, as it comes; a first line that is its title is no text."""
    document = bare_extraction(data, with_metadata=True)
    if not isinstance(document, Document):
        return Read()
    lines = (document.text or "").splitlines()
    if lines and document.title and words(lines[0]) == words(document.title):
        del lines[0]
    return Read(document.title, document.author, document.date, "\n".join(lines))


SYSTEMS: dict[str, Callable[[bytes], Read]] = {"newsdesk": newsdesk, "trafilatura": trafilatura}


def labelled(folder: Path) -> Iterator[Labelled]:
    """Read a folder's labelled pages, in the order of their names."""
    for labels in sorted(folder.glob("*.json")):
        told = json.loads(labels.read_text(encoding="utf-8"))
        packed = labels.with_suffix(".html.gz")
        data = (
            gzip.decompress(packed.read_bytes())
            if packed.exists()
            else labels.with_suffix(".html").read_bytes()
        )
        yield Labelled(data, told["title"], told["author"], told["publish_date"], told["main_content"])


def measure(folder: Path) -> list[Score]:
    """Let every system read every page."""
    scores = [Score(name) for name in SYSTEMS]
    for page in labelled(folder):
        for score in scores:
            started = time.perf_counter()
            read = SYSTEMS[score.name](page.data)
            score.add(page, read, time.perf_counter() - started)
    return scores


def main(
    *,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", exists=True, file_okay=False, help="Labelled pages.")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Measure how well HTML pages are read, beside trafilatura alone."""
    if not any(folder.glob("*.json")):
        raise typer.BadParameter("no labelled page is in the folder")
    scores = measure(folder)
    means = [score.means() for score in scores]
    if as_json:
        typer.echo(json.dumps(means, indent=2))
        return
    table = Table(box=SIMPLE, title=f"{len(scores[0].ms)} pages")
    for column in means[0]:
        table.add_column(column.replace("_", " "), justify="left" if column == "name" else "right")
    for row in means:
        table.add_row(
            *(
                "" if value is None else value if isinstance(value, str) else f"{value:.3g}"
                for value in row.values()
            )
        )
    Console(width=110).print(table)


def _plain(text: str) -> str:
    return squeeze(text.translate(_QUOTES))


if __name__ == "__main__":
    typer.run(main)
