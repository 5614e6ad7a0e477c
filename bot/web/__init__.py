"""Fetching from the web, guarded: only public addresses, within limits of size and time."""

from bot.web.address import read_address, shown
from bot.web.fetch import DEADLINE, MAX_BYTES, Fetched, Web

__all__ = ["DEADLINE", "MAX_BYTES", "Fetched", "Web", "read_address", "shown"]
