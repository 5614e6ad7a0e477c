"""Stories that a message points to: by an address, by words of a headline, or because they are like it."""

from collections.abc import Iterable
from datetime import datetime

from bot.article import Article, Hit, Kind, Page, Scope, Where
from bot.desk.relating import Relatives
from bot.ingest.identity import canonical_url, digest
from bot.related import MIN_SCORE
from bot.search import Query
from bot.search.query import MAX_WORDS, Term
from bot.store.store import Store
from bot.text import words

_NO_ID = 0
"""No article's id."""


async def linked(store: Store, addresses: Iterable[str], scope: Scope) -> int | None:
    """Return the article that the first of some addresses leads to; None if none does, or none that may be seen."""
    for address in addresses:
        canonical = canonical_url(address)
        id_ = await store.with_address(digest(canonical)) if canonical else None
        listed = [] if id_ is None else await store.listings([id_])
        if any(scope.shows(listing.source) for listing in listed):
            return id_
    return None


def headline_like(text: str) -> Query | None:
    """Return the question for the words of a text; None if there are more of them than a headline has.

    What would be an operator in a question is a word here: nobody asked anything.
    """
    found = tuple(dict.fromkeys(words(text)))
    return Query(text, tuple(map(Term, found))) if len(found) <= MAX_WORDS else None


async def alike(relatives: Relatives, text: str, now: datetime, limit: int, scope: Scope) -> tuple[Hit, ...]:
    """Find stories like a text that is in no store; each is shown by its best report."""
    page = Page(headline=text)
    article = Article(id=_NO_ID, kind=Kind.ARTICLE, page=page, added=now, updated=now)
    related = await relatives.of(article, limit=limit, min_score=MIN_SCORE, group=True, scope=scope)
    return tuple(
        Hit(listing=similar.listing, score=similar.score, where=Where.TEXT) for similar in related.similar
    )
