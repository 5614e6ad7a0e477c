"""What Discord's clients make of a text: a small parser of their markdown, to look at what Newsdesk sends.

Written from what the clients show and from discord-api-docs (reference.mdx, Message Formatting), not from
bot/replies/escape.py: it knows no way to make text harmless. Where clients differ, the one that formats more counts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of what a reader sees: its text, every format that it stands in, and where a click on it leads."""

    text: str
    formats: frozenset[str] = frozenset()
    target: str | None = None


# At the beginning of a line.
_BLOCKS = [
    ("heading", re.compile(r" *#{1,3}[ \t]+(?=\S)")),
    ("small", re.compile(r" *-#[ \t]+(?=\S)")),
    ("quote", re.compile(r" *>(?:>>)?[ \t]")),
    ("list", re.compile(r" *(?:[-*+]|\d+\.)[ \t]+(?=\S)")),
]
# Anywhere; the first that fits at a place is taken. The group is what stands inside.
_BARE = [
    ("mention", re.compile(r"<(?:@[!&]?|#)\d+>|@everyone|@here")),
    ("timestamp", re.compile(r"<t:-?\d+(?::[a-zA-Z])?>")),
    ("command", re.compile(r"</[^\n<>]+?:\d+>")),
    ("emoji", re.compile(r"<a?:\w+:\d+>|:[^\s:]+?:")),
    ("navigation", re.compile(r"<id:[\w-]+>")),
]
_PAIRS = [
    ("code", re.compile(r"```(?:[\w+.#-]*\n)?(.+?)```|(?<!`)(?:``(?!`)(.+?)(?<!`)``(?!`)|`(?!`)(.+?)(?<!`)`(?!`))", re.DOTALL)),
    ("bold", re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)),
    ("underline", re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL)),
    ("italic", re.compile(r"\*(?=\S)((?:\*\*|\\.|\s+(?:\\.|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)", re.DOTALL)),
    ("italic", re.compile(r"(?<!\w)_((?:__|\\.|[^\\_])+?)_(?!\w)", re.DOTALL)),
    ("strike", re.compile(r"~~(?=\S)(.+?)~~", re.DOTALL)),
    ("spoiler", re.compile(r"\|\|(.+?)\|\|", re.DOTALL)),
]  # fmt: skip
# Nothing begins in these.
_PLAIN = re.compile(r"[^\\<\[*_~|`:@HhSsDd]+")
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_ADDRESS = re.compile(r"(?:https?|steam|discord)://[^\s<]+[^<.,:;\"'\]\s]", re.IGNORECASE)
_ANGLED = re.compile(r"<((?:https?|steam|discord|mailto|tel|sms):[^\s<>]+)>", re.IGNORECASE)
_TARGET = re.compile(r"\(\s*<?((?:\([^()\s]*\)|[^\s()\\]|\\.)+?)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")


@lru_cache(maxsize=1)
def parse(source: str) -> tuple[Piece, ...]:
    """Return what a reader sees of a message or of a card's description."""
    pieces: list[Piece] = []
    for number, line in enumerate(source.split("\n")):
        if number:
            pieces.append(Piece("\n"))
        formats: frozenset[str] = frozenset()
        at = 0
        while begun := _block(line, at):
            formats |= {begun[0]}
            at = begun[1]
        pieces += _inline(line[at:], formats, None)
    return tuple(pieces)


def seen(source: str) -> str:
    """Return the characters that a reader sees, times and mentions as they are written."""
    return "".join(piece.text for piece in parse(source))


def formats(source: str) -> set[str]:
    """Return every format that something of a text has."""
    return {name for piece in parse(source) for name in piece.formats}


def links(source: str) -> list[tuple[str, str]]:
    """Return what can be clicked, with where it leads; the formats within a link's text do not part it."""
    found: list[tuple[str, str]] = []
    before = None
    for piece in parse(source):
        if piece.target is not None and before is not None and before == piece.target:
            found[-1] = (found[-1][0] + piece.text, piece.target)
        elif piece.target is not None:
            found.append((piece.text, piece.target))
        before = piece.target
    return found


def _inline(source: str, formats: frozenset[str], target: str | None) -> Iterator[Piece]:
    plain = ""
    at = 0
    while at < len(source):
        if found := _PLAIN.match(source, at):
            plain += found[0]
            at = found.end()
            continue
        special = _special(source, at, formats, target)
        if special is None:
            plain += source[at]
            at += 1
            continue
        pieces, at = special
        if plain:
            yield Piece(plain, formats, target)
            plain = ""
        yield from pieces
    if plain:
        yield Piece(plain, formats, target)


def _block(line: str, at: int) -> tuple[str, int] | None:
    """Return the format that a line begins at a place, if it does, and where its text begins."""
    for name, pattern in _BLOCKS:
        if found := pattern.match(line, at):
            return name, found.end()
    return None


def _special(
    source: str, at: int, formats: frozenset[str], target: str | None
) -> tuple[list[Piece], int] | None:
    """Return what begins at a place, if anything does, and where it ends."""
    if found := _ESCAPE.match(source, at):
        return [Piece(found[1], formats, target)], found.end()
    return (_link(source, at, formats) if target is None else None) or _formatted(source, at, formats, target)


def _link(source: str, at: int, formats: frozenset[str]) -> tuple[list[Piece], int] | None:
    if found := _ADDRESS.match(source, at):
        address = _balanced(found[0])
        return [Piece(address, formats, address)], at + len(address)
    if found := _ANGLED.match(source, at):
        return [Piece(found[1], formats, found[1])], found.end()
    if masked := _masked(source, at):
        label, leads_to, end = masked
        return list(_inline(label, formats, leads_to)), end
    return None


def _formatted(
    source: str, at: int, formats: frozenset[str], target: str | None
) -> tuple[list[Piece], int] | None:
    for name, pattern in _BARE:
        if found := pattern.match(source, at):
            return [Piece(found[0], formats | {name}, target)], found.end()
    for name, pattern in _PAIRS:
        if found := pattern.match(source, at):
            inside = next(group for group in found.groups() if group is not None)
            within = formats | {name}
            pieces = [Piece(inside, within, target)] if name == "code" else _inline(inside, within, target)
            return list(pieces), found.end()
    return None


def _masked(source: str, at: int) -> tuple[str, str, int] | None:
    """Return the text, the target and the end of a masked link; one whose text shows an address is none."""
    if source[at] != "[":
        return None
    depth = 0
    here = at
    while here < len(source):
        if source[here] == "\\":
            here += 1
        elif source[here] == "[":
            depth += 1
        elif source[here] == "]":
            depth -= 1
            if depth == 0:
                break
        here += 1
    found = _TARGET.match(source, here + 1)
    label = source[at + 1 : here]
    if found is None or not label or not re.match(r"(?:https?|discord)://", found[1], re.IGNORECASE):
        return None
    if _ADDRESS.search(_ESCAPE.sub(r"\1", label)):
        return None
    return label, found[1], found.end()


def _balanced(address: str) -> str:
    """Leave out closing brackets at the end that were not opened within an address."""
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1]
    return address
