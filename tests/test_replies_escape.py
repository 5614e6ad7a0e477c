"""Outside text in Discord: shown as written, harmless."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies import limits
from bot.replies.escape import escape, escaped, link, web_address, with_bold
from bot.text import clean

HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from("\\*_~`|<>[]()#-+@!&:/.1 \n\u202e\u200bhteps"), st.characters()),
    max_size=120,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        (
            "**bold** _it_ ~~no~~ `code` ||spoiler||",
            r"\*\*bold\*\* \_it\_ \~\~no\~\~ \`code\` \|\|spoiler\|\|",
        ),
        (
            "[one](https://a.example) [two](https://b.example)",
            r"\[one\](https:\//a.example) \[two\](https:\//b.example)",
        ),
        (
            "<@1> <@&2> <#3> <t:4:R> </x:5> <:e:6>",
            "\\<@\u200b1\\> \\<@\u200b&2\\> \\<#3\\> \\<t\\:4:R\\> \\</x:5\\> \\<\\:e:6\\>",
        ),
        ("@everyone and @here", "@\u200beveryone and @\u200bhere"),
        ("# heading", r"\# heading"),
        ("-# small", r"\-# small"),
        ("- item", r"\- item"),
        ("2020. A year", r"2020\. A year"),
        ("> quote", r"\> quote"),
        ("read https://a.example/b_c now", "read https://a.example/b_c now"),
        ("(https://a.example/b), x", "(https://a.example/b), x"),
        ("read https://a.example/b*d now", r"read https:\//a.example/b\*d now"),
        ("https://bank.example@evil.example", r"https:\//bank.example@evil.example"),
        ("steam://run/1 HTTPS://a.example", r"steam:\//run/1 HTTPS:\//a.example"),
        (":fire::100: at 10:30, said: so", r"\:fire\:\:100: at 10:30, said: so"),
        ("e" + "\u0301" * 40, "e" + "\u0301" * 4),
        ("two\nlines", "two lines"),
        ("evil \u202etxt.exe", "evil txt.exe"),
    ],
)
def test_what_outside_text_becomes(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(HOSTILE)
def test_nothing_special_is_left_live(text: str) -> None:
    shown = escape(text)
    outside_addresses = re.sub(r"https?://\S+", "", shown)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*~`|<>\[\]]", outside_addresses)
    assert "@everyone" not in shown
    assert "@here" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*\]\(", shown)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\n]", shown)


@given(HOSTILE)
def test_a_reader_sees_what_was_written(text: str) -> None:
    seen = re.sub(r"\\([\\*_~`|<>\[\]#+.:-])", r"\1", escape(text)).replace("@\u200b", "@")
    assert seen == clean(text)


@given(HOSTILE, st.integers(min_value=8, max_value=100))
def test_escaped_text_keeps_to_its_limit(text: str, limit: int) -> None:
    assert limits.length(escaped(text, limit)) <= limit


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://news.example/a b", "https://news.example/a%20b"),
        ("https://news.example/a(b)", "https://news.example/a%28b%29"),
        ("http://news.example/?q=1&r=2#s", "http://news.example/?q=1&r=2#s"),
        ("http://müller.example/ä", "http://xn--mller-kva.example/%C3%A4"),
        ("https://news.example:8080/x", "https://news.example:8080/x"),
        ("https://news.example/@everyone/@42/@ana", "https://news.example/%40everyone/%4042/@ana"),
        ("https://news.example:99999/x", None),
        ("https://a..example/", None),
        ("https://-.example/", None),
        ("https://__x__.example/", None),
        ("https://news.example/\u202ex", None),
        ("javascript:alert(1)", None),
        ("https://user:secret@news.example/", None),
        ("https://", None),
        ("https://[bad", None),
        ("https://news.example/" + "a" * 600, None),
        ("", None),
        (None, None),
    ],
)
def test_which_addresses_are_linked(url: str | None, kept: str | None) -> None:
    assert web_address(url) == kept


def test_a_headline_is_linked_only_where_the_link_cannot_mislead() -> None:
    assert link("Syria", "https://news.example/1") == "[Syria](https://news.example/1)"
    assert link("see https://bank.example", "https://news.example/1") == "see https://bank.example"
    assert link("Syria", "ftp://news.example/1") == "Syria"


@pytest.mark.parametrize(
    ("headline", "matched", "shown"),
    [
        ("Foreign forces out of Syria", {"syria"}, "Foreign forces out of **Syria**"),
        ("Syria’s long war", {"syria"}, "**Syria**’s long war"),
        ("São Paulo *floods*", {"sao", "floods"}, r"**São** Paulo \***floods**\*"),
        ("Nothing here", {"syria"}, "Nothing here"),
    ],
)
def test_the_words_that_matched_are_bold(headline: str, matched: set[str], shown: str) -> None:
    assert with_bold(headline, frozenset(matched), 180) == shown


def test_bold_never_breaks_the_limit() -> None:
    headline = "Syria " * 40
    assert limits.length(with_bold(headline, frozenset({"syria"}), 180)) <= 180
