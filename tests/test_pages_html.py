"""HTML pages: which words are the story's, and which links are other stories."""

import json
import logging
import time
from collections.abc import Sequence
from contextlib import suppress

import pytest

from bot.article import Page, Role
from bot.errors import NoHeadline, NoStory, NotText, PageError
from bot.pages import page_record, parse_record, read_page
from tests.ferry_page import BODY, HEAD, HEADLINE, LINKS, OTHERS, P1, P2, P3, P4, TEXT, article, read


def text_of(page: Page) -> list[str]:
    return [*([page.standfirst] if page.standfirst else []), *page.paragraphs]


def roles(page: Page, role: Role) -> list[str]:
    return [block.text for block in page.blocks if block.role is role]


def teased(page: Page) -> dict[str | None, str]:
    return {teaser.url: teaser.headline for teaser in page.teasers}


def items(links: Sequence[str]) -> str:
    return "".join(f"<li>{link}</li>" for link in links)


def test_a_page_is_read() -> None:
    page = read(article(BODY))
    assert (page.headline, page.standfirst, page.paragraphs) == (HEADLINE, None, TEXT)
    assert (page.url, page.source, page.language) == (
        "https://news.example/2024/ferry",
        "Example Times",
        "en",
    )
    assert (page.published, page.byline, page.image, page.teasers) == (None, (), None, ())
    assert [block.role for block in page.blocks] == [Role.HEADLINE, *[Role.PARAGRAPH] * 4]
    assert all(block.why for block in page.blocks)


@pytest.mark.parametrize(
    "lead",
    [
        f'<div class="teaser"><p>{P1}</p></div>',
        f'<p class="article-teaser">{P1}</p>',
        f'<section id="teaser"><div class="teaser-text">{P1}</div></section>',
        f'<p class="widget-text">{P1}</p>',
    ],
)
def test_a_lead_is_kept_whatever_its_class_is_called(lead: str) -> None:
    rest = "".join(f"<p>{text}</p>" for text in TEXT[1:])
    assert text_of(read(article(lead, f'<div class="body">{rest}</div>'))) == list(TEXT)


@pytest.mark.parametrize("name", ["slideshow", "expandable", "viewport", "meta-text", "embed-box", "options"])
def test_a_paragraph_among_paragraphs_is_kept_whatever_its_class_is_called(name: str) -> None:
    body = f'<p>{P1}</p><p>{P2}</p><div class="{name}"><p>{P3}</p></div><p>{P4}</p>'
    assert text_of(read(article(body))) == list(TEXT)


def test_a_standfirst_stands_between_headline_and_text() -> None:
    standfirst = "A boat is back, and so are its passengers"
    page = read(article(f'<p class="dek">{standfirst}</p><p>By Jane Roe</p>', BODY))
    assert (page.standfirst, page.paragraphs) == (standfirst, TEXT)
    apart = read(
        article(f"<div><p>{standfirst}, the port authority says</p></div><time>3 May 2024</time>", BODY)
    )
    assert (apart.standfirst, apart.paragraphs) == (f"{standfirst}, the port authority says", TEXT)


def test_what_stands_around_the_text_is_told_apart() -> None:
    page = read(
        '<nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>'
        + article(
            "<p>By Jane Roe</p><p>Published: 3 May 2024</p><p>4 min read</p>",
            "<figure><img src=a.jpg><figcaption>The ferry at its pier on Monday morning.</figcaption></figure>",
            BODY,
            f"<p>{P1}</p>",
            "<p>Sign up for our newsletter.</p>",
            '<div class="tags"><a href="/tags/ferries">Ferries</a></div>',
        )
        + '<section id="comments"><p>What a lovely ship, I have travelled on it a hundred times or more.</p></section>'
        "<footer><p>Example Times is published by Example Media, who have been printing it since 1901.</p></footer>"
    )
    assert page.paragraphs == TEXT
    assert roles(page, Role.BYLINE) == ["By Jane Roe"]
    assert roles(page, Role.DATE) == ["Published: 3 May 2024"]
    assert roles(page, Role.CAPTION) == ["The ferry at its pier on Monday morning."]
    assert roles(page, Role.REPEAT) == [P1]
    assert roles(page, Role.BOILERPLATE) == ["4 min read", "Sign up for our newsletter."]


def test_subheadings_lists_quotations_and_tables_are_text() -> None:
    page = read(
        article(
            f"<p>{P1}</p><h2>What was repaired</h2><ul><li>Both engines</li><li>The hull</li></ul><p>{P2}</p>"
            f"<blockquote>{P3}</blockquote><table><tr><th>Day</th><th>Trips</th></tr><tr><td>Monday</td><td>12</td></tr></table>"
            f"<p>{P4}</p>"
        )
    )
    repairs = ("What was repaired", "Both engines", "The hull")
    assert page.paragraphs == (P1, *repairs, P2, P3, "Day | Trips", "Monday | 12", P4)
    assert roles(page, Role.SUBHEADING) == ["What was repaired"]


def test_a_page_without_paragraph_elements_is_read_at_its_line_breaks() -> None:
    page = read(f"<h1>{HEADLINE}</h1><div>{'<br><br>'.join(TEXT)}</div>")
    assert page.paragraphs == TEXT


def test_marks_of_footnotes_and_what_only_screen_readers_say_are_left_out() -> None:
    noted = P1.replace("repairs", 'repairs<sup><a href="#n1">[1]</a></sup>')
    spoken = P2.replace("hull", 'hull<span class="sr-only"> (opens in a new window)</span>')
    assert read(article(f"<p>{noted}</p><p>{spoken}</p><p>{P3}</p><p>{P4}</p>")).paragraphs == TEXT


def test_hidden_text_is_none_of_the_story() -> None:
    hidden = '<div style="display: none"><p>Readers of our other edition find the timetable of all ships there.</p></div>'
    assert read(article(BODY, hidden)).paragraphs == TEXT


@pytest.mark.parametrize(
    "after",
    [
        f"<h3>More on this story</h3><ul>{items(LINKS)}</ul>",
        f"<ul>{items(LINKS)}</ul>",
        f'<div class="related-stories">{"".join(f"<div><h4>{link}</h4></div>" for link in LINKS)}</div>',
        "".join(f"<p>Read more: {link}</p>" for link in LINKS),
        f"</article><aside class='sidebar'><h2>Most read</h2><ol>{items(LINKS)}</ol></aside><article>",
        f'</article><section id="recommended">{"".join(f"<article>{link}</article>" for link in LINKS)}</section><article>',
    ],
)
def test_related_links_after_the_story_are_teasers_and_no_text(after: str) -> None:
    page = read(article(BODY, after))
    assert page.paragraphs == TEXT
    assert list(teased(page).items()) == list(OTHERS.items())


@pytest.mark.parametrize(
    "box",
    [
        f'<aside class="related-box"><h4>Related</h4>{LINKS[0]}</aside>',
        f"<p><strong>Read more:</strong> {LINKS[0]}</p>",
        f"<p>{LINKS[0]}</p>",
        f'<div data-x="1" class="c-recommendation"><a href="/2024/bridge"><img src="b.jpg"><span>{OTHERS["https://news.example/2024/bridge"]}</span></a></div>',
    ],
)
def test_related_links_within_the_story_are_teasers_and_no_text(box: str) -> None:
    page = read(article(f"<p>{P1}</p><p>{P2}</p>{box}<p>{P3}</p><p>{P4}</p>"))
    assert text_of(page) == list(TEXT)
    assert list(teased(page).items()) == list(OTHERS.items())[:1]


def test_teasers_keep_the_order_of_the_page_and_their_first_words() -> None:
    cards = "".join(
        f"<div class=card><img src=x.jpg><h3>{link}</h3><p>Some first words of story {number}, cut off here …</p>"
        "<time>3 May 2024</time></div>"
        for number, link in enumerate(LINKS[1:])
    )
    box = f'<aside class="related"><a href="/2024/bridge#top">{OTHERS["https://news.example/2024/bridge"]}</a></aside>'
    page = read(article(f"<p>{P1}</p>{box}<p>{P2}</p><p>{P3}</p><p>{P4}</p>") + f"<section>{cards}</section>")
    assert text_of(page) == list(TEXT)
    assert list(teased(page).items()) == list(OTHERS.items())
    assert [teaser.text for teaser in page.teasers] == [
        None,
        "Some first words of story 0, cut off here …",
        "Some first words of story 1, cut off here …",
    ]
    assert page.published is None


def test_links_that_lead_to_no_story_of_the_house_are_no_teasers() -> None:
    foreign = [
        '<a href="https://ads.test/x">You will not believe what this doctor says</a>',
        '<a href="/tags/ships">All that we wrote about ships</a>',
        '<a href="javascript:void(0)">Open the comments of this page</a>',
        '<a href="http://[bad/x">An address that nobody can read</a>',
        '<a href="mailto:desk@news.example">Write to the desk of this paper</a>',
        f'<a href="/2024/ferry">{HEADLINE}</a>',
        '<a href="#top">Go back to the page’s beginning</a>',
    ]
    assert read(article(BODY) + f'<div class="outbrain"><ul>{items(foreign)}</ul></div>').teasers == ()
    crossing = P2.replace("Crews", f"Crews of the {LINKS[0]}")
    within = read(article(f"<p>{P1}</p><p>{crossing}</p><p>{P3}</p>"))
    assert within.teasers == ()
    assert OTHERS["https://news.example/2024/bridge"] in within.paragraphs[1]


def test_links_within_the_site_are_teasers_even_where_its_address_is_unknown() -> None:
    page = read(article(BODY, f"<ul>{items(LINKS)}</ul>"), "")
    assert [(teaser.headline, teaser.url) for teaser in page.teasers] == [
        (text, None) for text in OTHERS.values()
    ]


def test_a_list_of_links_that_the_story_goes_on_after_is_not_its_end() -> None:
    page = read(article(f"<p>{P1}</p><ul>{items(LINKS[:2])}</ul><p>{P2}</p><p>{P3}</p><p>{P4}</p>"))
    assert page.paragraphs == TEXT
    assert len(page.teasers) == 2


@pytest.mark.parametrize("name", ["robots", "googlebot", "Googlebot-News"])
def test_of_a_page_that_asks_not_to_be_archived_only_headline_lead_and_link_are_kept(name: str) -> None:
    head = f'{HEAD}<meta name="{name}" content="index, NOARCHIVE"><meta name="author" content="Jane Roe">'
    body = article(f'<p class="standfirst">{P1}</p><p>{P2}</p><p>{P3}</p><ul>{items(LINKS)}</ul>')
    page = read(body, head)
    assert (page.headline, page.standfirst, page.url) == (HEADLINE, P1, "https://news.example/2024/ferry")
    assert (page.paragraphs, page.teasers, page.byline, page.image) == ((), (), (), None)
    assert [block.text for block in page.blocks] == [HEADLINE, P1]
    assert read(body, head, whole=True) == read(body, head.replace("NOARCHIVE", "max-snippet:9"))
    no_standfirst = read(article(BODY), head)
    assert text_of(no_standfirst) == [P1]


def test_a_record_of_a_page_gives_it_back() -> None:
    page = read(article(BODY, f"<ul>{items(LINKS)}</ul>"))
    again = parse_record(json.dumps(page_record(page)), 1)
    assert (again.headline, again.paragraphs, again.teasers) == (page.headline, page.paragraphs, page.teasers)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotText),
        (b"\x00\x01\x02" * 200, NotText),
        (b"%PDF-1.7 <html>", NotText),
        (b"<html></html>", NoHeadline),
        (b"<<<>>><//<!", NoHeadline),
        (
            b"<html><head><title>App</title></head><body><div id=root></div><script>let a = 1</script></body>",
            NoStory,
        ),
        (b"<html><head><title>App</title></head><body><noscript>Enable scripts.</noscript></body>", NoStory),
    ],
)
def test_what_is_no_story_is_refused_with_a_sentence(data: bytes, error: type[PageError]) -> None:
    with pytest.raises(error) as raised:
        read_page("page.html", data)
    assert str(raised.value).endswith(".")


def test_nothing_is_printed_or_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO):
        read(article(BODY))
        with pytest.raises(NoStory):
            read_page("page.html", b"<html><title>App</title><div></div>")
    assert (caplog.text, *capfd.readouterr()) == ("", "", "")


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + P1 + "</div>" * 20_000,
        article(*["<p>word word</p>"] * 100_000),
        article(*[f"<li>{LINKS[0]}</li>"] * 20_000),
        article("<b>" * 100_000),
        article("<table><tr><td>" * 30_000),
        article("word<br>" * 100_000),
        article(f"<p>{'word ' * 200_000}</p>"),
    ],
)
def test_huge_and_deep_pages_take_seconds_at_most(html: str) -> None:
    started = time.process_time()
    with suppress(PageError):
        read_page("page.html", html.encode())
    assert time.process_time() - started < 15
