"""An answer's body: read and unpacked piece by piece, so that it never grows beyond its limit."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator

# Both as one: zlib tells gzip and deflate by their first bytes.
ENCODINGS = "gzip, deflate"
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_PLAIN = frozenset({"", "identity"})
# zlib's manual, inflateInit2: the largest window, and 32 for either header; negative for none.
_EITHER_HEADER = zlib.MAX_WBITS + 32
_NO_HEADER = -zlib.MAX_WBITS
_GZIP = b"\x1f"
# Bytes unpacked at once, and bytes packed in which there may be hundreds of members: each takes about a millisecond, and
# then others get their turn.
_SLICE = 256 * 1024
_PART = 16 * 1024


class TooLong(Exception):
    """The body is longer than its limit, packed or unpacked."""


class NotUnpacked(Exception):
    """The body is not packed as it says, or not to its end."""


async def read_body(chunks: AsyncIterator[bytes], encoding: str, limit: int) -> bytes:
    """Read a body of at most limit bytes, packed as well as unpacked; raise TooLong or NotUnpacked."""
    encoding = encoding.strip().lower()
    if encoding not in _PACKED | _PLAIN:
        raise NotUnpacked
    packed = None if encoding in _PLAIN else _Packed()
    body = bytearray()
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > limit:
            raise TooLong
        for start in range(0, len(chunk), _PART):
            part = chunk[start : start + _PART]
            for piece in [part] if packed is None else packed.unpack(part):
                body += piece
                if len(body) > limit:
                    raise TooLong
                await asyncio.sleep(0)
            await asyncio.sleep(0)
    if packed is not None and not packed.whole:
        raise NotUnpacked
    return bytes(body)


class _Packed:
    """What was packed by gzip (one or more members after each other) or deflate (with or without zlib's header)."""

    def __init__(self) -> None:
        self._start: bytes | None = b""
        self._inflate = zlib.decompressobj(_EITHER_HEADER)

    @property
    def whole(self) -> bool:
        """Whether the end was reached, or nothing came at all."""
        return self._inflate.eof or self._start == b""

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """Yield what the next bytes hold, in slices."""
        if self._start is not None:
            data = self._start + data
            self._start = data
            if len(data) < 2:
                return
            self._start = None
            if not _has_header(data):
                self._inflate = zlib.decompressobj(_NO_HEADER)
        try:
            yield from self._unpack(data)
        except zlib.error:
            raise NotUnpacked from None

    def _unpack(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self._inflate.eof:
                # What follows the end and is no further member is padding, as browsers see it.
                if not data.startswith(_GZIP):
                    return
                self._inflate = zlib.decompressobj(_EITHER_HEADER)
            piece = self._inflate.decompress(data, _SLICE)
            if piece:
                yield piece
            if self._inflate.eof:
                data = self._inflate.unused_data
            elif piece:
                data = self._inflate.unconsumed_tail
            else:
                return


def _has_header(data: bytes) -> bool:
    """Tell gzip's first byte (RFC 1952) and zlib's first two (RFC 1950: deflate, and divisible by 31) from none."""
    return data.startswith(_GZIP) or (data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0)
