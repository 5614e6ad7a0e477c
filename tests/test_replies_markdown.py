"""Outside text seen through a parser of Discord's markdown: nothing of it formats, pings or links falsely."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.replies.escape import escape, escaped, link, with_bold
from bot.text import clean
from tests import hostile
from tests.discord_markdown import formats, links, parse, seen

COUNT = 20_000


@pytest.mark.parametrize(
    ("source", "shown", "found"),
    [
        ("plain", "plain", set()),
        ("**bold** and *it* and _it_", "bold and it and it", {"bold", "italic"}),
        ("__u__ ~~s~~ ||x||", "u s x", {"underline", "strike", "spoiler"}),
        ("`c` ``d`e``", "c d`e", {"code"}),
        ("```py\nx = 1```", "py\nx = 1", set()),
        (r"\*\*not\*\*", "**not**", set()),
        (r"*in \* it*", "in * it", {"italic"}),
        ("***both***", "both", {"bold", "italic"}),
        ("snake_case_name", "snake_case_name", set()),
        ("# head", "head", {"heading"}),
        ("#hash", "#hash", set()),
        ("-# small", "small", {"small"}),
        ("- item", "item", {"list"}),
        ("12. item", "item", {"list"}),
        ("> said", "said", {"quote"}),
        ("<@1><@!2><@&3><#4> @everyone", "<@1><@!2><@&3><#4> @everyone", {"mention"}),
        ("<t:1:R></news:2>", "<t:1:R></news:2>", {"timestamp", "command"}),
        ("<:a:1>:fire:<id:home>", "<:a:1>:fire:<id:home>", {"emoji", "navigation"}),
    ],
)
def test_the_parser_knows_discords_formats(source: str, shown: str, found: set[str]) -> None:
    # A code block over several lines is more than these cards need: it is read line by line.
    if "```" not in source:
        assert seen(source) == shown
    assert formats(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("see https://a.example/b, and", [("https://a.example/b", "https://a.example/b")]),
        ("(https://a.example/b)", [("https://a.example/b", "https://a.example/b")]),
        ("xhttps://a.example/**b**", [("https://a.example/**b**", "https://a.example/**b**")]),
        ("<https://a.example>", [("https://a.example", "https://a.example")]),
        ("[a **b** c](https://a.example)", [("a b c", "https://a.example")]),
        ("[a [b] c](<https://a.example>)", [("a [b] c", "https://a.example")]),
        ("[a](https://a.example) [b](https://b.example)", [("a", "https://a.example"), ("b", "https://b.example")]),
        (r"\[a\](https://a.example)", [("https://a.example", "https://a.example")]),
        (r"https:\//a.example", []),
        (
            "[https://bank.example](https://a.example)",
            [("https://bank.example](https://a.example)", "https://bank.example](https://a.example)")],
        ),
    ],
)  # fmt: skip
def test_the_parser_knows_discords_links(source: str, found: list[tuple[str, str]]) -> None:
    assert links(source) == found


def visible(text: str) -> str:
    """Return what a reader makes out: without what parts a ping, and without accents stacked high."""
    return re.sub("[\u0300-\u036f\u0489]{4,}", "\u0301", text.replace("\u200b", ""))


def assert_harmless(shown: str, text: str) -> None:
    assert formats(shown) == set(), text
    for label, target in links(shown):
        assert label == target, text
        assert target in clean(text), "only what was written is linked"


def test_twenty_thousand_hostile_headlines_are_shown_as_written() -> None:
    for headline in hostile.headlines(COUNT):
        shown = escape(headline)
        assert visible(seen(shown)) == visible(clean(headline)), headline
        assert_harmless(shown, headline)


def test_twenty_thousand_hostile_headlines_are_linked_to_their_own_address_alone() -> None:
    address = "https://news.example/7"
    for headline in hostile.headlines(COUNT, seed=6):
        line = f"**1.** `7` {link(with_bold(headline, frozenset({'storm', '新闻'}), 180), address)}"
        assert formats(line) <= {"bold", "code"}, headline
        for label, target in links(line):
            assert target in {address, label}, headline
            assert target == address or "://" in headline, headline
            assert "://" not in label or label == target, headline
        bold = [piece.text for piece in parse(line)[1:] if "bold" in piece.formats]
        assert all(re.search("storm|[新闻]", word, re.IGNORECASE) for word in bold), headline


@given(hostile.text)
@settings(max_examples=300)
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(escape(text), clean(text))
    assert_harmless(f"↳ {with_bold(text, frozenset(), 180)}", clean(text))


@given(hostile.text, st.integers(min_value=8, max_value=100))
def test_text_that_is_cut_is_harmless_in_any_place(text: str, limit: int) -> None:
    assume(escaped(text, limit))
    line = f"*{escaped(text, limit)} · x*\n**{escaped(text, limit)}** y"
    assert formats(line) <= {"bold", "italic"}
    assert not any(label != target for label, target in links(line))
