"""The bytes of a saved page -> its text, in whatever encoding it was saved."""

import codecs
import re

from charset_normalizer import CharsetMatch, CharsetMatches, from_bytes

from bot.errors import NotText
from bot.pages.alphabets import oddities

# The mark of UTF-32 begins with that of UTF-16, so it is tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_FORMATS = (b"%PDF-", b"{\\rtf")
"""How files begin that look like text and are none to read."""
_SAMPLE = 100_000
"""Bytes that the detector is shown."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_CONTROLS_BORNE = 500
"""Characters of text for each control character that is borne; of binary data every tenth is one."""
_WEIGHED = 2_000
"""Characters by which the readings of a text are compared."""
_UNREADABLE = 1_000_000
# The likelier first: of two that read a text equally well it is the one.
_ENCODINGS = (
    *("cp1252", "cp1251", "koi8_r", "cp1250", "iso8859_2", "cp932", "euc_jp", "cp949", "gb18030", "big5"),
    *("cp1253", "cp1254", "cp1256", "cp1255", "cp1257", "cp874", "cp866"),
)
_KANA = re.compile("[\u3041-\u30fe]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_WRITTEN_WITH = {"cp932": _KANA, "euc_jp": _KANA, "cp949": _HANGUL}
"""What no text in an encoding is without."""
_WESTERN = re.compile(
    "(?:[\x00-\x7f\u00a0£§©«°±·»¼½¾€‚„…‘’“”•–—™†‰‹›¡¢®]|(?<![a-z])[ÀÁÂÃÄÅÆÇÈÉÊËÍÎÏÑÓÔÖØÚÛÜŒ]"
    "|[ßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿœ])*"
)
_WESTERN_SHARE = 0.2
"""Share of letters beyond ASCII that no Western language reaches; in Greek or Russian nearly all are."""


def decode(data: bytes) -> str:
    """Decode a page; a byte order mark decides, then UTF-8, then Windows-1252, then a detector.

    Raises NotText for binary data.
    """
    if data.startswith(_OTHER_FORMATS):
        raise NotText
    text = _decoded(data)
    if "\0" in text or len(_CONTROLS.findall(text)) > 1 + len(text) // _CONTROLS_BORNE:
        raise NotText
    return text


def _decoded(data: bytes) -> str:
    try:
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                return data[len(mark) :].decode(encoding)
        if b"\0" in data:
            raise NotText
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if data.startswith(tuple(mark for mark, _ in _MARKS)):
            raise NotText from None
    return _western(data) or _detected(data)


def _western(data: bytes) -> str | None:
    """Read Windows-1252 where it makes Western text: detectors take it for its neighbours too easily."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    beyond = sum(character > "\x7f" and character.isalpha() for character in text)
    return text if beyond <= _WESTERN_SHARE * len(text) and _WESTERN.fullmatch(text) else None


def _detected(data: bytes) -> str:
    """Read text in one of the encodings that news was saved in, the one that makes words of some language.

    The detector says which of them make text at all. Of a headline's length several do.
    """
    sample = data[:_SAMPLE]
    found = {match.encoding: (_oddness(match), -match.coherence) for match in _matches(sample)}
    if not found:
        raise NotText
    best = min(_ENCODINGS, key=lambda encoding: found.get(encoding, (_UNREADABLE, 0.0)))
    return data.decode(best, errors="replace")


def _matches(sample: bytes) -> CharsetMatches:
    return from_bytes(sample, cp_isolation=list(_ENCODINGS))


def _oddness(match: CharsetMatch) -> int:
    text = str(match)[:_WEIGHED]
    written_with = _WRITTEN_WITH.get(match.encoding)
    return oddities(text) + (written_with is not None and not written_with.search(text))
