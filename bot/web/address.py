"""Addresses of the web as people give them: read strictly, and shown without their secrets."""

import re
from dataclasses import dataclass, field
from typing import Self

from aiohttp import encode_basic_auth
from yarl import URL

from bot.failures import BadAddress
from bot.secrecy import MASK, without_parameters
from bot.text import shorten

# RFC 9110, section 4.1: an address of 8,000 octets is to be supported.
_LONGEST = 8_000
_LONGEST_SHOWN = 300
# RFC 1035, section 2.3.4
_LONGEST_HOST = 253
_LABEL = re.compile(r"[^.]{1,63}")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address. `given` may hold credentials and stays out of sight; a fragment is no part of it."""

    given: URL = field(repr=False)

    @property
    def url(self) -> URL:
        """What is asked for, without credentials."""
        return self.given.with_user(None)

    @property
    def authorization(self) -> str | None:
        """The credentials as a header's value (RFC 7617)."""
        if self.given.user is None and self.given.password is None:
            return None
        return encode_basic_auth(self.given.user or "", self.given.password or "", encoding="utf-8")

    @property
    def pair(self) -> str:
        """Host and port, both always there."""
        return f"{self.given.host_subcomponent}:{self.given.port}"

    @property
    def host(self) -> str:
        """The host as sentences name it: with its port where that is not the scheme's."""
        return self.given.host_port_subcomponent or ""

    def leads_to(self, location: str) -> Self:
        """Return where a redirect's Location points to; raise BadAddress if that is no address of the web.

        Credentials stay with their host, also where it changes to https; a redirect brings none of its own.
        """
        try:
            target = self.url.join(URL(location.strip().replace(" ", "%20")))
        except ValueError:
            raise BadAddress(address=_masked(location)) from None
        there = read_address(str(target)).url
        upgraded = (self.given.scheme, there.scheme) == ("http", "https") and (
            self.given.is_default_port() and there.is_default_port()
        )
        if there.raw_host == self.given.raw_host and (there.origin() == self.url.origin() or upgraded):
            there = there.with_user(self.given.user).with_password(self.given.password)
        return type(self)(there)


def read_address(text: str) -> Address:
    """Read an address as it was typed or linked; raise BadAddress if it is none of http or https."""
    text = text.strip()
    url = _url(text)
    if url is None:
        raise BadAddress(address=_masked(text))
    return Address(url)


def shown(address: str) -> str:
    """Return an address as it may be shown and logged: credentials, also in its query, masked."""
    try:
        read = read_address(address)
    except BadAddress as bad:
        return str(bad.params["address"])
    credentials = "" if read.authorization is None else f"{MASK}@"
    text = str(read.url).replace("://", f"://{credentials}", 1)
    return without_parameters(text)


def _url(text: str) -> URL | None:
    if (
        len(text) > _LONGEST
        or not text.isprintable()
        or " " in text
        or "\\" in text
        or not _SCHEME.match(text)
    ):
        return None
    try:
        url = URL(text).with_fragment(None)
    except ValueError:
        return None
    return url if url.port and _is_host(url.raw_host or "") else None


def _is_host(host: str) -> bool:
    if ":" in host:
        return True
    return len(host) <= _LONGEST_HOST and all(map(_LABEL.fullmatch, host.removesuffix(".").split(".")))


def _masked(text: str) -> str:
    """Mask what could be credentials in something that is no address: all that stands before the last @."""
    # A header can hold bytes that no text has.
    text = text.encode(errors="replace").decode()
    before, at, after = text.rpartition("@")
    scheme = _SCHEME.match(before)
    kept = f"{scheme[0] if scheme else ''}{MASK}@{after}" if at else text
    return shorten(without_parameters(kept), _LONGEST_SHOWN)
