"""Lists of feeds as OPML: what readers exchange."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from bot.failures import NotAFeed
from bot.feeds.document import decode_feed
from bot.pages.address import web_address
from bot.text import clean

MAX_OUTLINES = 10_000
"""Feeds of one list that are read."""
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list."""

    url: str
    title: str = ""
    site: str | None = None


def read_opml(data: bytes) -> list[Outline]:
    """Return the feeds of a list in its order, each address once, however deep folders hold them.

    Outlines without an http or https address are passed over. Raises NotAFeed for what is no OPML.
    """
    text = decode_feed(data, None)
    start = text.lower().find("<opml")
    if start < 0:
        raise NotAFeed
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(text[start:].encode(), parser)
    except etree.XMLSyntaxError:
        raise NotAFeed from None
    if root is None:
        raise NotAFeed
    found: dict[str, Outline] = {}
    for element in root.iter("outline", "{*}outline"):
        told = {name.lower(): value for name, value in element.attrib.items()}
        if url := web_address(told.get("xmlurl", "")):
            title = clean(told.get("title") or told.get("text") or "")[:_LONGEST_TITLE]
            found.setdefault(url, Outline(url=url, title=title, site=web_address(told.get("htmlurl", ""))))
        if len(found) == MAX_OUTLINES:
            break
    return list(found.values())


def write_opml(title: str, outlines: Iterable[Outline]) -> bytes:
    """Return a list as OPML 2.0 in UTF-8, all feeds side by side."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean(title)
    body = etree.SubElement(root, "body")
    for one in outlines:
        name = clean(one.title) or one.url
        element = etree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=one.url)
        if one.site:
            element.set("htmlUrl", one.site)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))
