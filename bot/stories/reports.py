"""What an article says, where and when: all that its story is decided by."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.article import Page

WINDOW = timedelta(hours=72)
"""Time between two tellings of one event, or two prints of one headline without text, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article as it bears on its story. `when` is in UTC."""

    headline: str
    text: str = ""
    """Standfirst and paragraphs, one a line; empty where there is a headline alone."""
    source: str | None = None
    when: datetime


def report(page: Page, added: datetime) -> Report:
    """Return the report that a page is; `added` stands for the date of a page that has none."""
    return Report(
        headline=page.headline,
        text="\n".join(text for text in (page.standfirst, *page.paragraphs) if text),
        source=page.source,
        when=page.published or added,
    )
