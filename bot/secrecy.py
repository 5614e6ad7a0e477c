"""Secrets taken out of text: those that are known, and what looks like one."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

MASK: Final = "***"
"""What stands in the place of a secret."""

_SHORTEST: Final = 6
"""Characters of a known secret that is looked for anywhere; a shorter one would spoil words that merely contain it."""
# Parameters that feeds for one reader only carry their key in.
_PARAMETER = re.compile(
    r"([?&;](?:[^=&;#\s]*(?:token|secret|passw(?:or)?d|signature|api[_-]?key)|auth|key|pass|pwd|sig)=)[^&;#\s\"']+",
    re.IGNORECASE,
)
# Up to the last @ before the path: a password may have one.
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/?#]+(?=@)")
# Discord's API documentation, "Authentication": three parts, of which the first is the id of the bot's user.
_BOT_TOKEN = re.compile(r"\b[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}")
_IN_ROUTE = re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.~-]+")
_HEADER = re.compile(r"\b(Bot|Bearer|Basic) [\w.~+/=-]{16,}")


def without_parameters(address: str) -> str:
    """Mask the values of an address's parameters that carry a secret by their names."""
    return _PARAMETER.sub(rf"\1{MASK}", address)


class Redaction:
    """Takes secrets out of text."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Take the secrets that are known, as they are or as an address has them (percent-encoded)."""
        plain = {form for secret in known for form in (secret, unquote(secret))}
        # Tracebacks and data in messages have them as Python writes a string.
        every = {
            form
            for one in plain
            for form in (one, repr(one)[1:-1], quote(one, safe=""))
            if len(one) >= _SHORTEST
        }
        # The longer first: one may be part of another.
        self._known = sorted(every, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text with each secret masked, whatever it stands in."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        text = _IN_ADDRESS.sub(MASK, text)
        text = _IN_ROUTE.sub(rf"\1{MASK}", text)
        text = _HEADER.sub(rf"\1 {MASK}", text)
        return without_parameters(_BOT_TOKEN.sub(MASK, text))
