"""When a feed is polled next, when it is paused, and what whoever added it is to be told. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.store.records import FeedRow

MINIMUM = timedelta(minutes=15)
"""The shortest wait between two polls, whatever the feed allows."""
USUAL = timedelta(minutes=30)
"""The wait while nothing is known of how often a feed has news."""
MAXIMUM = timedelta(days=1)
"""The longest wait, whatever the feed asks for: its news is not to be older than that."""
PATIENCE = 8
"""The part of the silence so far that is waited for again: a feed that has news every four hours is polled
every half hour, one that has news every week once a day."""
SPREAD = 0.1
"""The part of a wait that chance adds to it, so that feeds added together are not polled together."""
PAUSED_AFTER = timedelta(days=7)
PAUSED_FROM = 10
"""A feed is paused when it failed for so long, and so often: a week in which we were off tells nothing."""
GONE_FROM = 3
"""Failures after which a feed is paused of which its server says that it is gone for good."""


def after_success(
    row: FeedRow,
    now: datetime,
    *,
    news: bool = False,
    ttl: timedelta | None = None,
    max_age: timedelta | None = None,
    chance: float = 0.0,
) -> FeedRow:
    """Return what a feed is after a poll that succeeded; `news` tells whether it brought a story.

    `ttl` is what the feed asks for, `max_age` what its server does. `chance` is from 0 to 1.
    A feed that was paused for its failures goes on; one that someone paused does not.
    """
    by_hand = row.paused and row.next_poll is None
    silence = now - (row.last_new or row.added)
    usual = silence / PATIENCE if row.last_new else max(USUAL, silence / PATIENCE)
    wait = max(usual, MINIMUM, ttl or MINIMUM, max_age or MINIMUM)
    return replace(
        row,
        paused=by_hand,
        next_poll=None if by_hand else _moment(now, wait, chance),
        last_success=now,
        last_new=now if news else row.last_new,
        failures=0,
        failing_since=None,
        problem=None,
    )


def after_failure(
    row: FeedRow,
    now: datetime,
    problem: str,
    *,
    gone: bool = False,
    retry_after: timedelta | None = None,
    chance: float = 0.0,
) -> FeedRow:
    """Return what a feed is after a poll that failed; `problem` says why, as it is written down.

    Each failure doubles the wait. A feed that is paused is still tried, as seldom as can be: it may get well.
    """
    if row.paused and row.next_poll is None:
        return replace(row, problem=problem)
    failures = row.failures + 1
    since = row.failing_since or now
    enough = failures >= PAUSED_FROM and now - since >= PAUSED_AFTER
    paused = row.paused or enough or (gone and failures >= GONE_FROM)
    # Beyond some doublings the wait is the longest anyway.
    wait = MAXIMUM if paused else max(MINIMUM * 2 ** min(failures - 1, 10), retry_after or MINIMUM)
    return replace(
        row,
        paused=paused,
        next_poll=_moment(now, wait, chance),
        failures=failures,
        failing_since=since,
        problem=problem,
        told=row.told and row.paused == paused,
    )


def paused(row: FeedRow) -> FeedRow:
    """Return a feed as it is when someone paused it: not polled until they resume it."""
    return replace(row, paused=True, next_poll=None, failures=0, failing_since=None)


def resumed(row: FeedRow, now: datetime) -> FeedRow:
    """Return a feed as it is when someone resumed it: polled at once, its failures counted anew."""
    return replace(row, paused=False, next_poll=now, failures=0, failing_since=None)


def notice(row: FeedRow) -> bool | None:
    """Tell what whoever added a feed is to be told: that it is well again, that it is not (False), or nothing."""
    if row.paused and row.failing_since is not None:
        return None if row.told else False
    well = row.told and row.problem is None and not row.paused
    return True if well else None


def _moment(now: datetime, wait: timedelta, chance: float) -> datetime:
    return now + min(wait, MAXIMUM) * (1 + SPREAD * chance)
