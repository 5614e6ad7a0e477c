"""What the bot may do in a channel (Discord's documentation: topics/permissions.mdx; resources/message.mdx, Create Message).

What is denied is refused with 403, or 400 for a reply. Answers to interactions need no permission.
"""

from typing import Any, Final

VIEW_CHANNEL: Final = 1 << 10
SEND_MESSAGES: Final = 1 << 11
EMBED_LINKS: Final = 1 << 14
READ_MESSAGE_HISTORY: Final = 1 << 16
_ADMINISTRATOR: Final = 1 << 3
ORDINARY: Final = (1 << 53) - 1 - _ADMINISTRATOR
"""All but that of administrators, who may write anywhere."""

Refusal = tuple[int, int, str]
"""A status, an error code and what it says."""


def refusal(denied: int, sent: dict[str, Any]) -> Refusal | None:
    """Tell why a message is not taken in a channel where some permissions are denied; None if it is."""
    if denied & VIEW_CHANNEL:
        return 403, 50001, "Missing Access"
    if denied & SEND_MESSAGES or (denied & EMBED_LINKS and sent.get("embeds")):
        return 403, 50013, "Missing Permissions"
    if denied & READ_MESSAGE_HISTORY and sent.get("message_reference"):
        return 400, 160002, "Cannot reply without permission to read message history"
    return None
