from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.schedule import (
    GONE_FROM,
    MAXIMUM,
    MINIMUM,
    PAUSED_AFTER,
    SPREAD,
    USUAL,
    after_failure,
    after_success,
    notice,
    paused,
    resumed,
)
from bot.store.records import FeedRow
from tests.feedworld import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ROW = FeedRow(
    id=1,
    url="https://gazette.example/feed",
    key=b"k",
    title=None,
    site=None,
    full_text=True,
    added_by=7,
    added=NOON,
    take=None,
    paused=False,
    etag=None,
    modified=None,
    ttl=None,
    next_poll=NOON,
    last_success=None,
    last_new=None,
    failures=0,
    failing_since=None,
    problem=None,
    told=False,
)


def waited(row: FeedRow) -> timedelta:
    assert row.next_poll is not None
    return row.next_poll - NOON


@pytest.mark.parametrize(
    ("last_new", "asked", "wait"),
    [
        (None, {}, USUAL),
        (NOON - MINUTE, {}, MINIMUM),
        (NOON - 4 * HOUR, {}, 30 * MINUTE),
        (NOON - DAY, {}, 3 * HOUR),
        (NOON - 300 * DAY, {}, MAXIMUM),
        (NOON - MINUTE, {"ttl": HOUR}, HOUR),
        (NOON - MINUTE, {"max_age": 2 * HOUR, "ttl": HOUR}, 2 * HOUR),
        (NOON - MINUTE, {"ttl": MINUTE, "max_age": timedelta(0)}, MINIMUM),
        (NOON - DAY, {"ttl": MINUTE}, 3 * HOUR),
        (None, {"ttl": 300 * DAY}, MAXIMUM),
    ],
)
def test_the_wait_follows_the_news_and_what_the_feed_asks_for(
    last_new: datetime | None, asked: dict[str, timedelta], wait: timedelta
) -> None:
    ttl, max_age = asked.get("ttl"), asked.get("max_age")
    assert waited(after_success(replace(ROW, last_new=last_new), NOON, ttl=ttl, max_age=max_age)) == wait


def test_a_success_forgets_the_failures() -> None:
    failed = after_failure(ROW, NOON - HOUR, "It broke.")
    row = after_success(failed, NOON, news=True)
    assert (row.failures, row.failing_since, row.problem) == (0, None, None)
    assert row.last_success == row.last_new == NOON
    assert after_success(row, NOON + HOUR).last_new == NOON


def test_each_failure_doubles_the_wait_up_to_the_longest() -> None:
    row, waits = ROW, []
    for _ in range(9):
        row = after_failure(row, NOON, "It broke.")
        waits.append(waited(row))
    assert waits[:4] == [MINIMUM, 2 * MINIMUM, 4 * MINIMUM, 8 * MINIMUM]
    assert waits[-2:] == [MAXIMUM, MAXIMUM]


def test_a_server_s_wish_to_be_left_alone_is_granted_up_to_the_longest_wait() -> None:
    assert waited(after_failure(ROW, NOON, "Busy.", retry_after=3 * HOUR)) == 3 * HOUR
    assert waited(after_failure(ROW, NOON, "Busy.", retry_after=timedelta(0))) == MINIMUM
    assert waited(after_failure(ROW, NOON, "Busy.", retry_after=90 * DAY)) == MAXIMUM


def failing(row: FeedRow, times: int, every: timedelta, *, gone: bool = False) -> FeedRow:
    for number in range(times):
        row = after_failure(row, NOON + number * every, "It broke.", gone=gone)
    return row


@pytest.mark.parametrize(
    ("times", "every", "gone", "is_paused"),
    [
        (100, MINUTE, False, False),
        (3, 30 * DAY, False, False),
        (10, PAUSED_AFTER / 9, False, True),
        (9, PAUSED_AFTER / 8, False, False),
        (GONE_FROM - 1, HOUR, True, False),
        (GONE_FROM, HOUR, True, True),
    ],
)
def test_long_and_repeated_failure_pauses(times: int, every: timedelta, gone: bool, is_paused: bool) -> None:
    row = failing(ROW, times, every, gone=gone)
    assert row.paused is is_paused
    assert row.next_poll is not None, "even a paused feed may get well"
    assert notice(row) is (False if is_paused else None)


def test_a_pause_is_told_once_and_the_recovery_once() -> None:
    row = failing(ROW, 12, DAY)
    assert notice(row) is False
    row = replace(row, told=True)
    assert notice(row) is None
    row = after_failure(row, NOON + 13 * DAY, "It broke.")
    assert notice(row) is None
    row = after_success(row, NOON + 14 * DAY)
    assert not row.paused
    assert notice(row) is True
    row = replace(row, told=False)
    assert notice(row) is None
    assert notice(failing(row, 12, DAY)) is False, "and all over again"


def test_who_resumes_a_feed_learns_when_it_is_well_or_paused_again() -> None:
    row = resumed(replace(failing(ROW, 12, DAY), told=True), NOON)
    assert notice(row) is None
    assert notice(after_success(row, NOON)) is True
    assert notice(failing(row, 12, DAY)) is False


def test_what_someone_paused_is_left_alone() -> None:
    row = paused(failing(ROW, 2, HOUR))
    assert row.next_poll is None
    for later in (after_success(row, NOON), after_failure(row, NOON, "It broke.")):
        assert later.paused
        assert later.next_poll is None
        assert notice(later) is None
    assert resumed(row, NOON).next_poll == NOON


@given(
    silence=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9_000)),
    ttl=st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9_000)),
    failures=st.integers(0, 10_000),
    chance=st.floats(0, 1),
)
def test_every_wait_is_within_bounds(
    silence: timedelta, ttl: timedelta | None, failures: int, chance: float
) -> None:
    row = replace(ROW, last_new=NOON - silence, failures=failures, failing_since=NOON)
    for after in (
        after_success(row, NOON, ttl=ttl, chance=chance),
        after_failure(row, NOON, "It broke.", retry_after=ttl, chance=chance),
    ):
        assert MINIMUM <= waited(after) <= MAXIMUM * (1 + SPREAD)
