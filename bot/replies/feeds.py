"""The cards about feeds: how each of them is, what one would bring, and what became of it. For the bot's owners.

An address is shown only where nobody else reads it, and never the credentials in it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import discord

from bot.article import Page
from bot.failures import remembered
from bot.feeds import Polled, Preview
from bot.ingest.documents import Did
from bot.replies import limits
from bot.replies.audience import Audience
from bot.replies.cards import COLOUR
from bot.replies.entries import moment
from bot.replies.escape import escaped, plain
from bot.replies.language import _, ngettext
from bot.replies.wording import sentence
from bot.store.records import FeedRow
from bot.web import shown

ON_PAGE = 5
"""Feeds on a page of the list: with the lengths below they fit a card, whatever they say."""
TITLE, ADDRESS, PROBLEM = 100, 200, 200
"""Units of what is shown of one feed."""
SAMPLE = 5
"""Stories that are shown of what a feed would bring."""
HEADLINE = 180


def _card(lines: Iterable[str], title: str | None = None, footer: str | None = None) -> discord.Embed:
    card = discord.Embed(
        title=title, description=limits.fitting(lines, limits.EMBED_DESCRIPTION), colour=COLOUR
    )
    return card.set_footer(text=footer) if footer else card


def name(row: FeedRow) -> str:
    """Name a feed where nothing formats; one that was never read has no title."""
    return plain(row.title or "", TITLE) or _("Feed {id}").format(id=row.id)


def _bold(row: FeedRow) -> str:
    return f"**{escaped(name(row), TITLE)}**"


def _address(url: str, *, open_: bool) -> list[str]:
    return [escaped(shown(url), ADDRESS)] if open_ else []


def _ago(when: datetime | None) -> str:
    return f"<t:{int(when.timestamp())}:R>" if when else _("never")


def list_card(rows: Sequence[FeedRow], page: int, audience: Audience, *, addresses: bool) -> discord.Embed:
    """Show one page, counted from 0, of the feeds and how they are; there may be none."""
    if not rows:
        example = audience.example("feeds add https://example.org/feed.xml").replace("`", "")
        return _card([_("There is no feed yet. Add one: {example}").format(example=f"`{example}`")])
    pages = page_count(rows)
    footer = [
        ngettext("{n} feed", "{n} feeds", len(rows)).format(n=len(rows)),
        *([_("page {page} of {pages}").format(page=page + 1, pages=pages)] if pages > 1 else []),
        *([] if addresses else [_("addresses are shown in direct messages only")]),
    ]
    on_page = rows[page * ON_PAGE : (page + 1) * ON_PAGE]
    lines = [line for row in on_page for line in _state(row, addresses=addresses)]
    return _card(lines, _("Feeds"), " · ".join(footer))


def page_count(rows: Sequence[FeedRow]) -> int:
    """Return how many pages the list of feeds fills."""
    return -(-len(rows) // ON_PAGE)


def _state(row: FeedRow, *, addresses: bool) -> list[str]:
    """Show how a feed is, on two to four lines."""
    paused = " · " + _("paused") if row.paused else ""
    times = [
        _("read {when}").format(when=_ago(row.last_success)),
        _("new story {when}").format(when=_ago(row.last_new)),
        *([] if row.next_poll is None else [_("next {when}").format(when=_ago(row.next_poll))]),
    ]
    lines = [f"`{row.id}` {_bold(row)}{paused}", *_address(row.url, open_=addresses), " · ".join(times)]
    if row.failures:
        failed = ngettext("failed {n} time since {when}", "failed {n} times since {when}", row.failures)
        said = failed.format(n=row.failures, when=_ago(row.failing_since))
        # What went wrong names the host.
        lines.append(": ".join([said, *(_problem(row) if addresses else [])]))
    return lines


def _problem(row: FeedRow) -> list[str]:
    """Say what went wrong with a feed, if anything did."""
    if row.problem is None:
        return []
    return [limits.cut(sentence(remembered(row.problem)), PROBLEM)]


def preview_card(preview: Preview, *, addresses: bool) -> discord.Embed:
    """Show what a feed would bring, and ask what is wanted of it."""
    entries = preview.entries
    teasers = sum(entry.teaser for entry in entries)
    summaries = ngettext("{n} of them is only a summary.", "{n} of them are only summaries.", teasers)
    lines = [
        *_address(preview.url, open_=addresses),
        ngettext("It has {n} story now.", "It has {n} stories now.", len(entries)).format(n=len(entries)),
        *([summaries.format(n=teasers)] if teasers else []),
        *(_entry(entry.page) for entry in entries[:SAMPLE]),
        *(["…"] if len(entries) > SAMPLE else []),
        "",
        _("What shall I take in of what is there already? What comes later is taken in anyway."),
    ]
    return _card(lines, escaped(preview.title or "", limits.EMBED_TITLE) or _("A feed without a title"))


def _entry(page: Page) -> str:
    when = moment(page.published)
    headline = escaped(page.headline, HEADLINE) or _("(no headline)")
    return f"↳ {headline}" + (f" · {when}" if when else "")


def found_card(count: int) -> discord.Embed:
    """Ask which of several feeds of a page is meant."""
    return _card(
        [
            ngettext(
                "This page has {n} feed. Choose it below.",
                "This page has {n} feeds. Choose one below.",
                count,
            ).format(n=count)
        ]
    )


def added_card(polled: Polled, audience: Audience, *, addresses: bool) -> discord.Embed:
    """Confirm that a feed was added, and tell what it brought at once."""
    row, new = polled.feed, polled.count(Did.ADDED)
    lines = [
        _("Added feed {id}: {title}").format(id=row.id, title=_bold(row)),
        *_address(row.url, open_=addresses),
        ngettext("{n} new story", "{n} new stories", new).format(n=new),
    ]
    return _card(lines, footer=_("All feeds: {example}").format(example=audience.example("feeds list")))


def removed_card(row: FeedRow) -> discord.Embed:
    """Confirm that a feed was removed."""
    return _card([_("Removed feed {id}: {title}. Its articles stay.").format(id=row.id, title=_bold(row))])


def paused_card(row: FeedRow, audience: Audience) -> discord.Embed:
    """Confirm that a feed is not polled any more."""
    footer = _("To go on: {example}").format(example=audience.example(f"feeds resume {row.id}"))
    return _card([_("Feed {id} is paused: {title}").format(id=row.id, title=_bold(row))], footer=footer)


def resumed_card(row: FeedRow) -> discord.Embed:
    """Confirm that a feed is polled again."""
    return _card(
        [
            _("Feed {id} is read again, next {when}: {title}").format(
                id=row.id, when=_ago(row.next_poll), title=_bold(row)
            )
        ]
    )


def polled_card(polled: Sequence[Polled], *, addresses: bool) -> discord.Embed:
    """Show what polls brought, first those that failed."""
    ordered = sorted(polled, key=lambda poll: poll.error is None)
    lines = [_outcome(poll, addresses=addresses) for poll in ordered]
    return _card(lines or [_("There is no feed yet.")])


def _outcome(poll: Polled, *, addresses: bool) -> str:
    row = poll.feed
    if poll.error is not None:
        # What went wrong names the host.
        said = sentence(poll.error) if addresses else _("It failed.")
        return f"`{row.id}` {_bold(row)}: {said}"
    new = poll.count(Did.ADDED)
    said = ngettext("{n} new story", "{n} new stories", new).format(n=new)
    return f"`{row.id}` {_bold(row)}: {said}"


def notice_card(row: FeedRow, *, well: bool) -> discord.Embed:
    """Tell whoever added a feed, and nobody else, that it was paused and why, or that it is well again."""
    if well:
        lines = [_("Feed {id} is well again: {title}").format(id=row.id, title=_bold(row))]
        return _card([*lines, *_address(row.url, open_=True)])
    lines = [
        ngettext(
            "Feed {id} failed {n} time in a row, so I paused it: {title}",
            "Feed {id} failed {n} times in a row, so I paused it: {title}",
            row.failures,
        ).format(id=row.id, n=row.failures, title=_bold(row)),
        *_address(row.url, open_=True),
        *_problem(row),
    ]
    return _card(lines)
