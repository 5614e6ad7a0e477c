"""What a guild chose: prefix, page size, channels, sources, time zone, language. Pure.

Values are read from what a manager typed; a value that does not fit raises BadGuildSetting and changes nothing.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from bot.article import Scope
from bot.errors import BadGuildSetting
from bot.text import clean

PAGE_SIZES = range(3, 11)
"""Results on a page. Ten fit a card; fewer than three are not worth a page."""
PREFIX = 10
"""Characters of a prefix, at most."""
MANY = 25
"""Channels, and sources, that a guild names at most: as many as a Discord select can offer."""
SOURCE = 100
"""Characters of a source's name that are read."""
LANGUAGES = ("en", "es")
"""Languages that all sentences are in, by ISO 639-1 code."""

_CHANNEL = re.compile(r"<#(\d{1,20})>|(\d{15,20})", re.ASCII)
_NOTHING = frozenset({"", "all", "any", "everywhere", "default", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """A guild's choices; where it made none, what holds everywhere."""

    prefix: str | None = None
    """What stands before a command; None for the bot's own."""
    results: int = 5
    """Results on a page."""
    channels: tuple[int, ...] = ()
    """Ids of the channels that the bot answers in; none for all of them."""
    sources: tuple[str, ...] = ()
    """Names of the sources that are shown; none for all of them."""
    zone: str = "UTC"
    """The IANA name of the time zone in which days begin."""
    language: str = "en"
    """ISO 639-1 code, one of LANGUAGES."""

    @property
    def scope(self) -> Scope:
        """The articles that the guild sees."""
        return Scope(only=frozenset(self.sources)) if self.sources else Scope()

    @property
    def tzinfo(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.zone)

    def answers_in(self, channel: int, *above: int | None) -> bool:
        """Tell whether the bot answers in a channel; `above` are what it belongs to: a thread's own channel."""
        return not self.channels or any(id_ in self.channels for id_ in (channel, *above))

    def written(self, name: str) -> str | None:
        """Write one choice as JSON, for the store; None where it is what holds everywhere."""
        value = getattr(self, name)
        return None if value == getattr(GuildSettings(), name) else json.dumps(value)


NAMES = tuple(field.name for field in fields(GuildSettings))
"""What can be chosen."""


def guild_settings(written: Mapping[str, str]) -> GuildSettings:
    """Read choices by name, as `written` wrote them; what another version wrote and this one does not know is left out."""
    values = {name: json.loads(value) for name, value in written.items() if name in NAMES}
    chosen: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return GuildSettings(**chosen)


def changed(settings: GuildSettings, name: str, typed: str) -> GuildSettings:
    """Return settings with one value as it was typed; nothing typed, or `default`, chooses what holds everywhere.

    Raises BadGuildSetting, with what would fit, for unknown names too.
    """
    read = _READERS.get(name)
    if read is None:
        raise BadGuildSetting(name=name, fits=", ".join(NAMES))
    text = clean(typed)
    if text.casefold() in _NOTHING:
        return replace(settings, **{name: getattr(GuildSettings(), name)})
    return replace(settings, **{name: read(text)})


def _prefix(text: str) -> str:
    if len(text) > PREFIX or any(character.isspace() or character in "<@#`/" for character in text):
        raise BadGuildSetting(name="prefix", fits="!, ?, n!")
    return text


def _results(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:3]) not in PAGE_SIZES:
        raise BadGuildSetting(name="results", fits=f"{PAGE_SIZES.start}-{PAGE_SIZES.stop - 1}")
    return int(text)


def _channels(text: str) -> tuple[int, ...]:
    parts = _list(text.replace("><", "> <").replace(" ", ","))
    found = [_CHANNEL.fullmatch(part) for part in parts]
    ids = tuple(dict.fromkeys(int(match[1] or match[2]) for match in found if match))
    if None in found or not 1 <= len(ids) <= MANY:
        raise BadGuildSetting(name="channels", fits="#news #world")
    return ids


def _sources(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_list(text)))
    if not 1 <= len(names) <= MANY or any(len(name) > SOURCE for name in names):
        raise BadGuildSetting(name="sources", fits="Reuters, BBC News")
    return names


def _zone(text: str) -> str:
    name = _zones().get(text.casefold())
    if name is None:
        raise BadGuildSetting(name="zone", fits="UTC, Europe/Madrid, America/New_York")
    return name


def _language(text: str) -> str:
    code = text.casefold()
    if code not in LANGUAGES:
        raise BadGuildSetting(name="language", fits=", ".join(LANGUAGES))
    return code


def _list(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


_READERS: Mapping[str, Callable[[str], Any]] = {
    "prefix": _prefix,
    "results": _results,
    "channels": _channels,
    "sources": _sources,
    "zone": _zone,
    "language": _language,
}
