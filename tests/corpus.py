"""The pages of tests/pages: each is a saved page with a margin that says what every line of it is.

Above the page stand, if the page has them, its particulars (`byline`, `published`, `source`) and how it was
saved (`encoding`, `lines`). A line without a word in its margin goes on with the block above it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.article import Page

FOLDER = Path(__file__).parent / "pages"
ROLES = frozenset({"headline", "standfirst", "repeat", "text", "subheading", "other", "teaser", "its text"})
_MARGIN = " | "
_BETWEEN = {"": ("\n", "\n"), "crlf": ("\r\n", "\r\n"), "single": ("\n", "")}
"""Of the ways to save lines: what ends a line, and what stands for a blank one."""


@dataclass(slots=True)
class Sample:
    """A page and what it should be read as."""

    name: str
    particulars: dict[str, str]
    data: bytes = b""
    headline: str = ""
    story: list[str] = field(default_factory=list)
    """The standfirst and the paragraphs."""
    others: list[str] = field(default_factory=list)
    """What is neither story nor teaser."""
    teasers: list[tuple[str, str | None]] = field(default_factory=list)

    def faults(self, page: Page) -> Iterator[str]:
        """Say what is wrong with a reading, beginning with `lost` or `foreign` where it is the story's text."""
        read = [text for text in (page.standfirst, *page.paragraphs) if text]
        teasers = [(teaser.headline, teaser.text) for teaser in page.teasers]
        yield from (f"lost: {text}" for text in self.story if text not in read)
        yield from (f"foreign: {text}" for text in read if text not in self.story)
        yield from (f"teaser missed: {teaser}" for teaser in self.teasers if teaser not in teasers)
        yield from (f"teaser invented: {teaser}" for teaser in teasers if teaser not in self.teasers)
        if page.headline != self.headline:
            yield f"headline: {page.headline}"
        if sorted(read) == sorted(self.story) and read != self.story:
            yield "paragraphs in another order"
        if sorted(teasers, key=str) == sorted(self.teasers, key=str) and teasers != self.teasers:
            yield "teasers in another order"
        yield from self._faults_of_particulars(page)

    def _faults_of_particulars(self, page: Page) -> Iterator[str]:
        published = self.particulars.get("published")
        expected = (
            tuple(name for name in self.particulars.get("byline", "").split(", ") if name),
            datetime.fromisoformat(published) if published else None,
            self.particulars.get("source"),
        )
        found = (page.byline, page.published, page.source)
        for what, wanted, got in zip(("byline", "published", "source"), expected, found, strict=True):
            if wanted != got:
                yield f"{what}: {got} instead of {wanted}"


def samples() -> list[Sample]:
    """Read all pages of the folder, in order of their names."""
    return [_read(path) for path in sorted(FOLDER.glob("*.page"))]


def _read(path: Path) -> Sample:
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if _MARGIN in line)
    sample = Sample(path.stem, dict(line.split(": ", 1) for line in lines[:start] if line))
    blocks: list[tuple[str, str]] = []
    for line in filter(None, lines[start:]):
        margin, _, text = line.partition(_MARGIN)
        if role := margin.strip():
            blocks.append((role, text))
        else:
            role, above = blocks[-1]
            blocks[-1] = (role, f"{above} {text}")
    for role, text in blocks:
        _put(sample, role, " ".join(text.replace("\u00ad", "").split()))
    end, blank = _BETWEEN[sample.particulars.get("lines", "")]
    page = end.join(line.partition(_MARGIN)[2] for line in lines[start:] if line or blank) + end
    sample.data = page.encode(sample.particulars.get("encoding", "utf-8"))
    return sample


def _put(sample: Sample, role: str, text: str) -> None:
    if role not in ROLES:
        message = f"{sample.name}: no role {role!r}"
        raise ValueError(message)
    if role == "headline":
        sample.headline = text
    elif role in {"standfirst", "text"}:
        sample.story.append(text)
    elif role == "teaser":
        sample.teasers.append((text, None))
    elif role == "its text":
        sample.teasers[-1] = (sample.teasers[-1][0], text)
    else:
        sample.others.append(text)
