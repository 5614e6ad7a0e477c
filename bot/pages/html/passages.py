"""A page's tree -> its passages: what a reader sees as one paragraph, heading, entry, row or caption."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from bot.pages.html.places import Container, container_of, words_of
from bot.pages.html.tree import Element, walk
from bot.text import clean, words

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark meter nobr output q"
    " ruby rb rt rp s samp small span strike strong sub sup time tt u var wbr".split()
)
_UNREAD = frozenset(
    "script style noscript template head svg math iframe object embed applet video audio canvas map button select"
    " option datalist textarea input img picture source track progress dialog frameset frame".split()
)
_CELLS = frozenset({"td", "th"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAKS_OF_PARAGRAPH = 2
"""Line breaks in a row that part two paragraphs."""
_SPOKEN = re.compile(r"\b(?:sr-only|visually-?hidden|screen-?reader(?:-text)?|assistive-text)\b")
"""Class names of what only a screen reader says."""
MOSTLY_LINKS = 0.5
"""Share of a passage's text from which it is links with a little text between them."""
_LONGEST_REFERENCE = 3
"""Characters of a footnote's number."""
_PROSE = 80
"""Characters from which a passage that is no link counts as prose."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link within a passage: where it leads as the page wrote it, and its text."""

    href: str
    text: str


@dataclass(frozen=True)
class Passage:
    """One passage, in the page's order."""

    text: str
    tag: str
    """Of the block that it stands in."""
    element: Element
    links: tuple[Link, ...]
    containers: tuple[Container, ...]

    @cached_property
    def words(self) -> list[str]:
        """The normalised words."""
        return words(self.text)

    @property
    def level(self) -> int | None:
        """The heading's level, from 1; None for what is no heading."""
        return _HEADINGS.get(self.tag)

    @cached_property
    def linked(self) -> float:
        """The share of the text that is links, from 0 to 1."""
        return min(1.0, sum(len(link.text) for link in self.links) / max(1, len(self.text)))

    @property
    def is_prose(self) -> bool:
        """Whether it is running text, and no list of links."""
        return len(self.text) >= _PROSE and self.linked < MOSTLY_LINKS

    @cached_property
    def names(self) -> str:
        """What its makers call the block and the element around it: words in lower case."""
        parent = self.element.getparent()
        around = "" if parent is None else parent.get("class") or ""
        return words_of(f"{self.element.get('class') or ''} {self.element.get('itemprop') or ''} {around}")


@dataclass(slots=True)
class _Open:
    """A block that is being read."""

    element: Element
    tag: str
    container: Container | None = None


@dataclass(slots=True)
class _Reading:
    found: list[Passage] = field(default_factory=list)
    blocks: list[_Open] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    link: tuple[Element, int] | None = None
    """The open link, and from which piece of the text on it goes."""
    breaks: int = 0

    def add(self, text: str | None) -> None:
        if text:
            self.text.append(text)
            if self.breaks and not text.isspace():
                self.breaks = 0

    def end_link(self) -> None:
        if self.link is not None:
            element, start = self.link
            text = clean("".join(self.text[start:]))
            if text:
                self.links.append(Link(element.get("href"), text))

    def flush(self) -> None:
        """End the passage; a link that is open goes on in the next."""
        self.end_link()
        text = clean("".join(self.text)).strip("| ")
        if text and self.blocks:
            block = self.blocks[-1]
            containers = tuple(part.container for part in self.blocks if part.container)
            self.found.append(Passage(text, block.tag, block.element, tuple(self.links), containers))
            if self.found[-1].is_prose:
                for container in containers:
                    container.prose += len(text)
        self.text.clear()
        self.links.clear()
        self.breaks = 0
        if self.link is not None:
            self.link = (self.link[0], 0)


def read_passages(root: Element) -> list[Passage]:
    """Return all passages of a page, also those of its navigation."""
    reading = _Reading()
    events = walk(root, events=("start", "end"))
    for event, element in events:
        tag = element.tag
        if event == "start":
            if _is_unread(element, tag):
                events.skip_subtree()
            else:
                _begin(reading, element, tag)
        else:
            if not _is_unread(element, tag):
                _end(reading, element, tag)
            reading.add(element.tail)
    reading.flush()
    return reading.found


def _begin(reading: _Reading, element: Element, tag: str) -> None:
    if tag in _CELLS:
        reading.add(" | ")
    elif tag == "br":
        reading.text.append("\n")
        reading.breaks += 1
        if reading.breaks >= _BREAKS_OF_PARAGRAPH:
            reading.flush()
    elif tag == "a":
        if element.get("href"):
            reading.link = (element, len(reading.text))
    elif tag not in _INLINE:
        reading.flush()
        reading.blocks.append(_Open(element, tag, container_of(element)))
    reading.add(element.text)


def _end(reading: _Reading, element: Element, tag: str) -> None:
    if tag == "a":
        if reading.link is not None and reading.link[0] is element:
            reading.end_link()
            reading.link = None
    elif reading.blocks and reading.blocks[-1].element is element:
        reading.flush()
        reading.blocks.pop()


def _is_unread(element: Element, tag: str) -> bool:
    """Tell whether nothing within an element is read: no text, the mark of a footnote, spoken only."""
    if tag in _UNREAD:
        return True
    if tag == "sup":
        link = element.find(".//a")
        return link is not None and len("".join(element.itertext()).strip(" []()")) <= _LONGEST_REFERENCE
    return tag in _INLINE and _SPOKEN.search(element.get("class") or "") is not None
