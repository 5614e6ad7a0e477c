import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.failures import NotAFeed
from bot.feeds.opml import Outline, read_opml, write_opml

LIST = """<?xml version="1.0" encoding="utf-8"?>
<opml version="1.1"><head><title>Mine</title></head><body>
  <outline text="World"><outline text="Deeper">
    <outline type="rss" text="The Herald" xmlUrl="https://herald.example/rss" htmlUrl="https://herald.example/"/>
  </outline></outline>
  <outline title="Kurier &amp; Post" text="x" xmlURL="http://kurier.example/atom"/>
  <outline text="Again" xmlUrl="https://herald.example/rss"/>
  <outline text="Bad" xmlUrl="file:///etc/passwd"/>
  <outline text="Worse" xmlUrl="javascript:alert(1)"/>
  <outline text="Nothing"/>
</body></opml>"""
HERALD = Outline(url="https://herald.example/rss", title="The Herald", site="https://herald.example/")
KURIER = Outline(url="http://kurier.example/atom", title="Kurier & Post")


def test_outlines_of_all_folders_are_read_once_and_bad_ones_passed_over() -> None:
    assert read_opml(LIST.encode()) == [HERALD, KURIER]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings(encoding: str) -> None:
    assert read_opml(LIST.encode(encoding)) == [HERALD, KURIER]


def test_a_list_that_breaks_off_keeps_what_is_there() -> None:
    assert read_opml(LIST[: LIST.index('<outline text="Again"')].encode()) == [HERALD, KURIER]


@pytest.mark.parametrize("data", [b"", b"<html><body>x</body></html>", b"\x00\x01\x02", b"{}"])
def test_what_is_none(data: bytes) -> None:
    with pytest.raises(NotAFeed):
        read_opml(data)


def test_entities_are_not_expanded() -> None:
    data = '<!DOCTYPE opml [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "aaaa">]>' + LIST.replace(
        "Herald", "&f;&a;"
    )
    assert not any("root:" in one.title or "aaaa" in one.title for one in read_opml(data.encode()))


outlines = st.builds(
    Outline,
    url=st.integers(0, 10**6).map("https://herald.example/{}?a=1&b=2".format),
    title=st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=30),
    site=st.none() | st.just("https://herald.example/"),
)


@given(st.lists(outlines, unique_by=lambda one: one.url, max_size=8))
def test_what_is_written_is_read_again(given_outlines: list[Outline]) -> None:
    assert [(one.url, one.site) for one in read_opml(write_opml("Feeds", given_outlines))] == [
        (one.url, one.site) for one in given_outlines
    ]


def test_titles_come_back() -> None:
    assert read_opml(write_opml("Feeds", [HERALD, KURIER])) == [HERALD, KURIER]
