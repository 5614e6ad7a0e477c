"""A story as one entry of a list: on a card, and in a select."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo

from bot.article import Kind, Listing, Page
from bot.replies import limits
from bot.replies.escape import escaped, host, link, plain, web_address, with_bold
from bot.replies.language import _, ngettext

ROOM = limits.EMBED_DESCRIPTION - 2
"""Units of a card's list, with a line break after each line."""
EXCERPT = 400
"""Units of a hit's excerpt with its formatting: 160 characters of text, some of them escaped or in bold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How much is shown of each entry."""

    headline: int = 180
    """Characters: 211,333 real ones have 49 in the median, 130 in the 99th percentile, 180 at most."""
    linked: bool = True
    excerpt: bool = True


FULL = Style()
UNLINKED = Style(linked=False, excerpt=False)
SHORTER = replace(UNLINKED, headline=100)
"""Ten of these fit a card, whatever they say."""


def moment(when: datetime | None) -> str | None:
    """Show when something was published in each reader's own language and zone.

    Midnight stands for a day without an hour: only the day is shown, and noon is on it in nearly every zone.
    """
    if when is None:
        return None
    if when.time() == time():
        return f"<t:{int((when + timedelta(hours=12)).timestamp())}:D>"
    return f"<t:{int(when.timestamp())}:f>"


def entry(
    listing: Listing,
    style: Style,
    *,
    rank: int | None = None,
    matched: Iterable[str] = (),
    note: str | None = None,
    excerpt: str | None = None,
) -> list[str]:
    """Show a story in a list: rank, id to type and headline, then the facts, then an excerpt, each on a line."""
    words = frozenset(matched)
    headline = with_bold(listing.headline, words, style.headline)
    if not plain(listing.headline, style.headline):
        headline = _("(no headline)")
    if style.linked:
        headline = link(headline, listing.url)
    place = "" if rank is None else f"**{rank}.** "
    small = " · ".join(part for part in (_facts(listing, style), note) if part)
    lines = [f"{place}`{listing.id}` {headline}", *([f"*{small}*"] if small else [])]
    if excerpt and style.excerpt:
        # The arrow keeps "# one" and "- one" from standing where a line begins.
        lines.append("↳ " + with_bold(excerpt, words, EXCERPT))
    return lines


def _facts(listing: Listing, style: Style) -> str:
    """Say where a story is from, when it was published, and whether only its teaser is known."""
    source = escaped(listing.source, 60) if listing.source else None
    site = host(web_address(listing.url) or "") if style.linked or source is None else None
    teaser = _("teaser only") if listing.kind is Kind.STUB else None
    return _joined(source, site, moment(listing.published), teaser)


def by_whom(page: Page) -> str:
    """Say on a line of its own where a story is from, who wrote it, and when; empty where nothing is known."""
    source = escaped(page.source, 60) if page.source else None
    byline = escaped(", ".join(page.byline), 120) if page.byline else None
    by = _("by {names}").format(names=byline) if byline else None
    said = _joined(source, by, moment(page.published), host(web_address(page.url) or ""))
    return f"*{said}*" if said else ""


def _joined(*parts: str | None) -> str:
    """Join what is known; a source that is called like its host is named once."""
    return " · ".join(dict.fromkeys(part for part in parts if part))


def more_reports(count: int) -> str | None:
    """Say how many more reports there are of a story; None if there is none."""
    return (
        ngettext("and {n} more report", "and {n} more reports", count).format(n=count) if count > 0 else None
    )


def _day(when: datetime, zone: tzinfo) -> str:
    return f"{when if when.time() == time() else when.astimezone(zone):%Y-%m-%d}"


def option_label(listing: Listing, rank: int | None = None) -> str:
    """Name a story in a select, where nothing formats."""
    headline = plain(listing.headline, limits.OPTION) or _("(no headline)")
    return limits.cut(headline if rank is None else f"{rank}. {headline}", limits.OPTION)


def option_description(listing: Listing, zone: tzinfo, where: str | None = None) -> str | None:
    """Say in a select where a story is from and its day; None where nothing is known."""
    day = _day(listing.published, zone) if listing.published else None
    source = plain(listing.source, 60) if listing.source else host(web_address(listing.url) or "")
    teaser = _("teaser only") if listing.kind is Kind.STUB else None
    return limits.cut(_joined(where, source, day, teaser), limits.OPTION) or None
