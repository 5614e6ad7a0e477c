"""What an article says, where and when: all that its story is decided by."""

from dataclasses import dataclass
from datetime import datetime

from bot.article import Page

LEAD_WORDS = 80
"""Words of a lead. The longest opening paragraphs of news agencies have some 50."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article as it bears on its story. `when` is in UTC."""

    headline: str
    text: str = ""
    """Standfirst and paragraphs, one a line; empty where there is a headline alone."""
    lead: str = ""
    """Standfirst and first paragraph, one a line, at most LEAD_WORDS words."""
    source: str | None = None
    when: datetime
    language: str | None = None
    """ISO 639-1 code."""


def report(page: Page, added: datetime) -> Report:
    """Return the report that a page is; `added` stands for the date of a page that has none."""
    texts = [text for text in (page.standfirst, *page.paragraphs) if text]
    opening = texts[: 2 if page.standfirst else 1]
    return Report(
        headline=page.headline,
        text="\n".join(texts),
        lead=_first_words(opening, LEAD_WORDS),
        source=page.source,
        when=page.published or added,
        language=page.language,
    )


def _first_words(texts: list[str], limit: int) -> str:
    kept: list[str] = []
    for text in texts:
        words = text.split()[:limit]
        limit -= len(words)
        if words:
            kept.append(" ".join(words))
    return "\n".join(kept)
