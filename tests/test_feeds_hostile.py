"""Whatever comes as a feed: nothing but PageError, whole entries kept, nothing believed that is not true."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import PageError
from bot.failures import NotAFeed
from bot.feeds.reading import read_feed
from tests.feedmaker import MUTATIONS, made
from tests.fuzzing import NOW, faults


@pytest.mark.parametrize("first", range(0, 1_000, 100))
def test_generated_and_broken_feeds(first: int) -> None:
    found = {seed: wrong for seed in range(first, first + 100) if (wrong := faults(seed))}
    assert not found


def test_the_thousand_holds_every_kind() -> None:
    kinds = [made(seed).kind for seed in range(1_000)]
    assert all(kinds.count(kind) >= 50 for kind in MUTATIONS)


def test_files_and_entities_stay_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("swordfish")
    data = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY s SYSTEM "{secret.as_uri()}"><!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss version="2.0"><channel><title>&s;</title>'
        "<item><title>Ferry &s; &b;</title><description>&s;</description></item></channel></rss>"
    )
    feed = read_feed(data.encode(), url="https://herald.example/f", content_type=None, now=NOW)
    assert "swordfish" not in repr(feed)
    assert "aaaaaaaaaa" not in repr(feed)


@pytest.mark.parametrize("data", ["file:///etc/passwd", "/etc/passwd", "http://127.0.0.1:9/feed"])
def test_a_name_is_no_feed(data: str) -> None:
    with pytest.raises(NotAFeed):
        read_feed(data.encode(), url="https://herald.example/f", content_type=None, now=NOW)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000,
        b'{"version": "https://jsonfeed.org/version/1", "items": [' + b'{"a":' * 5_000,
        b"<rss" * 10_000,
        b"<rss><channel>" + b"<item>" * 20_000,
        b"<rss><channel><item><title>" + b"<![CDATA[" * 20_000,
        b"<rss>" + b"&" * 100_000,
        b"<!DOCTYPE " * 5_000,
        b'<rss xmlns="' + b" " * 200_000,
        b"<rss " + b'xmlns="' * 30_000,
    ],
)
def test_bombs_are_over_soon(data: bytes) -> None:
    start = datetime.now(UTC)
    try:
        feed = read_feed(data, url="https://herald.example/f", content_type=None, now=NOW)
    except PageError:
        pass
    else:
        assert len(feed.entries) <= 1
    assert (datetime.now(UTC) - start).total_seconds() < 4
