"""Discord's limits on messages, in one place. Everything that is sent is cut to them where it is made.

Sources: discord-api-docs, resources/message.mdx (Embed Limits), components/reference.mdx, interactions.
Lengths are counted in UTF-16 code units, as Discord's own clients count them: never fewer than characters.
"""

from collections.abc import Iterable

from bot.text import shorten

CONTENT = 2_000
EMBED_TITLE = 256
EMBED_DESCRIPTION = 4_096
EMBED_FOOTER = 2_048
EMBED_TOTAL = 6_000
"""Over all texts of all embeds of one message."""
ROW = 5
"""Buttons in a row; a select fills one. A message has at most five rows."""
BUTTON_LABEL = 80
OPTIONS = 25
"""In one select."""
OPTION = 100
"""Of a select option's label, and of its description."""
URL = 512
"""Of a link button; longer addresses are refused."""
CHOICES = 25
CHOICE_NAME = 100
QUERY = 200
"""Ours: the characters of a question that are read. A pasted headline fits, a pasted page does not."""
EXCERPT = 600
"""Ours: the characters of an article that a reply shows, its headline among them. The text belongs to its publisher."""


COMPLETED_WITHIN = 1.0
"""Seconds that either step of a completion may take (who may see what, then the search): Discord waits three, and there
is no way to make it wait longer."""


def length(text: str) -> int:
    """Count UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """Shorten text to at most `limit` units, at a word where there is one, with an ellipsis for the rest."""
    room = limit
    while length(short := shorten(text, room)) > limit:
        room -= max(1, (length(short) - limit) // 2)
    return short


def fitting(lines: Iterable[str], limit: int) -> str:
    """Join as many whole lines as fit into `limit`, with an ellipsis when some are left out."""
    kept: list[str] = []
    room = limit
    for line in lines:
        room -= length(line) + 1
        if room < 2:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join(kept)
