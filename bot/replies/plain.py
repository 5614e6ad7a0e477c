"""A card as plain text, for channels where cards are not permitted."""

from typing import Any

import discord

from bot.replies import limits


def face(card: discord.Embed, *, embeds: bool) -> dict[str, Any]:
    """Return what a message shows of a card: the card, or its text, and never what an edited one showed before."""
    if embeds:
        return {"content": None, "embed": card}
    return {"content": as_text(card), "embed": None}


def as_text(card: discord.Embed) -> str:
    """Write a card as a message: its title and the address behind it, its lines, its footer in small print."""
    title = f"**{card.title}**" if card.title else None
    address = f"<{card.url}>" if card.url else None
    footer = f"-# {card.footer.text}" if card.footer.text else None
    below = "\n".join(line for line in (address, footer) if line)
    above = [*([title] if title else []), *(card.description or "").split("\n")]
    room = limits.CONTENT - limits.length(below) - 1
    return "\n".join(part for part in (limits.fitting(above, room), below) if part)
