"""Web addresses in pages and records."""

import re

# Of an address with credentials or a bare IPv6 host nothing good is to be expected on a news page.
_WEB = re.compile(r"https?://[\w.-]*\w(?::([0-9]{1,5}))?(?:[/?#][!-~\u00a1-\U0010ffff]*)?", re.IGNORECASE)
_LAST_PORT = 65_535


def web_address(text: str) -> str | None:
    """Return text, trimmed, if it is one http or https URL and nothing else."""
    text = text.strip()
    match = _WEB.fullmatch(text)
    if match is None or not text.isprintable() or int(match[1] or 0) > _LAST_PORT:
        return None
    return text
