"""Outside text made harmless: it is shown as it was written, pings nobody and formats nothing."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from bot.replies import limits
from bot.text import clean, shorten, words

# A plain address is shown whole, as Discord links it; it ends before what a sentence puts behind it.
_ADDRESS = re.compile(r"https?://[^\s<>\"'`*_~|\\()\[\]{}]+(?:[_~()][^\s<>\"'`*_~|\\()\[\]{}.,:;!?]+)*")
# Discord's markdown, mentions <@1>, <#1>, <t:1>, </name:1>, custom emoji <:name:1>.
_SPECIAL = re.compile(r"([\\*_~`|<>\[\]])")
# At the start of a line: headings, quotes, lists, small print.
_LINE_START = re.compile(r"^(#{1,3}|-#?|\+|\d+\.)(?=\s|$)")
_EVERYONE = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


def escape(text: str) -> str:
    """Return one line that Discord shows as `text` was written: no formatting, mention or masked link.

    Plain http(s) addresses stay as they are, whole, so that a reader sees where they lead.
    """
    text = clean(text)
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
    return _EVERYONE.sub("@\u200b", _SPECIAL.sub(r"\\\1", text))


def escaped(text: str, limit: int) -> str:
    """Escape text so that the result has at most `limit` characters; what is cut ends with an ellipsis."""
    text = clean(text)
    room = limit
    while limits.length(result := escape(shorten(text, room))) > limit:
        room -= max(1, (limits.length(result) - limit) // 2)
    return result


def with_bold(text: str, matched: frozenset[str], limit: int) -> str:
    """Escape a headline with the words that a query met, given normalised, in bold type."""
    text = clean(text)
    if not matched or "://" in text:
        return escaped(text, limit)
    parts: list[str] = []
    at = 0
    for word in _WORD.finditer(text):
        if not matched.isdisjoint(words(word[0])):
            parts += [_escape_plain(text[at : word.start()]), f"**{word[0]}**"]
            at = word.end()
    result = "".join([*parts, _escape_plain(text[at:])])
    return result if limits.length(result) <= limit else escaped(text, limit)


def web_address(url: str | None) -> str | None:
    """Return an address fit for a link of ours: http or https, without blanks, brackets or credentials.

    Hosts in other scripts are written as DNS knows them (RFC 5891), so that a reader sees a look-alike.
    """
    if not url or clean(url) != url:
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            return None
        name = idna.encode(parts.hostname, uts46=True).decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    address = urlunsplit(parts._replace(netloc=name + port))
    address = quote(address, safe="/:?#@!$&*+,;=%~-._")
    return address if len(address) <= limits.URL else None


def host(address: str) -> str:
    """Name the host of what `web_address` returned, without www., as a reader should see it before they click."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def link(text: str, url: str | None) -> str:
    """Link an escaped headline to the article's own address; where that is none, or could mislead, only the text."""
    address = web_address(url)
    # Discord shows a masked link whose text holds an address as plain text.
    if address is None or "://" in text:
        return text
    return f"[{text}]({address})"
