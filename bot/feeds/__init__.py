"""Feeds: read, polled, and looked after.

What is named here is loaded when it is first asked for: the processes that read feeds need neither web nor store.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.feeds.entries import Take
    from bot.feeds.feeds import Feeds, Imported, Preview
    from bot.feeds.polling import Polled

__all__ = ["Feeds", "Imported", "Polled", "Preview", "Take"]

_FROM = {
    "Feeds": "bot.feeds.feeds",
    "Imported": "bot.feeds.feeds",
    "Polled": "bot.feeds.polling",
    "Preview": "bot.feeds.feeds",
    "Take": "bot.feeds.entries",
}


def __getattr__(name: str) -> object:
    """Load what is exported (PEP 562)."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_FROM[name]), name)
