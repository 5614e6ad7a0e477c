"""The bytes of a saved page -> its text, in whatever encoding it was saved."""

import codecs

from charset_normalizer import from_bytes

from bot.errors import NotText

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    """Decode a page; a byte order mark decides, then UTF-8, then what a detector makes of the bytes.

    Raises NotText for binary data.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                raise NotText from None
    if b"\0" in data:
        raise NotText
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        if best is None:
            raise NotText from None
        return str(best)
