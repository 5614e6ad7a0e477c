"""One saved page or record -> Page. Pure: bytes and strings in, a Page or a PageError out."""

import re
from pathlib import PurePath

from bot.article import Page
from bot.errors import MarkedUp, PageTooLarge, UnknownFormat
from bot.pages.decode import decode
from bot.pages.records import page_record, parse_record
from bot.pages.text import parse_text

__all__ = ["MAX_PAGE", "SUFFIXES", "page_record", "parse_record", "parse_text", "read_page"]

MAX_PAGE = 4 * 1024 * 1024
"""Bytes of a page. The longest articles in print have some 200 kB; beyond this it is something else."""

SUFFIXES = frozenset({".txt", ".text"})
"""The names' endings, in lower case, that are read when a folder is taken in."""

_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)


def read_page(name: str, data: bytes) -> Page:
    """Read one saved page; the file's name decides its format.

    Names without a suffix are text. Raises PageTooLarge, UnknownFormat, NotText, MarkedUp or NoHeadline.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix and suffix not in SUFFIXES:
        raise UnknownFormat(suffix=suffix)
    if len(data) > MAX_PAGE:
        raise PageTooLarge(size=len(data), limit=MAX_PAGE)
    text = decode(data)
    if _HTML.match(text):
        raise MarkedUp
    return parse_text(text)
