"""What an article says, where and when: all that its story is decided by."""

from dataclasses import dataclass
from datetime import datetime

from bot.article import Page

LEAD_WORDS = 80
"""Words of a lead: the standfirst and a paragraph, or two short paragraphs, which say who, what, where and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article as it bears on its story. `when` is in UTC."""

    headline: str
    text: str = ""
    """Standfirst and paragraphs, one a line; empty where there is a headline alone."""
    lead: str = ""
    """The text's first LEAD_WORDS words."""
    source: str | None = None
    when: datetime


def report(page: Page, added: datetime) -> Report:
    """Return the report that a page is; `added` stands for the date of a page that has none."""
    texts = [text for text in (page.standfirst, *page.paragraphs) if text]
    return Report(
        headline=page.headline,
        text="\n".join(texts),
        lead="\n".join(_first(texts, LEAD_WORDS)),
        source=page.source,
        when=page.published or added,
    )


def _first(texts: list[str], limit: int) -> list[str]:
    """Return the first `limit` words of texts, each on."""
    kept: list[str] = []
    for text in texts:
        words = text.split(maxsplit=limit)[:limit]
        kept.append(" ".join(words))
        limit -= len(words)
        if limit == 0:
            break
    return kept
