"""Feeds of all kinds, as their makers write them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.failures import NotAFeed
from bot.feeds.reading import MAX_ENTRIES, MAX_KEY, Entry, Feed, read_feed
from tests.feedmaker import rss

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://herald.example/feeds/all.xml"
LONG = " ".join(["The council met again on Monday to speak about the bridge."] * 20)

RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>The &amp; Herald</title>
<link>https://herald.example/</link><language>en-gb</language><ttl>45</ttl>
<item><title>Ferry &amp;amp; harbour</title><link>https://feeds.example/r/1</link><guid isPermaLink="false">h-1</guid>
<feedburner:origLink>https://herald.example/1</feedburner:origLink><dc:creator>By Jane Roe and John Doe</dc:creator>
<pubDate>Mon, 04 May 2026 10:00:00 +0200</pubDate><media:content url="/pictures/1.jpg" medium="image"/>
<description>A ferry ran aground. Nobody was hurt.</description>
<content:encoded><![CDATA[<p>The harbour was closed for two hours on Monday.</p><ul><li>All boats wait.</li></ul>
<figure><img src="x.png"><figcaption>The harbour at dawn</figcaption></figure>
<p>Pilots brought it back.</p><p>The post <a href="/1">Ferry &amp;amp; harbour</a> appeared first on <a href="/">The &amp; Herald</a>.</p>
<p>Sign up for our newsletter.</p>]]></content:encoded></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-AT" xml:base="https://kurier.example/a/">
<title type="html">Der &lt;b&gt;Kurier&lt;/b&gt;</title><link href="https://kurier.example/"/>
<entry><id>urn:k:1</id><title>Hochwasser</title><link rel="enclosure" type="image/png" href="/p.png"/>
<link rel="alternate" href="1.html"/><updated>2026-05-04T09:00:00Z</updated><author><name>Eva Maier</name></author>
<summary>Der Fluss steigt weiter.</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel rdf:about="x"><title>Il Foglio</title><sy:updatePeriod>daily</sy:updatePeriod>
<sy:updateFrequency>4</sy:updateFrequency></channel>
<item rdf:about="https://foglio.example/1"><title>Il ponte</title><link>https://foglio.example/1</link>
<dc:date>2026-05-03T08:00:00+02:00</dc:date><description>Chiuso il ponte.</description></item></rdf:RDF>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Le Courrier",
    "home_page_url": "https://courrier.example/",
    "language": "fr",
    "items": [
        {
            "id": 7,
            "url": "/7",
            "title": "Le pont <ferme>",
            "content_html": "<p>Le pont ferme lundi.</p><p>Il rouvre mardi.</p>",
            "summary": "Travaux au centre.",
            "date_published": "2026-05-04T08:00:00+02:00",
            "authors": [{"name": "Anne Petit"}],
            "image": "https://courrier.example/7.jpg",
        },
        "no entry",
        {"id": "8", "content_text": "Une phrase. Une autre.\n\nEt la suite."},
    ],
}


def read(text: str | bytes, content_type: str | None = None) -> Feed:
    return read_feed(
        text if isinstance(text, bytes) else text.encode(), url=URL, content_type=content_type, now=NOW
    )


def only(text: str | bytes) -> Entry:
    (entry,) = read(text).entries
    return entry


def item(inside: str) -> str:
    return f"<rss version='2.0'><channel><title>The Herald</title><item>{inside}</item></channel></rss>"


def test_rss() -> None:
    feed = read(RSS)
    assert (feed.title, feed.site, feed.language, feed.ttl) == (
        "The & Herald",
        "https://herald.example/",
        "en",
        timedelta(minutes=45),
    )
    (entry,) = feed.entries
    page = entry.page
    assert (entry.key, entry.teaser) == ("h-1", False)
    assert page.headline == "Ferry & harbour"
    assert page.standfirst == "A ferry ran aground. Nobody was hurt."
    assert page.paragraphs == (
        "The harbour was closed for two hours on Monday.",
        "All boats wait.",
        "Pilots brought it back.",
    )
    assert page.byline == ("Jane Roe", "John Doe")
    assert page.published == datetime(2026, 5, 4, 8, tzinfo=UTC)
    assert (page.source, page.url) == ("The & Herald", "https://herald.example/1")
    assert (page.language, page.image) == ("en", "https://herald.example/pictures/1.jpg")


def test_atom() -> None:
    feed = read(ATOM)
    (entry,) = feed.entries
    assert (feed.title, entry.key, entry.teaser) == ("Der Kurier", "urn:k:1", True)
    assert (entry.page.standfirst, entry.page.paragraphs) == ("Der Fluss steigt weiter.", ())
    assert entry.page.url == "https://kurier.example/a/1.html"
    assert entry.page.image == "https://kurier.example/p.png"
    assert (entry.page.byline, entry.page.language) == (("Eva Maier",), "de")
    assert entry.page.published == datetime(2026, 5, 4, 9, tzinfo=UTC)


def test_rdf() -> None:
    feed = read(RDF)
    (entry,) = feed.entries
    assert feed.ttl == timedelta(hours=6)
    assert (entry.page.headline, entry.page.url) == ("Il ponte", "https://foglio.example/1")
    assert entry.page.published == datetime(2026, 5, 3, 6, tzinfo=UTC)


def test_json_feed() -> None:
    feed = read(json.dumps(JSON))
    first, second = feed.entries
    assert (feed.title, feed.site, feed.language, feed.dropped) == (
        "Le Courrier",
        "https://courrier.example/",
        "fr",
        1,
    )
    assert (first.key, first.page.headline, first.page.url) == (
        "7",
        "Le pont <ferme>",
        "https://herald.example/7",
    )
    assert first.page.standfirst == "Travaux au centre."
    assert first.page.paragraphs == ("Le pont ferme lundi.", "Il rouvre mardi.")
    assert (first.page.byline, first.page.image) == (("Anne Petit",), "https://courrier.example/7.jpg")
    assert second.page.headline == "Une phrase."


def test_json_that_is_cut_or_broken_keeps_its_whole_entries() -> None:
    items = [{"id": str(n), "title": f"Story {n}", "content_text": "It rained."} for n in range(4)]
    text = json.dumps({"version": "https://jsonfeed.org/version/1", "title": "T", "items": items})
    assert [entry.page.headline for entry in read(text[:-30]).entries] == ["Story 0", "Story 1", "Story 2"]
    broken = text.replace('"Story 1"', '"Story 1')
    assert [entry.page.headline for entry in read(broken).entries] == ["Story 0", "Story 2", "Story 3"]
    assert read(broken).title == "T"


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("Mon, 04 May 2026 10:00:00 GMT", datetime(2026, 5, 4, 10, tzinfo=UTC)),
        ("2026-05-04 10:00:00", datetime(2026, 5, 4, 10, tzinfo=UTC)),
        ("Tue, 05 May 2026 11:59:00 GMT", datetime(2026, 5, 5, 11, 59, tzinfo=UTC)),
        ("Tue, 05 May 2026 12:01:00 GMT", None),
        ("Sun, 31 Dec 1989 23:59:59 GMT", None),
        ("Mon, 01 Jan 1990 00:00:00 GMT", datetime(1990, 1, 1, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_are_believed_between_1990_and_tomorrow(date: str, published: datetime | None) -> None:
    assert only(item(f"<title>A</title><pubDate>{date}</pubDate>")).page.published == published


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://herald.example/a?b=1&amp;c=2", "https://herald.example/a?b=1&c=2"),
        ("/a", "https://herald.example/a"),
        ("b c.html", "https://herald.example/feeds/b%20c.html"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("ftp://herald.example/a", None),
        ("http://[::1/a", None),
        ("", None),
    ],
)
def test_addresses_are_whole_and_of_the_web(link: str, url: str | None) -> None:
    assert only(item(f"<title>A</title><link>{link}</link>")).page.url == url


@pytest.mark.parametrize(
    ("description", "standfirst", "teaser"),
    [
        ("Rain &amp;amp; wind on the coast.", "Rain & wind on the coast.", True),
        ("&lt;p&gt;Rain on the coast.&lt;/p&gt;", "Rain on the coast.", True),
        ("&amp;lt;p&amp;gt;Rain on the coast.&amp;lt;/p&amp;gt;", "Rain on the coast.", True),
        ("The council met on [&amp;#8230;]", "The council met on…", True),
        (
            "&lt;p&gt;The council met. &lt;a href='/1'&gt;Continue reading &amp;rarr;&lt;/a&gt;&lt;/p&gt;",
            "The council met.",
            True,
        ),
        (
            "&lt;p&gt;Rain.&lt;/p&gt;&lt;p&gt;The post A story appeared first on The Herald.&lt;/p&gt;",
            "Rain.",
            True,
        ),
        (
            "&lt;p&gt;Regen.&lt;/p&gt;&lt;p&gt;Der Beitrag A story erschien zuerst auf The Herald.&lt;/p&gt;",
            "Regen.",
            True,
        ),
        ("&lt;a href='/c'&gt;Comments&lt;/a&gt;", None, True),
        ("A story", None, True),
        ("Rain.&lt;script&gt;alert(1)&lt;/script&gt;", "Rain.", True),
        (LONG, None, False),
    ],
)
def test_descriptions(description: str, standfirst: str | None, teaser: bool) -> None:
    entry = only(item(f"<title>A story</title><description>{description}</description>"))
    assert (entry.page.standfirst, entry.teaser) == (standfirst, teaser)


def test_a_summary_that_its_story_repeats_is_left_out() -> None:
    story = "<content:encoded><![CDATA[<p>The council met on Monday.</p><p>It voted.</p>]]></content:encoded>"
    entry = only(item(f"<title>A</title><description>The council met on Monday.</description>{story}"))
    assert (entry.page.standfirst, entry.page.paragraphs) == (
        None,
        ("The council met on Monday.", "It voted."),
    )


def test_without_a_title_the_first_sentence_is_the_headline() -> None:
    assert only(
        item("<description>The bridge is closed. It opens on Monday.</description>")
    ).page.headline == ("The bridge is closed.")


def test_an_entry_without_words_is_dropped_alone() -> None:
    feed = read(item("<link>https://a.example/</link></item><item><title>Beside</title>"))
    assert ([entry.page.headline for entry in feed.entries], feed.dropped) == (["Beside"], 1)


@pytest.mark.parametrize(
    ("inside", "key"),
    [
        ("<guid>g-1</guid><link>https://a.example/1</link>", "g-1"),
        ("<link>https://www.a.example/1/?utm_source=rss</link>", "a.example/1"),
        ("", "A\n"),
    ],
)
def test_keys(inside: str, key: str) -> None:
    assert only(item(f"<title>A</title>{inside}")).key == key


def test_keys_are_short_and_never_shared_by_two_stories() -> None:
    twice = "<title>A</title><guid>1</guid></item><item><title>B</title><guid>1</guid>"
    assert len({entry.key for entry in read(item(twice)).entries}) == 2
    same = "<title>A</title><guid>1</guid></item><item><title>A</title><guid>1</guid>"
    assert len(read(item(same)).entries) == 1
    assert len(only(item(f"<title>A</title><guid>{'x' * 5_000}</guid>")).key) <= MAX_KEY


def test_a_cut_document_keeps_its_whole_entries() -> None:
    data = rss(*(f"Wetter in Zürich {n}" for n in range(5)))
    for end in range(data.index(b"<item>") + 1, len(data)):
        kept = read(data[:end]).entries
        assert len(kept) == data[:end].count(b"</item>")
    assert read(data[: data.rindex("ü".encode()) + 1]).entries[0].page.headline == "Wetter in Zürich 0"


@pytest.mark.parametrize(
    "fault", ["& more", "&nbsp;", "<b>", "</i>", "<x:y/>", "\x00", "&#0;", "<![CDATA[", "<", "&undone;"]
)
def test_a_bad_entry_costs_no_other(fault: str) -> None:
    text = item(
        f"<title>First</title></item><item><title>Bad {fault}</title></item><item><title>Last</title>"
    )
    headlines = [entry.page.headline for entry in read(text).entries]
    assert (headlines[0], headlines[-1]) == ("First", "Last")


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "iso-8859-1", None),
        ("utf-8", None, "text/xml; charset=iso-8859-1"),
        ("utf-8", "utf-16", "text/html"),
        ("cp1252", "utf-8", None),
        ("cp1252", "iso-8859-1", "application/octet-stream"),
        ("iso-8859-2", "iso-8859-2", None),
        ("cp1250", None, "text/xml; charset=windows-1250"),
        ("utf-16", None, None),
        ("utf-16-le", "utf-16", None),
        ("utf-8-sig", "us-ascii", None),
    ],
)
def test_encodings(encoding: str, declared: str | None, content_type: str | None) -> None:
    told = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    if encoding == "utf-16-le":
        told = told or "<?xml version='1.0'?>"
    data = (told + item("<title>Müller fährt nach Köln</title>")).encode(encoding)
    assert read(data, content_type).entries[0].page.headline == "Müller fährt nach Köln"


def test_some_damaged_bytes_do_not_change_the_encoding() -> None:
    data = rss("Zürich – Köln – Łódź – Œuvre", "Ferry 東京").replace(b"Ferry", b"F\xffrry")
    first, second = read(data).entries
    assert first.page.headline == "Zürich – Köln – Łódź – Œuvre"
    assert second.page.headline.endswith("東京")


def test_a_character_that_is_cut_off_does_not_change_the_encoding() -> None:
    data = json.dumps(
        JSON | {"items": [{"id": "1", "title": "Zürich"}, {"id": "2", "title": "東"}]}, ensure_ascii=False
    ).encode()
    (entry,) = read(data[: data.index("東".encode()) + 2]).entries
    assert entry.page.headline == "Zürich"


@pytest.mark.parametrize("space", [" ", "\xa0", "\n"])
def test_a_namespace_with_a_space_in_it_is_a_name_like_others(space: str) -> None:
    told = item("<title>A</title>").replace("<rss", f"<rss xmlns:x='http://x.example/{space}1'")
    assert only(told.replace("</title>", "</title><x:y>z</x:y>")).page.headline == "A"


@pytest.mark.parametrize(
    "text",
    [
        "<!doctype html><html><head><title>x</title></head><body><rss></rss></body></html>",
        "<html><body>Not found</body></html>",
        "",
        "just text",
        '{"items": []}',
        "[]",
        "<opml version='2.0'/>",
        "\x00\x01\x02",
    ],
)
def test_what_is_no_feed(text: str) -> None:
    with pytest.raises(NotAFeed):
        read(text)


def test_warnings_above_the_feed_are_passed_over() -> None:
    assert read("<br />\n<b>Warning</b>: undefined index\n" + item("<title>A</title>")).entries


def test_a_feed_without_entries_is_one() -> None:
    assert read("<rss version='2.0'><channel><title>New</title></channel></rss>").title == "New"


def test_long_feeds_and_headlines_are_cut() -> None:
    feed = read(rss(*(f"Story {n}" for n in range(MAX_ENTRIES + 5))))
    assert len(feed.entries) == MAX_ENTRIES
    assert len(only(item(f"<title>{LONG}</title>")).page.headline) <= 150
