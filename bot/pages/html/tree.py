"""The bytes of a saved HTML page -> its tree, and the address it was saved from."""

import codecs
import re
from itertools import islice
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]  # as above

from bot.errors import NotText
from bot.pages.address import web_address
from bot.pages.decode import decode

Element = Any
"""An element of lxml, which ships no types."""

walk = etree.iterwalk

_HEAD = 4_096
"""Bytes in which a page names its encoding. The HTML standard says 1,024; some come later."""
_CHARSET = re.compile(
    rb"(?i:<meta\b[^>]{0,200}?\bcharset|<\?xml\b[^>]{0,100}?\bencoding)\s*=\s*[\"']?\s*([\w:.+-]{2,40})"
)
_OF_PAGES = re.compile(
    r"utf-8|cp\d+|iso8859-\d+|koi8-[rut]|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*|iso2022_jp"
)
"""The encodings of pages, as Python names them; it knows others that are no character sets."""
# What browsers read under these names is more than the names say (Encoding standard, "names and labels").
_WIDER = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_EARLY_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
"""What may always be left out, and where it stands too early makes libxml2 stop; browsers read on."""
_MOST_ELEMENTS = 25_000
"""Elements of a page that are read. The longest articles have some 10,000; what is beyond is lists and comments,
and the time that reading takes grows with them."""
_SAVED_FROM = re.compile(
    r"(?i:<!--\s*(?:saved from url=\(\d+\)|page saved with singlefile\s+url:)\s*)(https?://\S+)"
)


def read_tree(data: bytes) -> tuple[Element, str | None]:
    """Return the root element, and the address that the browser which saved the page wrote into it.

    Raises NotText for what is no text. Dropped are elements beyond the first 25,000, and what is nested more
    than 255 deep (a limit of libxml2).
    """
    text = _decoded(data)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = document_fromstring(_EARLY_ENDS.sub("", text).encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise NotText from None
    _cut(root)
    saved = _SAVED_FROM.search(text[:_HEAD])
    return root, web_address(saved[1]) if saved else None


def _cut(root: Element) -> None:
    """Take off what follows the last element that is read."""
    last = next(islice(root.iter(), _MOST_ELEMENTS, None), None)
    while last is not None:
        parent = last.getparent()
        if parent is not None:
            del parent[parent.index(last) + 1 :]
        last = parent


def _decoded(data: bytes) -> str:
    """Decode a page: a byte order mark decides, then UTF-8 if it is that, then what the page declares."""
    declared = _declared(data)
    if declared is None or data.startswith(_MARKS) or _is_utf8(data):
        return decode(data)
    try:
        return decode(data.decode(declared, "replace").encode())
    except NotText:
        return decode(data)


def _declared(data: bytes) -> str | None:
    match = _CHARSET.search(data[:_HEAD])
    if match is None:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return None
    return _WIDER.get(name, name) if _OF_PAGES.fullmatch(name) else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
