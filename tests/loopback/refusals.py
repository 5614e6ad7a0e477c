"""Answers that refuse, with Discord's error codes (topics/opcodes-and-status-codes.mdx, JSON Error Codes)."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from tests.loopback import world as here
from tests.loopback.faults import as_json
from tests.loopback.state import World


def refusal(status: int, code: int, message: str) -> web.StreamResponse:
    """Refuse."""
    return as_json({"message": message, "code": code}, status)


def broken(world: World, rules: Iterable[str]) -> web.StreamResponse | None:
    """Note the limits that are broken, and refuse what breaks them."""
    named = list(rules)
    for rule in named:
        world.violate(rule)
    return refusal(400, 50035, "Invalid Form Body") if named else None


def note_pings(world: World, sent: dict[str, Any]) -> None:
    """Note a message that may ping: a rule of ours, and not of Discord's."""
    if (sent.get("allowed_mentions") or {}).get("parse") != []:
        world.violate("a message may ping")


def shown(sent: dict[str, Any]) -> dict[str, Any]:
    """Show a message of the bot."""
    kept = {name: sent[name] for name in ("content", "embeds", "components", "nonce") if sent.get(name)}
    embeds = [{"type": "rich"} | embed for embed in kept.get("embeds", [])]
    return here.message("", here.BOT) | kept | {"embeds": embeds}
