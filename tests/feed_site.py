"""Feeds as a site would serve them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from tests.webserver import Behaviour, answer

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When the oldest of the stories was published; each further one came an hour later."""


def rss(*headlines: str, title: str = "The Lantern") -> Behaviour:
    """Serve a feed of these stories, newest first."""
    return answer(_document(headlines, title), content_type="application/rss+xml")


def _document(headlines: Sequence[str], title: str) -> str:
    items = "".join(
        f"<item><title>{escape(headline)}</title><guid>{escape(headline)}</guid>"
        f"<link>https://lantern.example/{quote(headline)}</link>"
        f"<pubDate>{format_datetime(DAY + timedelta(hours=at))}</pubDate>"
        f"<description>What there is to say about it is said in one sentence.</description></item>"
        for at, headline in reversed(list(enumerate(reversed(headlines))))
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>https://lantern.example/</link>{items}</channel></rss>"
    )


def page(*feeds: tuple[str, str]) -> Behaviour:
    """Serve a page that names these feeds, each by title and path."""
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{path}">'
        for title, path in feeds
    )
    return answer(
        f"<!DOCTYPE html><html><head><title>The Lantern</title>{links}</head><body><p>Welcome.</p></body></html>",
        content_type="text/html",
    )


SIX = (
    "Ferry fares rise in spring",
    "Orchard wins the cider prize",
    "Museum finds a lost globe",
    "Tram line eight reopens",
    "Beekeepers meet in the town hall",
    "Lighthouse gets a new lamp",
)
"""Headlines of six stories, newest first."""
