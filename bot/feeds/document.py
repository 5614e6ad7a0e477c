"""The bytes of a feed -> text -> XML that is well-formed, whatever was cut off or broken in it.

The declarations above the root element are left out, and entities with them: none is ever expanded or looked up.
"""

import codecs
import re
from html.entities import html5
from xml.sax.saxutils import quoteattr

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from bot.errors import NotText
from bot.failures import NotAFeed
from bot.pages.decode import decode

MAX_ENTRIES = 1_000
"""Entries of a feed that are read, the first in its order. Feeds in use have some ten to three hundred."""
_BEFORE_ROOT = 65_536
"""Characters in which the root element begins: faulty programs print their warnings above it."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # How XML begins in UTF-16 without a mark (XML 1.0, appendix F).
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.+-]{2,40})", re.IGNORECASE)
_ENCODING = re.compile(rb"\A\s*<\?xml\b[^>]{0,100}?\bencoding\s*=\s*[\"']([\w:.+-]{2,40})")
_OF_TEXT = re.compile(
    r"utf-8|cp\d+|iso8859-\d+|koi8-[rut]|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*|iso2022_jp|ascii"
)
"""Character sets, as Python names them; it knows other encodings, too."""
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
}
"""What programs mean that say the former."""
_INVALID = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids or advises against."""

_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[<>]*(?:\[.*?\]\s*)?>?", re.IGNORECASE | re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|RDF)(?=[\s>])[^<>]*>", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+)?html\b", re.IGNORECASE)
_START = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>])")
_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>")
_REFERENCE = re.compile(r"&(?:#(\d{1,8});|#[xX]([\da-fA-F]{1,8});|([a-zA-Z]\w{0,39});)?")
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][\w.-]{0,39}):[\w.-]+(?=[\s=/>])")
_DECLARED = re.compile(r"xmlns:([\w.-]+)\s*=")
_NAMESPACE = re.compile(r"""\bxmlns(?::[\w.-]{1,40})?\s{0,9}=\s{0,9}("[^"<>]{0,500}"|'[^'<>]{0,500}')""")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
"""What is meant by the prefixes that feeds forget to declare."""
_SAFE = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
}


def decode_feed(data: bytes, content_type: str | None) -> str:
    """Decode a document. What is UTF-8 is read as that, whatever is declared; else HTTP is believed, then XML.

    Bytes that are damaged or cut cost only themselves. Raises NotAFeed for what is no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _INVALID.sub("", data.decode(encoding, "replace").removeprefix("\ufeff"))
    # A character that is cut off at the end is no sign of another character set.
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data)
    lost = text.count("\ufffd")
    # A few damaged bytes among many whole characters of several bytes are still UTF-8.
    if lost and lost * 4 > sum(map(text.count, "éüñа的のاา’–")) + (len(data) - len(text)) // 2:
        text = _declared(data, content_type) or _guessed(data)
    return _INVALID.sub("", text)


def _declared(data: bytes, content_type: str | None) -> str | None:
    said = _CHARSET.search(content_type or "")
    written = _ENCODING.match(data)
    for name in (said and said[1], written and written[1].decode("ascii")):
        try:
            known = codecs.lookup(name or "").name
            if _OF_TEXT.fullmatch(known):
                return data.decode(_WIDER.get(known, known))
        except (LookupError, UnicodeDecodeError):
            continue
    return None


def _guessed(data: bytes) -> str:
    try:
        return decode(data)
    except NotText:
        return data.decode("utf-8", "replace")


def well_formed(text: str) -> tuple[bytes, int]:
    """Return a feed's XML from its root on in UTF-8, and how many entries were beyond repair.

    If it is not well-formed each entry is mended by itself, so that it costs no other; one that is cut off at
    the end is left out. Raises NotAFeed where no root element of a feed is.
    """
    declared = text.lower().find("<!doctype", 0, _BEFORE_ROOT)
    # At the first place only: where many begin and none ends, looking for the end of each takes minutes.
    if declared >= 0 and not _HTML.match(text, declared) and (whole := _DOCTYPE.match(text, declared)):
        text = text[whole.end() :]
    root = _ROOT.search(text, 0, _BEFORE_ROOT)
    if root is None or _HTML.search(text, 0, root.start()):
        raise NotAFeed
    # Of a namespace with a space in it Python's expat makes a name of too many parts.
    text = _NAMESPACE.sub(_without_spaces, text[root.start() :])
    data = text.encode()
    try:
        etree.fromstring(data, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError:
        return _mended(_with_namespaces(_with_references(text)))
    return data, 0


def _without_spaces(match: re.Match[str]) -> str:
    return match[0].removesuffix(match[1]) + "".join(match[1].split())


def _mended(text: str) -> tuple[bytes, int]:
    starts = [match.start() for match, _ in zip(_START.finditer(text), range(MAX_ENTRIES + 1), strict=False)]
    pieces: list[str] = []
    last = starts[0] if starts else len(text)
    around = text[:last]
    for start, following in zip(starts, [*starts[1:], len(text)], strict=False):
        end = _END.search(text, start, following)
        if end or following < len(text):
            pieces.append(text[start : end.end() if end else following])
        last = end.end() if end else len(text)
    root = _recovered(around + text[last:])
    if root is None:
        raise NotAFeed
    channel = next((child for child in root if _name(child) == "channel"), root)
    target = root if _name(root) in {"RDF", "feed"} else channel
    spaces = "".join(
        f" xmlns{':' + prefix if prefix else ''}={quoteattr(uri)}" for prefix, uri in root.nsmap.items()
    )
    lost = 0
    for piece in pieces:
        wrapped = _recovered(f"<entries{spaces}>{piece}</entries>")
        entry = None if wrapped is None else next(iter(wrapped), None)
        if entry is None or _name(entry) not in {"item", "entry"}:
            lost += 1
        else:
            entry.tail = None
            target.append(entry)
    return etree.tostring(root, encoding="utf-8"), lost


def _recovered(text: str) -> etree._Element | None:
    try:
        return etree.fromstring(text.encode(), etree.XMLParser(recover=True, **_SAFE))
    except etree.XMLSyntaxError:
        return None


def _name(element: etree._Element) -> str:
    # A prefix that nothing declares is left in the name.
    return re.split("[}:]", element.tag)[-1] if isinstance(element.tag, str) else ""


def _with_references(text: str) -> str:
    """Write entities of HTML as numbers, and other ampersands out; sections of CDATA stay as they are."""
    first, *others = text.split("<![CDATA[")
    made = [_REFERENCE.sub(_reference, first)]
    for part in others:
        inside, closed, outside = part.partition("]]>")
        made.append(f"<![CDATA[{inside}{closed}{_REFERENCE.sub(_reference, outside)}")
    return "".join(made)


def _reference(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if decimal or hexadecimal:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        is_fit = number < 0x110000 and not 0xD800 <= number < 0xE000 and not _INVALID.match(chr(number))
        return match[0] if is_fit else ""
    if name in _OF_XML:
        return match[0]
    if name and (characters := html5.get(f"{name};")):
        return "".join(f"&#{ord(character)};" for character in characters)
    return f"&amp;{match[0][1:]}"


def _with_namespaces(text: str) -> str:
    root = _ROOT.match(text)
    if root is None:
        return text
    used = set(_PREFIX.findall(text)) - set(_DECLARED.findall(root[0])) - {"xmlns", "xml"}
    spaces = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix, f"urn:undeclared:{prefix}")}"'
        for prefix in sorted(used)
        if prefix.isascii()
    )
    end = root.end() - (2 if root[0].endswith("/>") else 1)
    return text[:end] + spaces + text[end:]
