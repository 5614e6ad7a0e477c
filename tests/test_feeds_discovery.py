from bot.feeds.discovery import common_places, feeds_of

PAGE = b"""<!doctype html><html><head>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
<link rel="alternate" type="application/rss+xml" title="The Herald" href="/feed/">
<link rel="ALTERNATE stylesheet" type="application/atom+xml; charset=utf-8" href="//feeds.example/atom">
<link rel="alternate" type="application/feed+json" href="https://herald.example/feed.json" title="JSON">
<link rel="alternate" type="text/xml" href="/rss.xml" title="Loose">
<link rel="alternate" type="application/json" href="/wp-json/posts/1">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml" title="Twice" href="/feed/">
</head><body><p>Welcome</p></body></html>"""


def test_the_feeds_that_a_page_names() -> None:
    assert feeds_of(PAGE, "https://herald.example/news/") == [
        ("The Herald", "https://herald.example/feed/"),
        ("", "https://feeds.example/atom"),
        ("JSON", "https://herald.example/feed.json"),
        ("Loose", "https://herald.example/rss.xml"),
        ("Comments", "https://herald.example/comments/feed/"),
    ]


def test_addresses_are_relative_to_the_base() -> None:
    page = b'<base href="/paper/"><link rel=alternate type=application/rss+xml href=feed><p>x</p>'
    assert feeds_of(page, "https://herald.example/x/y") == [("", "https://herald.example/paper/feed")]


def test_pages_without_feeds() -> None:
    assert feeds_of(b"<html><body>Nothing</body></html>", "https://herald.example/") == []
    assert feeds_of(b"\x00\x01", "https://herald.example/") == []


def test_common_places_are_near_the_page_and_at_the_top() -> None:
    places = common_places("https://herald.example/blog/post")
    assert places.index("https://herald.example/blog/feed") < places.index("https://herald.example/rss.xml")
    assert len(places) == len(set(places))
