"""What holds for any document that is read as a feed."""

from datetime import UTC, datetime, timedelta

from bot.errors import PageError
from bot.feeds.reading import MAX_KEY, read_feed
from bot.text import clean
from tests.feedmaker import made

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
FIRST = datetime(1990, 1, 1, tzinfo=UTC)


def faults(seed: int) -> list[str]:
    """Read the document of a seed, and say what is wrong with what was read of it."""
    document = made(seed)
    try:
        feed = read_feed(
            document.data,
            url="https://herald.example/feed",
            content_type=document.content_type or None,
            now=NOW,
        )
    except PageError as error:
        return [f"refused: {type(error).__name__}"] if document.titles else []
    found: list[str] = []
    headlines = [entry.page.headline for entry in feed.entries]
    found += [f"lost: {title}" for title in document.titles if clean(title) not in headlines]
    if document.kind == "whole" and len(headlines) != len(document.titles):
        found.append("more than there were")
    if len({entry.key for entry in feed.entries}) < len(headlines):
        found.append("a key twice")
    for entry in feed.entries:
        page = entry.page
        if page.url and not page.url.startswith(("http://", "https://")):
            found.append(f"an address: {page.url}")
        if page.published and not FIRST <= page.published <= NOW + timedelta(days=1):
            found.append(f"a date: {page.published}")
        if not page.headline or not 0 < len(entry.key) <= MAX_KEY:
            found.append("a headline or key")
        said = " ".join([page.headline, page.first_text, *page.paragraphs])
        if "lollol" in said or "root:" in said:
            found.append("an entity was expanded")
        if any("appeared first on" in part for part in page.paragraphs) and document.kind == "whole":
            found.append("a line of the site’s own")
    return found
