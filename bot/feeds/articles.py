"""The texts of stories of which a feed has a summary only, from their own pages."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from bot.article import Page
from bot.errors import PageError
from bot.failures import FetchError
from bot.feeds.workers import Workers
from bot.text import stop_words, words
from bot.web import Web

AT_ONCE = 2
"""Pages that are fetched at a time for one feed."""
SECONDS = 240.0
"""Time for the pages of one poll; entries that are left then are taken in as they are."""
MISSES = 3
"""Pages that could not be had one after the other, after which no more are asked for in this poll."""
SHARED = 1 / 3
"""Least share of a headline's words that its page has. A page that asks for consent or a login has none."""


async def whole_pages(entries: Sequence[Page], web: Web, workers: Workers) -> list[Page | None]:
    """Fetch the pages of stories; None stands for each that could not be had or says no more than its summary."""
    found: list[Page | None] = [None] * len(entries)
    waiting = list(reversed(list(enumerate(entries))))
    misses = 0

    async def work() -> None:
        nonlocal misses
        while waiting and misses < MISSES:
            at, entry = waiting.pop()
            try:
                page = await _page(entry, web, workers)
            except (FetchError, PageError):
                misses += 1
                continue
            misses = 0
            found[at] = completed(entry, page)

    deadline = time.monotonic() + SECONDS
    tasks = [asyncio.create_task(work()) for _ in range(min(AT_ONCE, len(entries)))]
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=deadline - time.monotonic())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return found


async def _page(entry: Page, web: Web, workers: Workers) -> Page:
    fetched = await web.get(entry.url or "", robots=True)
    kind = (fetched.content_type or "text/html").lower()
    return await workers.read_page("page.txt" if kind.startswith("text/plain") else "page.html", fetched.body)


def completed(entry: Page, page: Page) -> Page | None:
    """Return a feed's story with the text of its page; None if that has no more of it, or is of something else.

    What the feed says of headline, date, source and address stands: the page's own may be those of the site.
    """
    said = {word for word in words(entry.headline) if word not in stop_words()}
    there = set(words("\n".join((page.headline, page.standfirst or "", *page.paragraphs))))
    if len(said & there) < SHARED * len(said) or _length(page) <= _length(entry):
        return None
    return replace(
        page,
        headline=entry.headline,
        byline=entry.byline or page.byline,
        published=entry.published or page.published,
        source=entry.source or page.source,
        url=entry.url,
        language=entry.language or page.language,
        image=entry.image or page.image,
        blocks=(),
    )


def _length(page: Page) -> int:
    return len(page.standfirst or "") + sum(map(len, page.paragraphs))
