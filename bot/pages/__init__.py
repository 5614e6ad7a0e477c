"""One saved page or record -> Page. Pure: bytes and strings in, a Page or a PageError out."""

import re
from pathlib import PurePath

from bot.article import Page
from bot.errors import PageTooLarge, UnknownFormat
from bot.pages.decode import decode
from bot.pages.records import page_record, parse_record
from bot.pages.text import parse_text

__all__ = ["MAX_PAGE", "SUFFIXES", "page_record", "parse_record", "parse_text", "read_page"]

MAX_PAGE = 4 * 1024 * 1024
"""Bytes of a page. The longest articles in print have some 200 kB; beyond this it is something else."""

_TEXT = frozenset({".txt", ".text"})
_MARKUP = frozenset({".html", ".htm", ".xhtml"})
SUFFIXES = _TEXT | _MARKUP
"""The names' endings, in lower case, that are read when a folder is taken in."""

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
"""How HTML begins, whatever its file is called."""


def read_page(name: str, data: bytes, *, whole: bool = False) -> Page:
    """Read one saved page; the file's name decides its format, but a text that begins as HTML is HTML.

    Names without a suffix are text. `whole` also returns the text of pages that ask not to be archived, of
    which only headline, lead and address may be kept. Raises PageTooLarge, UnknownFormat, NotText, NoHeadline or NoStory.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix and suffix not in SUFFIXES:
        raise UnknownFormat(suffix=suffix)
    if len(data) > MAX_PAGE:
        raise PageTooLarge(size=len(data), limit=MAX_PAGE)
    if suffix in _MARKUP or _HTML.match(data):
        from bot.pages.html.page import parse_html  # noqa: PLC0415 - slow to load, and few commands need it

        return parse_html(data, whole=whole)
    return parse_text(decode(data))
