"""A story's lead: its first whole sentences."""

from bot.article import Page
from bot.sentences import sentences


def summarise(page: Page) -> tuple[str, ...]:
    """Return at most three sentences."""
    return tuple(sentences(" ".join(filter(None, (page.standfirst, *page.paragraphs[:2]))))[:3])
