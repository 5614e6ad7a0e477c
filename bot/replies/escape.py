"""Outside text made harmless: it is shown as it was written, pings nobody and formats nothing."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from bot.replies import limits
from bot.text import clean, shorten, words

MARKS = 4
"""Accents on one letter that are shown, as many as any script stacks; hundreds would cover the lines above."""
HOST = 60
"""Characters of a host's name that are shown, the last ones: whom it belongs to is told at its end."""

# An address that Discord links by itself exactly as it stands: nothing in it would need an escape elsewhere.
# Not one that was cut: it would lead elsewhere.
_ADDRESS = re.compile(r"(?<!\S)\(?https?://[^\s\\*~`|<>\[\]{}\"'@…]+(?!\S)")
# Discord's markdown, mentions <@1>, <#1>, <t:1>, </name:1>, custom emoji <:name:1>.
_SPECIAL = re.compile(r"([\\*_~`|<>\[\]])")
# What is left of an address would be linked up to the first blank, whatever stands in it.
_SCHEME = re.compile(r":(?=//)")
# Discord draws :fire: as an emoji, in messages of bots too: only the last colon before a blank is none's beginning.
_EMOJI = re.compile(r":(?=[^\s:]*:)")
# More in a row that are neither letters, digits nor blanks than there may be accents: only among these can be too many.
_MAY_BE_MARKS = re.compile(rf"[^\w\s!-~]{{{MARKS + 1},}}")
# At the start of a line: headings, quotes, lists, small print.
_LINE_START = re.compile(r"^(#{1,3}|-#?|\+|\d+\.)(?=\s|$)")
_EVERYONE = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
# A word with the vowel signs and accents that Python's \w leaves out.
_WORD = re.compile(
    r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u3099\u309a])*"
)


def escape(text: str) -> str:
    """Return one line that Discord shows as `text` was written: no formatting, mention or masked link.

    Plain http(s) addresses stay as they are, whole, so that a reader sees where they lead; where one is run
    together with anything else, it is shown but not linked.
    """
    text = _bare(text)
    parts: list[str] = []
    at = 0
    for address in _ADDRESS.finditer(text):
        parts += [_escape_plain(text[at : address.start()]), address[0]]
        at = address.end()
    parts.append(_escape_plain(text[at:]))
    return _LINE_START.sub(
        lambda start: "\\" + start[1] if not start[1][0].isdigit() else start[1][:-1] + "\\.", "".join(parts)
    )


def _escape_plain(text: str) -> str:
    return _escape_colons(_escape_marks(text))


def _escape_marks(text: str) -> str:
    return _EVERYONE.sub("@\u200b", _SPECIAL.sub(r"\\\1", text))


def _escape_colons(text: str) -> str:
    return _SCHEME.sub(r":\\", _EMOJI.sub(r"\\:", text))


def _bare(text: str) -> str:
    """Make one line of outside text, with at most MARKS accents on a letter."""
    return _MAY_BE_MARKS.sub(_thinned, clean(text))


def _thinned(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MARKS:
            kept.append(character)
    return "".join(kept)


def plain(text: str, limit: int) -> str:
    """Make a label of outside text, where nothing formats: one line of at most `limit` units, perhaps empty."""
    text = _bare(text)
    seen = any(unicodedata.category(character)[0] in "LNPS" for character in text)
    return limits.cut(text, limit) if seen else ""


def escaped(text: str, limit: int) -> str:
    """Escape text so that the result has at most `limit` characters; what is cut ends with an ellipsis."""
    text = _bare(text)
    room = limit
    while limits.length(result := escape(shorten(text, room))) > limit:
        room -= max(1, (limits.length(result) - limit) // 2)
    return result


@lru_cache(maxsize=20_000)
def _as_searched(word: str) -> tuple[str, ...]:
    return tuple(words(word))


def with_bold(text: str, matched: frozenset[str], limit: int) -> str:
    """Escape a headline with the words that a query met, given normalised, in bold type."""
    text = shorten(_bare(text), limit)
    if not matched or "://" in text:
        return escaped(text, limit)
    parts: list[str] = []
    at = 0
    for word in _WORD.finditer(text):
        if not matched.isdisjoint(_as_searched(word[0])):
            parts += [_escape_marks(text[at : word.start()]), f"**{word[0]}**"]
            at = word.end()
    result = _escape_colons("".join([*parts, _escape_marks(text[at:])]))
    return result if limits.length(result) <= limit else escaped(text, limit)


@lru_cache(maxsize=2_000)
def web_address(url: str | None) -> str | None:
    """Return an address fit for a link of ours: http or https, without blanks, brackets or credentials.

    Hosts in other scripts are written as DNS knows them (RFC 5891), so that a reader sees a look-alike. What
    would read as a mention is percent-encoded, which leads to the same page.
    """
    if not url or clean(url) != url:
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            return None
        name = _in_dns(parts.hostname)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    address = urlunsplit(parts._replace(netloc=name + port))
    address = _EVERYONE.sub("%40", quote(address, safe="/:?#@!$&*+,;=%~-._"))
    return address if len(address) <= limits.URL else None


@lru_cache(maxsize=2_000)
def _in_dns(name: str) -> str:
    """Write a host's name as DNS knows it; a store has far fewer hosts than addresses."""
    return idna.encode(name, uts46=True).decode()


def host(address: str) -> str:
    """Name the host of what `web_address` returned, without www., as a reader should see it before they click."""
    name = (urlsplit(address).hostname or "").removeprefix("www.")
    return name if len(name) <= HOST else "…" + name[1 - HOST :]


def link(text: str, url: str | None) -> str:
    """Link an escaped headline to the article's own address; where that is none, or could mislead, only the text."""
    address = web_address(url)
    # Discord shows a masked link whose text holds an address as plain text, and nothing may look like one.
    if address is None or not text or "://" in text or r":\//" in text:
        return text
    return f"[{text}]({address})"
