"""A Discord on loopback: gateway v10 and REST v10, for the real client of discord.py, unpatched.

It keeps Discord's rules and notes who breaks one; and it fails as a test tells it to. `Loopback.open()` starts it.
"""

from tests.loopback.server import Loopback

__all__ = ["Loopback"]
