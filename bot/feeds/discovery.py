"""A site's page -> the feeds that it names."""

from urllib.parse import urljoin, urlsplit

from bot.errors import NotText
from bot.pages.address import web_address
from bot.pages.html.tree import Element, read_tree
from bot.text import clean

_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json text/rss+xml".split()
)
_LOOSE_TYPES = frozenset("application/xml text/xml application/json".split())
"""Types that other documents have, too: of these a link counts if its address speaks of a feed."""
_SPEAKING = ("feed", "rss", "atom", "rdf")
_PLACES = ("feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json")
"""Where programs that make sites put their feeds."""
_MOST = 50
"""Feeds of a page; sites name one for each section at most."""
_LONGEST_TITLE = 200


def feeds_of(html: bytes, url: str) -> list[tuple[str, str]]:
    """Return titles and addresses of the feeds that a page names, as it ranks them; those of comments last."""
    try:
        root, _ = read_tree(html)
    except NotText:
        return []
    base = root.find(".//base[@href]")
    origin = _joined(url, "" if base is None else base.get("href"))
    found: dict[str, str] = {}
    for link in root.iter("link"):
        address = web_address(_joined(origin, link.get("href") or ""))
        if address and _is_feed(link, address):
            found.setdefault(address, clean(link.get("title") or "")[:_LONGEST_TITLE])
    named = [(title, address) for address, title in found.items()]
    return sorted(named, key=lambda one: "comment" in f"{one[0]} {one[1]}".lower())[:_MOST]


def common_places(url: str) -> list[str]:
    """Return addresses at which a site may have a feed that its page does not name: below the page, then the host."""
    parts = urlsplit(url)
    folders = dict.fromkeys((f"{parts.path.rpartition('/')[0]}/", "/"))
    given = (
        urljoin(f"{parts.scheme}://{parts.netloc}", folder + place) for folder in folders for place in _PLACES
    )
    return [address for address in dict.fromkeys(given) if web_address(address)]


def _is_feed(link: Element, address: str) -> bool:
    relations = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    if "alternate" not in relations:
        return "feed" in relations
    return kind in _TYPES or (kind in _LOOSE_TYPES and any(word in address.lower() for word in _SPEAKING))


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip()) if address.strip() else base
    except ValueError:
        return ""
