"""HTML pages: headline, authors, date, source and address, from the head or as they are printed; encodings; formats."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import pages as benchmark
from bot.desk import Desk
from bot.pages import read_page
from bot.pages.html.jsonld import read_jsonld
from bot.pages.html.page import parse_html
from bot.pages.html.tree import read_tree
from bot.settings import Settings
from tests.ferry_page import BODY, HEADLINE, P1, P2, TEXT, article, document, read

MAY = datetime(2024, 5, 3, tzinfo=UTC)
STORY: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": HEADLINE,
    "datePublished": "2024-05-03T10:00:00+02:00",
    "dateModified": "2024-06-01T00:00:00Z",
    "author": {"@type": "Person", "name": "Jane Roe"},
    "publisher": {"@type": "Organization", "name": "Example Times"},
    "image": ["https://news.example/ferry.jpg", "https://news.example/other.jpg"],
    "url": "https://news.example/2024/ferry",
}
OTHER = {
    "@type": "NewsArticle",
    "headline": "Bridge opens after years of delay",
    "datePublished": "2001-01-01",
}


def ld(*values: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values)


def meta(**values: str) -> str:
    return "".join(
        f'<meta property="{key.replace("__", ":")}" content="{text}">' for key, text in values.items()
    )


@pytest.mark.parametrize(
    "values",
    [
        [STORY],
        [[OTHER, STORY, OTHER]],
        [OTHER, {"@graph": [{"@type": "WebSite", "name": "Example Times"}, STORY]}],
        [{"@type": "WebPage", "mainEntity": STORY, "datePublished": "1999-01-01"}],
        [{**STORY, "@type": ["Article", "https://schema.org/NewsArticle"]}],
        [
            {**STORY, "headline": f"{HEADLINE} &amp; on time".removesuffix(" &amp; on time")},
            "text",
            3,
            None,
            [],
        ],
        [
            {
                "@graph": [
                    {
                        **STORY,
                        "author": [{"@id": "#roe"}],
                        "publisher": {"@id": "#times"},
                        "image": {"@id": "#i"},
                    },
                    {"@id": "#roe", "@type": "Person", "name": "Jane Roe"},
                    {"@id": "#times", "@type": "NewsMediaOrganization", "name": "Example Times"},
                    {"@id": "#i", "@type": "ImageObject", "url": "https://news.example/ferry.jpg"},
                ]
            }
        ],
    ],
)
def test_json_ld_is_read_in_all_its_shapes(values: list[Any]) -> None:
    page = read(article(BODY), ld(*values))
    assert (page.headline, page.paragraphs) == (HEADLINE, TEXT)
    assert page.published == datetime(2024, 5, 3, 8, tzinfo=UTC)
    assert (page.byline, page.source) == (("Jane Roe",), "Example Times")
    assert (page.url, page.image) == ("https://news.example/2024/ferry", "https://news.example/ferry.jpg")


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Something else", "datePublished": "2001-01-01"',
        '{"@type": "NewsArticle", "headline": ["a", {"b": 1}], "author": 7, "datePublished": {"x": []}, "image": [[]]}',
        "[" * 100_000,
        "null",
        '{"@type": null, "@graph": {"@graph": [[[1]]]}}',
        '{"@type": "NewsArticle", "author": [null, "", {"name": ["", null]}], "articleBody": ["x"], "publisher": [[]]}',
    ],
)
def test_broken_json_ld_does_no_harm(script: str) -> None:
    page = read(article(BODY), f'<script type="application/ld+json">{script}</script>')
    assert (page.headline, page.paragraphs, page.byline, page.published) == (HEADLINE, TEXT, (), None)


def test_json_ld_in_a_comment_or_with_raw_line_ends_is_read() -> None:
    for before, after in (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("\n", "\n")):
        text = json.dumps(STORY).replace("Jane", "Jane\n")
        root, _ = read_tree(
            document("", f'<script type="application/ld+json">{before}{text}{after}</script>').encode()
        )
        assert read_jsonld(root, HEADLINE.__eq__).authors == ("Jane Roe",)


def test_opengraph_alone_is_enough() -> None:
    head = meta(
        og__title=f"{HEADLINE} | Example Times",
        og__site_name="Example Times",
        og__url="https://news.example/2024/ferry",
        og__image="/ferry.jpg",
        og__locale="en_GB",
        article__published_time="2024-05-03T00:00:00Z",
        article__author="https://social.test/jane",
        author="Jane Roe",
    )
    page = read(BODY, head)
    assert (page.headline, page.paragraphs, page.source) == (HEADLINE, TEXT, "Example Times")
    assert (page.url, page.image) == ("https://news.example/2024/ferry", "https://news.example/ferry.jpg")
    assert (page.published, page.byline) == (MAY, ("Jane Roe",))


@pytest.mark.parametrize(
    ("head", "body", "headline"),
    [
        ("", f"<h1>{HEADLINE}</h1>{BODY}", HEADLINE),
        (f"<title>{HEADLINE} - Example Times</title>", BODY, HEADLINE),
        (
            f"<title>Example Times: {HEADLINE}</title>{meta(og__title=HEADLINE)}",
            f"<h1>Example Times</h1>{BODY}",
            HEADLINE,
        ),
        (
            f"<title>{HEADLINE} | World | Example Times</title>",
            f"<header><h1>Example Times</h1></header>{BODY}",
            HEADLINE,
        ),
        (
            f"<title>Ferry back at work</title>{meta(og__title='Ferry back')}",
            f"<h1>Ferry back at work again</h1>{BODY}",
            "Ferry back at work again",
        ),
        (f"<title>{HEADLINE}</title>", f"<h1>{HEADLINE.upper()}</h1>{BODY}", HEADLINE),
        (
            "<title>Trains - and buses - stop</title>",
            f"<h1>Trains - and buses - stop</h1>{BODY}",
            "Trains - and buses - stop",
        ),
        (f"<title>{HEADLINE}</title>", f"<h1>First steps</h1>{BODY}<h1>Last steps</h1>", HEADLINE),
        ("", f"<div>{BODY}</div>", P1),
    ],
)
def test_the_headline_is_the_story_s_without_the_site_s_name(head: str, body: str, headline: str) -> None:
    page = read(body, head)
    assert page.headline == headline
    assert [text for text in page.paragraphs if text in TEXT] == list(TEXT)


@pytest.mark.parametrize(
    ("printed", "byline", "published"),
    [
        ("<p>By Jane Roe and John Doe</p><p>Published: 3 May 2024</p>", ("Jane Roe", "John Doe"), MAY),
        ('<p class="byline">Jane Roe</p><time datetime="2024-05-03">on Friday</time>', ("Jane Roe",), MAY),
        (
            '<span>By</span><div><a href="/authors/jane-roe">Jane Roe</a></div><p>May 3, 2024</p>',
            ("Jane Roe",),
            MAY,
        ),
        (
            '<p>Words <a rel="author" href="/x">Jane Roe</a></p><p>3 May 2024 | 4 min read</p>',
            ("Jane Roe",),
            MAY,
        ),
        ("<p>Jane Roe</p><p>May 3, 2024 – Updated May 9, 2024</p>", ("Jane Roe",), MAY),
        ('<p><a href="/category/mental-health">Mental Health</a></p><p>May 3, 2024</p>', (), MAY),
        ("<p>Written by</p><p>Jane Roe</p>", ("Jane Roe",), None),
        ("<p>3/4/2024</p>", (), None),
        ("", (), None),
    ],
)
def test_authors_and_dates_are_read_as_they_are_printed(
    printed: str, byline: tuple[str, ...], published: datetime | None
) -> None:
    page = read(article(printed, BODY))
    assert (page.byline, page.published, page.paragraphs) == (byline, published, TEXT)


def test_no_date_is_invented() -> None:
    comments = '<div class="comments"><div><time datetime="2023-01-01">1 January 2023</time><p>A comment.</p></div></div>'
    page = read(
        article("<p>It was founded on 1 May 1990.</p>", BODY, comments)
        + "<footer>© 2024 Example Times</footer>",
        ld({"@type": "WebPage", "datePublished": "2019-01-01", "dateModified": "2020-01-01"})
        + '<link rel="canonical" href="https://news.example/ferry"><meta property="og:updated_time" content="2021-01-01">',
    )
    assert page.published is None


def test_persons_come_before_houses() -> None:
    house = {"@type": "Organization", "name": "Example Times"}
    both = read(article(BODY), ld({**STORY, "author": [house, {"@type": "Person", "name": "Jane Roe"}]}))
    alone = read(article(BODY), ld({**STORY, "author": house}))
    assert (both.byline, alone.byline) == (("Jane Roe",), ("Example Times",))
    assert read(article(BODY), '<meta name="author" content="admin">').byline == ()


def test_the_address_is_that_of_the_story() -> None:
    front = '<link rel="canonical" href="https://news.example/">'
    assert read(article(BODY), front + meta(og__url="https://news.example/a")).url == "https://news.example/a"
    assert read(article(BODY), '<link rel="canonical" href="http://[bad"><base href="http://[x">').url is None
    saved = "<!DOCTYPE html>\n<!-- saved from url=(0031)https://news.example/2024/ferry -->\n"
    page = read_page("page.html", (saved + document(article(BODY), "")).encode())
    assert (page.url, page.source) == ("https://news.example/2024/ferry", "news.example")


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        (
            "iso-8859-1",
            "cp1252",
            "Le café du port a rouvert lundi après trois semaines de travaux – enfin, dit-on.",
        ),
        (
            "windows-1251",
            "cp1251",
            "Паром вернулся на линию в понедельник после трёх недель ремонта, сообщили в порту.",
        ),
        (
            "shift_jis",
            "cp932",
            "港のフェリーは三週間の修理を終えて月曜日に運航を再開したと港湾局が発表した。",
        ),
        (
            "euc-kr",
            "cp949",
            "항구의 여객선이 삼 주간의 수리를 마치고 월요일에 운항을 다시 시작했다고 항만청이 밝혔다.",
        ),
        ("gb2312", "gb18030", "港口的渡轮经过三周的维修后于星期一恢复运营，港务局在一份声明中表示。"),
        (
            "iso-8859-1",
            "utf-8",
            "Паром вернулся на линию в понедельник после трёх недель ремонта, сообщили в порту.",
        ),
        (
            "no-such-charset",
            "utf-8",
            "Le café du port a rouvert lundi après trois semaines de travaux – enfin, dit-on.",
        ),
        (
            "utf-8",
            "cp1252",
            "Le café du port a rouvert lundi après trois semaines de travaux – enfin, dit-on.",
        ),
        (
            "idna",
            "utf-16",
            "Le café du port a rouvert lundi après trois semaines de travaux – enfin, dit-on.",
        ),
    ],
)
def test_the_encoding_is_what_the_page_says_unless_it_is_not(charset: str, encoding: str, text: str) -> None:
    html = document(f"<h1>{HEADLINE}</h1><p>{text}</p>", "").replace(
        'charset="utf-8"', f'charset="{charset}"'
    )
    assert read_page("page.html", html.encode(encoding)).paragraphs == (text,)


def test_what_stands_behind_the_page_s_early_end_is_read() -> None:
    page = read(f"<nav>Home</nav></body></html>{article(BODY)}", "")
    assert page.paragraphs == TEXT


def test_a_page_that_scripts_write_is_read_from_its_head() -> None:
    told = read("<div id=root></div>", ld({**STORY, "articleBody": f"{P1}\n\n{P2}"}))
    assert (told.headline, told.standfirst, told.paragraphs) == (HEADLINE, None, (P1, P2))
    described = read("<div id=root></div>", meta(og__title=HEADLINE, og__description=P1))
    assert (described.headline, described.standfirst, described.paragraphs) == (HEADLINE, P1, ())
    assert read(f"<h1>{HEADLINE}</h1>", "").first_text == ""


@pytest.mark.parametrize("name", ["a.html", "A.HTM", "b.xhtml", "page.txt", "page"])
def test_html_is_read_whatever_it_is_called(name: str) -> None:
    for before in ("", "\ufeff", '<?xml version="1.0"?>\n', "<!-- saved by a browser -->\n"):
        assert read_page(name, (before + document(article(BODY))).encode()).paragraphs == TEXT


async def test_html_pages_are_taken_in_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ferry.html").write_text(document(article(BODY)), encoding="utf-8")
    (tmp_path / "in" / "app.htm").write_text("<html><title>App</title><div></div></html>", encoding="utf-8")
    async with Desk.open(Settings(data_dir=tmp_path / "data", seeds_dir=None)) as desk:
        reports = [report async for report in desk.ingest([tmp_path / "in"])]
    assert [(Path(report.path).name, report.outcome.value) for report in reports] == [
        ("app.htm", "rejected"),
        ("ferry.html", "added"),
    ]


def test_the_benchmark_counts_what_is_right(tmp_path: Path) -> None:
    labels = {
        "title": HEADLINE,
        "author": "Jane Roe",
        "publish_date": "2024-05-03",
        "main_content": "\n\n".join(TEXT),
    }
    (tmp_path / "a.html").write_text(document(article(BODY), ld(STORY)), encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(labels), encoding="utf-8")
    (tmp_path / "b.html").write_text(document(article(BODY), ""), encoding="utf-8")
    (tmp_path / "b.json").write_text(
        json.dumps({**labels, "author": None, "publish_date": None}), encoding="utf-8"
    )
    app = typer.Typer()
    app.command()(benchmark.main)
    ran = CliRunner().invoke(app, [str(tmp_path), "--json"])
    assert ran.exit_code == 0, ran.output
    ours, theirs = json.loads(ran.stdout)
    assert (ours["name"], theirs["name"]) == ("newsdesk", "trafilatura")
    right = ("text_f1", "in_text", "first", "title", "author", "date")
    assert [ours[key] for key in right] == [1.0] * 6
    assert ours["invented"] == 0
    assert benchmark.f1(["a", "b"], ["b", "c"]) == 0.5
    assert "newsdesk" in CliRunner().invoke(app, [str(tmp_path)]).stdout
    assert CliRunner().invoke(app, [str(tmp_path / "nothing")]).exit_code == 2


def test_reading_twice_gives_the_same() -> None:
    html = document(article(BODY), ld(STORY)).encode()
    assert parse_html(html) == parse_html(html)
