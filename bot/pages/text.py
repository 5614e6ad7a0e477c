"""A saved page in plain text -> Page."""

import re

from bot.article import Block, Page, Role, Teaser
from bot.errors import NoHeadline
from bot.text import squeeze


def parse_text(text: str) -> Page:
    """Read a page of blocks that blank lines separate. Raises NoHeadline for a page without text."""
    blocks = [b.strip() for b in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if b.strip()]
    if not blocks:
        raise NoHeadline
    end = blocks.index("Newsletter") if "Newsletter" in blocks else len(blocks)
    body = [squeeze(b) for b in blocks[1:end]]
    rest = blocks[end + 1 :]
    return Page(
        headline=squeeze(blocks[0]),
        standfirst=body[0] if body else None,
        paragraphs=tuple(b for b in body[1:] if b != body[0] and "Published:" not in b),
        teasers=tuple(Teaser(headline=h, text=t) for h, t in zip(rest[::2], rest[1::2], strict=False)),
        blocks=tuple(Block(b, Role.PARAGRAPH, "a first reading") for b in blocks),
    )
