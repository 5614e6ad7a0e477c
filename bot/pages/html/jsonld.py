"""What a page says of its story in JSON-LD (schema.org): headline, authors, dates, publisher, text."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from bot.pages.html.tree import Element
from bot.text import clean

_ARTICLE = re.compile(r"\w*(?:Article|Posting|Report|Review|Recipe|HowTo)")
_PAGE = re.compile(r"\w*(?:WebPage|ItemPage|FAQPage|AboutPage)")
_HOUSE = re.compile(r"\w*(?:Organization|Corporation|WebSite|Brand|LocalBusiness|Company)")
_INWARD = ("@graph", "mainEntity", "mainEntityOfPage")
"""The keys behind which the page's own story stands; behind others stand lists of other stories."""
_WRAPPED = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*\Z")
_NODES = 500
"""Nodes that are looked at; pages have a dozen."""

Node = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What JSON-LD says of a page's story; texts are cleaned, nothing else is."""

    headline: str | None = None
    authors: tuple[str, ...] = ()
    houses: tuple[str, ...] = ()
    """Authors that are no persons."""
    published: str | None = None
    page_published: str | None = None
    """When the page around the story was made, where nothing is said of the story itself."""
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    image: str | None = None
    description: str | None = None
    body: str | None = None
    """The text, with its line ends."""


def read_jsonld(root: Element, is_headline: Callable[[str], bool]) -> Told:
    """Read the page's article among all nodes: the one that has the page's headline, else the first.

    What is broken is passed over.
    """
    nodes = list(_nodes(root))
    known = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 2}
    stories = [node for node in nodes if _is(node, _ARTICLE)]
    pages = [node for node in nodes if _is(node, _PAGE)]
    story = next((node for node in stories if is_headline(_text(node.get("headline")) or "")), None)
    if story is None and len(stories) <= 2:
        story = next(iter(stories), None)
    page = next(iter(pages), {})
    if story is None:
        persons, houses = _authors(page.get("author"), known)
        return Told(
            authors=persons,
            houses=houses,
            page_published=_text(page.get("datePublished")),
            publisher=_name(page.get("publisher"), known),
            language=_text(page.get("inLanguage")),
        )
    persons, houses = _authors(story.get("author") or story.get("creator"), known)
    body = story.get("articleBody")
    return Told(
        headline=_text(story.get("headline")) or _text(story.get("name")),
        authors=persons,
        houses=houses,
        published=_text(story.get("datePublished")) or _text(story.get("dateCreated")),
        publisher=_name(story.get("publisher"), known),
        url=_text(story.get("url")) or _address(story.get("mainEntityOfPage")),
        language=_text(story.get("inLanguage")) or _text(page.get("inLanguage")),
        image=_image(story.get("image"), known),
        description=_text(story.get("description")),
        body=unescape(body) if isinstance(body, str) else None,
    )


def _nodes(root: Element) -> Iterator[Node]:
    scripts = (script for script in root.iter("script") if "ld+json" in (script.get("type") or "").lower())
    waiting = [_load(script.text or "") for script in scripts][::-1]
    seen = 0
    while waiting and seen < _NODES:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            seen += 1
            yield value
            waiting.extend(value[key] for key in reversed(_INWARD) if key in value)


def _load(text: str) -> Any:
    try:
        return json.loads(_WRAPPED.sub("", text), strict=False)
    except (ValueError, RecursionError):
        return None


def _is(node: Node, kind: re.Pattern[str]) -> bool:
    named = node.get("@type")
    names = named if isinstance(named, list) else [named]
    return any(isinstance(name, str) and kind.fullmatch(name.rpartition("/")[2]) for name in names)


def _text(value: Any) -> str | None:
    """Return a value's text; of several the first. Many sites escape it as if it were HTML."""
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return (clean(unescape(value)) or None) if isinstance(value, str) else None


def _address(value: Any) -> str | None:
    return _text(value.get("@id") or value.get("url")) if isinstance(value, dict) else _text(value)


def _image(value: Any, known: dict[str, Node]) -> str | None:
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        value = known.get(str(value.get("@id")), value)
        return _text(value.get("url") or value.get("contentUrl"))
    return _text(value)


def _name(value: Any, known: dict[str, Node]) -> str | None:
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        return _text(value.get("name") or known.get(str(value.get("@id")), {}).get("name"))
    return _text(value)


def _authors(value: Any, known: dict[str, Node]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of persons and those of others."""
    persons: list[str] = []
    houses: list[str] = []
    for author in value if isinstance(value, list) else [value]:
        node = author if isinstance(author, dict) else {}
        full = {**known.get(str(node.get("@id")), {}), **node}
        names = full.get("name") if full else author
        for name in names if isinstance(names, list) else [names]:
            if text := _text(name):
                (houses if _is(full, _HOUSE) else persons).append(text)
    return tuple(persons), tuple(houses)
