"""One hit for each story, with what else there is of it."""

from dataclasses import replace

from bot.article import EVERYTHING, Hit, Results, Scope
from bot.store.store import Store


async def one_for_each_story(store: Store, results: Results, limit: int, scope: Scope) -> Results:
    """Keep the best hit of each story, at most `limit`, and name the other reports of it that the scope shows."""
    best: dict[int, Hit] = {}
    for hit in results.hits:
        best.setdefault(hit.listing.story or hit.listing.id, hit)
    stories = list(best)[:limit]
    reports = await store.reports(stories)
    if scope != EVERYTHING:
        listed = await store.listings(id_ for ids in reports.values() for id_ in ids)
        shown = {listing.id for listing in listed if scope.shows(listing.source)}
        reports = {story: [id_ for id_ in ids if id_ in shown] for story, ids in reports.items()}
    hits = (
        replace(best[story], others=tuple(id_ for id_ in reports[story] if id_ != best[story].listing.id))
        for story in stories
    )
    return replace(results, hits=tuple(hits))
