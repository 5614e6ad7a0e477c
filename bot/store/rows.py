"""Rows of the tables, as the dataclasses that everyone shares, and back."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Row, select

from bot.article import Article, Kind, Listing, Page, Teaser
from bot.store.models import articles, reports
from bot.store.records import Draft, Keys, Link, Tombstone

CHUNK = 500
"""Values in one IN list. SQLite before 3.32 takes 999 parameters in a statement (sqlite.org/limits.html)."""

ANY_ID = range(1, 2**31)
"""What fits an id's column; PostgreSQL refuses to compare it with anything larger."""

STORY = (
    select(reports.c.story_id).where(reports.c.article_id == articles.c.id).scalar_subquery().label("story")
)
"""The first report of an article's story; NULL if that is the article itself."""

LISTED = (
    articles.c.id,
    articles.c.kind,
    articles.c.headline,
    articles.c.source,
    articles.c.published,
    articles.c.url,
    articles.c.added,
    STORY,
)

T = TypeVar("T")


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut values into lists of at most `size`."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def possible(ids: Iterable[int]) -> list[int]:
    """Return the distinct ids that an article could have."""
    return [id_ for id_ in dict.fromkeys(ids) if id_ in ANY_ID]


def full_text(headline: str, standfirst: str | None, paragraphs: Sequence[str]) -> str:
    """Join all of a story that counts as its text."""
    return "\n".join((headline, standfirst, *paragraphs) if standfirst else (headline, *paragraphs))


def text_of(page: Page) -> str:
    """Return the text by which a page is found."""
    return full_text(page.headline, page.standfirst, page.paragraphs)


def listing(row: Row[Any]) -> Listing:
    """Read a row of LISTED."""
    return Listing(
        id=row.id,
        kind=Kind(row.kind),
        headline=row.headline,
        source=row.source,
        published=row.published,
        url=row.url,
        added=row.added,
        story=row.story,
    )


def page_of(row: Row[Any], teasers: tuple[Teaser, ...] = ()) -> Page:
    """Read the page out of a row of articles."""
    return Page(
        headline=row.headline,
        standfirst=row.standfirst,
        paragraphs=row.paragraphs,
        byline=row.byline,
        published=row.published,
        source=row.source,
        url=row.url,
        language=row.language,
        image=row.image,
        teasers=teasers,
    )


def article(row: Row[Any], teasers: tuple[Teaser, ...]) -> Article:
    """Read a row of articles, with the teasers found for it."""
    return Article(
        id=row.id,
        kind=Kind(row.kind),
        page=page_of(row, teasers),
        added=row.added,
        updated=row.updated,
        story=row.story,
    )


def draft(row: Row[Any]) -> Draft:
    """Read a row of articles with its keys, and without its teasers."""
    return Draft(
        id=row.id,
        kind=Kind(row.kind),
        page=page_of(row),
        keys=Keys(row.url_key, row.fingerprint, row.headline_key, row.lead_key),
        content_hash=row.content_hash,
        added=row.added,
        updated=row.updated,
    )


def article_row(draft: Draft) -> dict[str, object]:
    """Write a draft as a row of articles."""
    page = draft.page
    return {
        "id": draft.id,
        "kind": draft.kind.value,
        "headline": page.headline,
        "published": page.published,
        "added": draft.added,
        "updated": draft.updated,
        "source": page.source,
        "url": page.url,
        "language": page.language,
        "image": page.image,
        "byline": page.byline,
        "url_key": draft.keys.url,
        "fingerprint": draft.keys.fingerprint,
        "headline_key": draft.keys.headline,
        "lead_key": draft.keys.lead,
        "content_hash": draft.content_hash,
        "standfirst": page.standfirst,
        "paragraphs": page.paragraphs,
    }


def tombstone(row: Row[Any]) -> Tombstone:
    """Read a row of tombstones."""
    return Tombstone(
        id=row.article_id,
        kind=Kind(row.kind),
        keys=Keys(row.url_key, row.fingerprint, row.headline_key, row.lead_key),
        removed=row.removed,
        lifted=row.lifted is not None,
    )


def teaser_rows(article_id: int, links: Iterable[Link]) -> list[dict[str, object]]:
    """Write an article's teasers as rows, in the page's order."""
    return [
        {
            "article_id": article_id,
            "position": position,
            "target_id": link.target_id,
            "headline": link.headline,
            "text": link.text,
            "url": link.url,
        }
        for position, link in enumerate(links)
    ]
