"""What a message of someone else says: its words, and the addresses that it names."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import discord

from bot.text import clean, words

TEXT = 4_000
"""Characters of a message that are read, as many as anyone may write into one."""
ADDRESSES = 10
"""Addresses that are looked up."""
FEWEST = 2
"""Words by which a story is looked for; one alone is on too many subjects."""

_ADDRESS = re.compile(r"https?://[^\s<>\"`|\\^{}]+")
_WITH_BRACKETS = re.compile(rf"[<(]*{_ADDRESS.pattern}>?")
_TAIL = re.compile(r"[.,:;!?'*_~]+$")
_MENTION = re.compile(r"<(?:@[!&]?|#|a?:\w+:|t:)\d+[^>\s]*>")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A message."""

    text: str
    """Its words, and those of the previews below it; where there are none, those of the addresses."""
    addresses: tuple[str, ...]


def quoted(message: discord.Message) -> Quoted:
    """Read a message and the previews that Discord shows below it."""
    previews = [part for card in message.embeds for part in (card.title, card.description) if part]
    linked = [card.url for card in message.embeds if card.url]
    return read(message.content, previews, linked)


def read(content: str, previews: list[str], linked: list[str]) -> Quoted:
    """Read what was written, the texts of previews and the addresses that they lead to."""
    content = content[:TEXT]
    found = [_trimmed(address) for address in _ADDRESS.findall(content)]
    addresses = tuple(dict.fromkeys((*found, *linked)))[:ADDRESSES]
    said = clean(_MENTION.sub(" ", _WITH_BRACKETS.sub(" ", " ".join((content, *previews))[:TEXT])))
    if len(words(said)) < FEWEST:
        said = clean(" ".join((said, *map(_spoken, addresses))))
    return Quoted(said, addresses)


def _trimmed(address: str) -> str:
    """Leave out what a sentence puts behind an address, and a bracket that was opened before it."""
    address = _TAIL.sub("", address)
    if address.endswith(")") and "(" not in address:
        address = _TAIL.sub("", address.rstrip(")"))
    return address


def _spoken(address: str) -> str:
    """Return the words in the last part of an address: many carry their headline there."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
    last = path.rstrip("/").rpartition("/")[2].partition(".")[0]
    return " ".join(word for word in words(last) if not word.isdigit())
