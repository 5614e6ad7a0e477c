"""Articles as nobody would write them: titles that try to break a message's limits, or to pass for its markup."""

import random
from datetime import UTC, datetime
from typing import Self

from hypothesis import strategies as st

from bot.article import Article, Hit, Kind, Listing, Page, Related, Similar, Story, Where

NOW = datetime(2026, 1, 2, 15, 30, tzinfo=UTC)
LONGEST = 10_000
"""Characters of a title."""

MARKUP = [
    "**", "*", "__", "_", "~~", "||", "`", "```", "```py\n", "\\", "# ", "## ", "-# ", "- ", "+ ", "1. ", "> ", ">>> ",
    "[a](https://evil.example)", "[b](<https://evil.example>)", "](https://evil.example)", "[", "]", "(", ")", "<", ">",
    "<@1>", "<@!22>", "<@&333>", "<#4444>", "<t:5:R>", "</news:6>", "<:wave:7>", "<a:wave:8>", "<id:home>",
    "<https://evil.example>", "<mailto:a@evil.example>", "@everyone", "@here", "@Everyone", ":fire:", ":100:",
    "https://evil.example", "http://evil.example/a_b_c", "https://evil.example/**b**", "https://evil.example/a(b)",
    "HTTPS://EVIL.EXAMPLE", "steam://run/1", "discord://x", "www.evil.example", "¯\\_(ツ)_/¯", "\\[", "\\`",
]  # fmt: skip
INVISIBLE = [
    "\u202e", "\u202d", "\u2066", "\u2067", "\u2069", "\u200f", "\u061c", "\u200b", "\u200c", "\u200d", "\u2060",
    "\ufeff", "\u00ad", "\u3164", "\u2800", "\n", "\r", "\t", "\x00", "\x1b", "\u2028", "\u0085",
]  # fmt: skip
LETTERS = [
    "a", "Storm", "news ", "12", " ", "é", "e\u0301", "\u0301", "\u0489", "ß", "שלום", "سوريا", "समाचार", "ข่าว",
    "新闻", "𝔘", "𠀀", "😀", "👨\u200d👩\u200d👧", "🇸🇾", "\U0010ffff",
]  # fmt: skip
PIECES = [*MARKUP, *INVISIBLE, *LETTERS]


class Repeated(str):
    """A piece repeated until it is LONGEST characters long; in a report of a failure, the piece alone."""

    __slots__ = ("piece",)
    piece: str

    def __new__(cls, piece: str) -> Self:
        made = super().__new__(cls, (piece * LONGEST)[:LONGEST])
        made.piece = piece
        return made

    def __repr__(self) -> str:
        return f"Repeated({self.piece!r})"


text = st.one_of(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=60).map("".join),
    st.builds(Repeated, st.sampled_from(PIECES) | st.text(min_size=1, max_size=6)),
    st.text(max_size=300),
)
"""Any title: pieces of markup run together, one piece 10,000 characters long, or just anything."""
maybe = st.none() | text
addresses = st.none() | st.one_of(
    text,
    st.builds(
        lambda host, path: f"https://{host}.example/{path}",
        st.sampled_from(["news", "a" * 60, ".".join(["b" * 50] * 4)]),
        text.map(lambda path: path[:480]),
    ),
)
times = st.none() | st.sampled_from([NOW, datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
listings = st.builds(
    Listing,
    id=st.integers(1, 2**31 - 1),
    kind=st.sampled_from(Kind),
    headline=text,
    source=maybe,
    published=times,
    url=addresses,
    added=st.just(NOW),
)
hits = st.builds(
    Hit,
    listing=listings,
    score=st.floats(0, 1),
    where=st.sampled_from(Where),
    matched=st.just(("storm", "a", "新闻")),
    excerpt=maybe,
    others=st.sampled_from([(), (1,), tuple(range(1, 200))]),
)
pages = st.builds(
    Page,
    headline=text,
    standfirst=maybe,
    byline=st.lists(text, max_size=4).map(tuple),
    published=times,
    source=maybe,
    url=addresses,
    image=addresses,
)


def _numbered(found: list[Listing], size: int) -> tuple[Listing, ...]:
    """Make a long list of a few: Hypothesis would take seconds to draw 40 titles."""
    return tuple(
        Listing(
            id=number,
            kind=like.kind,
            headline=like.headline,
            source=like.source,
            published=like.published,
            url=like.url,
            added=NOW,
        )
        for number in range(1, size + 1)
        for like in [found[number % len(found)]]
    )


many = st.builds(_numbered, st.lists(listings, min_size=1, max_size=3), st.integers(1, 40))
stories = st.builds(
    Story,
    article=st.builds(
        Article,
        id=st.integers(1, 999),
        kind=st.sampled_from(Kind),
        page=pages,
        added=st.just(NOW),
        updated=st.just(NOW),
    ),
    summary=st.lists(text, max_size=3).map(tuple),
    teased=st.just(()) | many,
    others=st.just(()) | many,
)
related = st.builds(
    lambda article, teasers, similar: Related(
        article=article,
        teasers=teasers,
        similar=tuple(Similar(listing=listing, score=0.5) for listing in similar[:5]),
    ),
    listings,
    st.just(()) | many,
    st.just(()) | many,
)


def headlines(count: int, seed: int = 5) -> list[str]:
    """Return so many hostile headlines, the same ones each time."""
    chance = random.Random(seed)
    return ["".join(chance.choices(PIECES, k=chance.randint(1, 14))) for _ in range(count)]
