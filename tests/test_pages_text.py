import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.article import Page, Role
from bot.errors import NoHeadline, PageTooLarge, UnknownFormat
from bot.pages import MAX_PAGE, SUFFIXES, page_record, parse_record, parse_text, read_page
from bot.text import clean

_PAGES = Path(__file__).parent / "pages"
_FIRST = (
    "The ferry to the northern islands left on Wednesday, the first crossing since the strait froze over."
)
_SECOND = "It carried flour, milk and medicines. Nobody had been to the islands for three days."
_THIRD = "The next one is planned for Friday, if the wind does not turn again, the captain said."


def read(*blocks: str) -> Page:
    return parse_text("\n\n".join(blocks))


def roles(page: Page) -> list[Role]:
    return [block.role for block in page.blocks]


def test_a_page_in_the_form_is_taken_apart() -> None:
    page = read_page("harbour.txt", (_PAGES / "harbour.txt").read_bytes())
    assert page.headline == "Harbour town votes to keep its old crane: mayor"
    assert page.standfirst
    assert page.standfirst.startswith("The crane that has stood")
    assert [text[:9] for text in page.paragraphs] == ["Some 61 p", "Shipping ", "“We are a", "He did no"]
    assert [teaser.headline[:9] for teaser in page.teasers] == ["Lighthous", "Ferry to ", "Who owns "]
    assert all(teaser.text and teaser.text.endswith("...") for teaser in page.teasers)
    assert roles(page) == [
        *(Role.HEADLINE, Role.STANDFIRST, Role.REPEAT),
        *[Role.PARAGRAPH] * 4,
        Role.BOILERPLATE,
        *(Role.TEASER_HEADLINE, Role.TEASER_TEXT) * 3,
    ]


def test_a_page_with_everything_around_its_text_is_taken_apart() -> None:
    page = read_page("agency.TXT", (_PAGES / "agency.txt").read_bytes())
    assert page.headline == "Ferry runs again after three days of ice"
    assert page.byline == ("Jane Roe", "John Doe")
    assert page.published == datetime(2019, 3, 3, tzinfo=UTC)
    assert page.source == "Example Wire"
    assert page.url == "https://example.org/news/ferry"
    assert page.standfirst
    assert page.standfirst.startswith("CAPE NORTH (Example Wire) - The ferry")
    assert [text[:9] for text in page.paragraphs] == ["Newslette", "The compa", "Related c", "And the w"]
    assert page.teasers == ()
    assert roles(page) == [
        *(Role.SOURCE, Role.URL, Role.HEADLINE, Role.REPEAT, Role.BYLINE, Role.DATE, Role.CAPTION),
        *(Role.STANDFIRST, Role.PARAGRAPH, Role.BOILERPLATE, Role.SUBHEADING, Role.PARAGRAPH),
        *(Role.PARAGRAPH, Role.BOILERPLATE, Role.PARAGRAPH, Role.BYLINE, Role.DATE, Role.BOILERPLATE),
    ]


@pytest.mark.parametrize("name", ["harbour.txt", "agency.txt"])
def test_the_record_of_a_page_gives_it_back(name: str) -> None:
    page = read_page(name, (_PAGES / name).read_bytes())
    record = page_record(page)
    assert len(record["blocks"]) == len(page.blocks)
    assert record["published"] in (None, "2019-03-03T00:00:00+00:00")
    assert parse_record(json.dumps(record), 1) == replace(page, blocks=())


def test_the_order_and_the_text_of_the_blocks_are_the_files() -> None:
    page = parse_text(
        "\ufeff\r\n A \r\nheadline\r\n \u00a0\r\n\r\nSome\u00a0text, of\u00adten \u200bwrapped\r\nby hand.\r\n"
    )
    assert [block.text for block in page.blocks] == [
        "A\nheadline",
        "Some\u00a0text, of\u00adten \u200bwrapped\nby hand.",
    ]
    assert (page.headline, page.standfirst) == ("A headline", "Some text, often wrapped by hand.")
    assert all(block.why and block.why == block.why.strip(".") for block in page.blocks)


@pytest.mark.parametrize("text", ["", " \n\n\t\n", "\ufeff", "\u200b\n\n\u00ad"])
def test_an_empty_page_has_no_headline(text: str) -> None:
    with pytest.raises(NoHeadline):
        parse_text(text)


@pytest.mark.parametrize(
    "headline", ["Ferry runs again", "Newsletter", "3 March 2019", "By Jane Roe", "* * *"]
)
def test_a_headline_alone_is_a_page(headline: str) -> None:
    assert read(headline).headline == headline
    assert read(headline).standfirst is None


def test_a_page_that_opens_with_text_gets_a_headline_of_it() -> None:
    text = "The ferry left on Wednesday. " + "It carried flour, milk and medicines. " * 20
    page = read(text, _SECOND)
    assert page.headline == "The ferry left on Wednesday."
    assert page.standfirst == text.strip()
    assert page.paragraphs == (_SECOND,)
    endless = read("word " * 100)
    assert len(endless.headline) <= 150
    assert endless.headline.endswith("word…")


@pytest.mark.parametrize(
    "above", ["Advertisement", "Home > News > World", "3 March 2019", "https://example.org/a"]
)
def test_what_stands_above_the_headline_is_no_headline(above: str) -> None:
    page = read(above, "Ferry runs again", _FIRST)
    assert (page.headline, page.standfirst) == ("Ferry runs again", _FIRST)


@pytest.mark.parametrize(
    "again",
    [
        _FIRST,
        _FIRST.upper(),
        f"CAPE NORTH (Reuters) - {_FIRST}",
        "The ferry to the northern islands left on Wednesday",
    ],
)
def test_a_repeated_standfirst_is_kept_once(again: str) -> None:
    page = read("Ferry runs again", _FIRST, again, _SECOND)
    assert (page.standfirst, page.paragraphs) == (_FIRST, (_SECOND,))
    assert roles(page)[2] is Role.REPEAT


def test_a_standfirst_that_the_next_paragraph_completes_is_replaced() -> None:
    page = read("Ferry runs again", _FIRST[:60] + "...", _FIRST, _SECOND)
    assert (page.standfirst, page.paragraphs) == (_FIRST, (_SECOND,))
    assert roles(page)[1] is Role.REPEAT


def test_a_paragraph_that_says_more_than_the_standfirst_stays() -> None:
    more = f"{_FIRST} {_SECOND}"
    assert read("Ferry runs again", _FIRST, more).paragraphs == (more,)


@pytest.mark.parametrize(
    "standfirst", ["No crossing had been possible for three days", "At last!", "The ice: an overview"]
)
def test_a_standfirst_needs_no_full_stop(standfirst: str) -> None:
    page = read("Ferry runs again after a week", standfirst, _FIRST, _SECOND)
    assert (page.standfirst, page.paragraphs) == (standfirst, (_FIRST, _SECOND))


def test_subheadings_and_kickers_are_no_paragraphs() -> None:
    page = read("Ferry runs again", "Northern Islands news", _FIRST, _SECOND, "More food, less wine", _THIRD)
    assert (page.standfirst, page.paragraphs) == (_FIRST, (_SECOND, _THIRD))
    assert roles(page).count(Role.SUBHEADING) == 1


@pytest.mark.parametrize(
    "paragraph",
    [
        "He did not elaborate.",
        "“No.”",
        "Why now?",
        "Newsletter writers have had a good year.",
        "Related charges against two men were dropped.",
        "Most read the letter twice before they answered.",
        "Share prices fell at once.",
        "Watch what they do, not what they say.",
        "Photographs of the ship were shown to the court.",
        "Published studies say otherwise.",
        "Updated figures are expected on Monday.",
        "By Wednesday the strait was open.",
        "Source of the fire was a candle, the captain said.",
        "And then there was silence...",
        "“Nobody knows how this ends…” he said.",
        "She paused… and then she laughed.",
        "Sign up for the scheme opened on Monday, the ministry said.",
        "The next steps are:",
        "• Item one of the list",
        "and a line that an editor broke",
        "3 March 2019 was the coldest day of the year.",
        "Reuters reported the same.",
    ],
)
@pytest.mark.parametrize("teased", [True, False])
def test_real_paragraphs_stay(paragraph: str, teased: bool) -> None:
    tail = ["Newsletter", "A headline of several words", f"{_FIRST[:80]}..."] if teased else []
    middle = read("Ferry runs again", _FIRST, _SECOND, paragraph, _THIRD, *tail)
    assert middle.paragraphs == (_SECOND, paragraph, _THIRD)
    last = read("Ferry runs again", _FIRST, _SECOND, _THIRD, paragraph, *tail)
    assert last.paragraphs == (_SECOND, _THIRD, paragraph)
    assert len(last.teasers) == len(middle.teasers) == teased


@pytest.mark.parametrize(
    ("block", "role"),
    [
        ("Newsletter", Role.BOILERPLATE),
        ("ADVERTISEMENT", Role.BOILERPLATE),
        ("Also read: Lighthouse keeper finds message in a bottle", Role.BOILERPLATE),
        ("READ | Lighthouse keeper finds message in a bottle", Role.BOILERPLATE),
        ("Share this article", Role.BOILERPLATE),
        ("Facebook Twitter WhatsApp", Role.BOILERPLATE),
        ("Sign up for our daily newsletter.", Role.BOILERPLATE),
        ("Get the day’s top stories in your inbox!", Role.BOILERPLATE),
        ("Download our app to read on the go.", Role.BOILERPLATE),
        ("This story has been published from a wire agency feed without modifications.", Role.BOILERPLATE),
        ("© 2019 Example News", Role.BOILERPLATE),
        ("* * *", Role.BOILERPLATE),
        ("Photo: Reuters", Role.CAPTION),
        ("(AP Photo/Jane Roe)", Role.CAPTION),
        ("The ferry at the quay on Wednesday. REUTERS/Jane Roe", Role.CAPTION),
        ("In this March 3, 2019 photo, the ferry lies at the quay.", Role.CAPTION),
        ("(Reporting by Jane Roe; Editing by John Doe)", Role.BYLINE),
        ("5 hours ago", Role.DATE),
        ("https://example.org/a", Role.URL),
    ],
)
def test_furniture_is_told_wherever_it_stands(block: str, role: Role) -> None:
    page = read("Ferry runs again", _FIRST, _SECOND, block, _THIRD)
    assert page.paragraphs == (_SECOND, _THIRD)
    assert roles(page)[3] is role
    assert read("Ferry runs again", _FIRST, _SECOND, _THIRD, block).paragraphs == (_SECOND, _THIRD)


@pytest.mark.parametrize(
    ("block", "byline", "source"),
    [
        ("By Jane Roe", ("Jane Roe",), None),
        ("BY JANE ROE AND JOHN DOE", ("JANE ROE", "JOHN DOE"), None),
        ("By Jane Roe and John Doe, Reuters", ("Jane Roe", "John Doe"), "Reuters"),
        ("By Jane Roe, Political Correspondent", ("Jane Roe",), None),
        ("By Our Correspondent", ("Our Correspondent",), None),
        ("By Jane Roe in Cape North", ("Jane Roe",), None),
        ("Written by Benjamin van der Berg", ("Benjamin van der Berg",), None),
        ("By: Reuters | Cape North | Updated: March 3, 2019 8:43:41 pm", ("Reuters",), "Reuters"),
        ("Jane Roe, Reuters", ("Jane Roe",), "Reuters"),
        ("Jane Roe | The Example Times | 3 March 2019", ("Jane Roe",), "The Example Times"),
        ("Jane Roe", ("Jane Roe",), None),
        ("BBC News", (), "BBC News"),
        ("Source: Example Wire", (), "Example Wire"),
        ("Newsdesk Demo | Published: 3 March 2019", (), "Newsdesk Demo"),
        ("Morning Harbour | Published: 3 March 2019", (), "Morning Harbour"),
        ("Cape North, 3 March 2019", (), None),
    ],
)
def test_who_wrote_it_and_for_whom_is_read(block: str, byline: tuple[str, ...], source: str | None) -> None:
    for page in (
        read("Ferry runs again", block, _FIRST, _SECOND),
        read("Ferry runs again", _FIRST, block, _SECOND),
    ):
        assert (page.byline, page.source) == (byline, source)
        assert (page.standfirst, page.paragraphs) == (_FIRST, (_SECOND,))


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["3 March 2019"], 3),
        (["Published: 3 March 2019"], 3),
        (["Updated March 4, 2019 6:02 pm IST"], 4),
        (["Updated: 4 March 2019", "Published: 3 March 2019"], 3),
        (["Published: 3 March 2019 | Updated: 4 March 2019"], 3),
        (["Posted on March 3, 2019 by Jane Roe"], 3),
        (["03/04/2019"], None),
        (["Published: soon"], None),
        (["3 March 1719"], None),
    ],
)
def test_when_it_was_published_is_read_or_left_open(lines: list[str], day: int | None) -> None:
    page = read("Ferry runs again", *lines, _FIRST, _SECOND)
    assert (page.published.day if page.published else None) == day
    assert (page.standfirst, page.paragraphs) == (_FIRST, (_SECOND,))


def test_dates_and_addresses_inside_a_story_are_its_own() -> None:
    page = read("Ferry runs again", _FIRST, _SECOND, "3 March 2019", "https://example.org/map", _THIRD)
    assert (page.published, page.url, page.paragraphs) == (None, None, (_SECOND, _THIRD))
    labelled = read("Ferry runs again", _FIRST, _SECOND, "Published: 3 March 2019", _THIRD)
    assert labelled.published == datetime(2019, 3, 3, tzinfo=UTC)
    below = read("Ferry runs again", _FIRST, _SECOND, _THIRD, "3 March 2019", "https://example.org/ferry")
    assert (below.published, below.url) == (labelled.published, "https://example.org/ferry")


def test_the_dateline_names_the_source_only_if_nothing_else_does() -> None:
    text = f"CAPE NORTH (Reuters) - {_FIRST}"
    assert read("Ferry runs again", text).source == "Reuters"
    assert read("Ferry runs again", text).standfirst == text
    assert read("Ferry runs again", _SECOND, text).source == "Reuters"
    assert read("Ferry runs again", "Source: Example Wire", text).source == "Example Wire"


def test_particulars_may_share_a_block_with_one_another_and_with_the_headline() -> None:
    page = read("Ferry runs again\nBy Jane Roe\n3 March 2019", "Source: Example Wire\nLanguage: en", _FIRST)
    assert (page.headline, page.byline, page.source) == ("Ferry runs again", ("Jane Roe",), "Example Wire")
    assert (page.language, page.published) == ("en", datetime(2019, 3, 3, tzinfo=UTC))


def test_a_file_without_blank_lines_is_read_line_by_line() -> None:
    page = parse_text(
        f"Ferry runs again\n{_FIRST}\n{_SECOND}\nNewsletter\nA headline of several words\nThe first..."
    )
    assert (page.standfirst, page.paragraphs, len(page.teasers)) == (_FIRST, (_SECOND,), 1)


def test_names_decide_the_format() -> None:
    assert {".txt", ".text"} <= SUFFIXES
    for name in ("a.txt", "A.TEXT", "README", "folder.d/page.txt"):
        assert read_page(name, b"Ferry runs again").headline == "Ferry runs again"
    with pytest.raises(UnknownFormat) as raised:
        read_page("a.PDF", b"Ferry runs again")
    assert raised.value.params == {"suffix": ".pdf"}


def test_a_page_has_a_largest_size() -> None:
    assert read_page("a.txt", b"word " * (MAX_PAGE // 5)).headline
    with pytest.raises(PageTooLarge):
        read_page("a.txt", b"x" * (MAX_PAGE + 1))


_BLOCKS = st.sampled_from(
    [
        *(_FIRST, _SECOND, _FIRST[:80] + "...", "Newsletter", "Also read: A", "By Jane Roe", "3 March 2019"),
        *(
            "A headline of several words",
            "Why now?",
            "In the U.S.",
            "https://example.org/",
            "…",
            "* * *",
            "1",
        ),
        *("You may unsubscribe. We are here.", "One\ntwo", "One...\ntwo...", "Source: A\nURL: b", "• one"),
        *("Jane Roe", "Most read", "A", "ferry:"),
    ]
)


@given(st.lists(st.one_of(_BLOCKS, st.text(max_size=60)), max_size=20).map("\n\n".join))
def test_every_page_is_read_or_has_no_headline(text: str) -> None:
    try:
        page = parse_text(text)
    except NoHeadline:
        return
    assert page.headline
    kept = {Role.PARAGRAPH: len(page.paragraphs), Role.TEASER_HEADLINE: len(page.teasers)}
    assert {role: roles(page).count(role) for role in kept} == kept
    assert roles(page).count(Role.STANDFIRST) == (page.standfirst is not None)
    # Nothing of the file is lost, and nothing is added to it.
    assert clean("".join(block.text for block in page.blocks)).replace(" ", "") == clean(text).replace(
        " ", ""
    )
