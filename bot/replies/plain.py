"""A card as plain text, for channels where cards are not permitted."""

from typing import Any

import discord

from bot.replies import limits


def face(card: discord.Embed, permitted: discord.Permissions) -> dict[str, Any]:
    """Return what a new message shows of a card: the card, or its text where cards are not permitted."""
    return {"embed": card} if permitted.embed_links else {"content": as_text(card)}


def as_text(card: discord.Embed) -> str:
    """Write a card as a message: its title and the address behind it, its lines, its footer in small print."""
    title = f"**{card.title}**" if card.title else None
    address = f"<{card.url}>" if card.url else None
    footer = f"-# {card.footer.text}" if card.footer.text else None
    below = "\n".join(line for line in (address, footer) if line)
    above = [*([title] if title else []), *(card.description or "").split("\n")]
    room = limits.CONTENT - limits.length(below) - 1
    return "\n".join(part for part in (limits.fitting(above, room), below) if part)
