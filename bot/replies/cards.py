"""The cards that answers are shown on: Discord embeds made of results, stories and relatives."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import discord

from bot.article import Hit, Kind, Listing, Related, Results, Story
from bot.errors import NewsError
from bot.replies import limits
from bot.replies.escape import escape, escaped, host, link, web_address, with_bold
from bot.replies.language import _, ngettext
from bot.replies.wording import sentence
from bot.text import clean

TROUBLE = 3_000
"""Units of what went wrong; the rest of a description is for the words that would find something."""
COLOUR = discord.Colour(0x2F6FB2)
PAGE_SIZE = 5
"""Results on one page: what a phone shows without scrolling."""
MOST_REMARKS = 5
"""Remarks on one query: its stories have to fit on the card as well."""
EXCERPT = 400
"""Units of a hit's excerpt with its formatting: 160 characters of text, some of them escaped or in bold."""
HEADLINE = 180
"""Characters of a headline in a list: 211,333 real ones have 49 in the median, 130 in the 99th percentile, 180 at most."""


def day(when: datetime | None) -> str | None:
    """Show a day in each reader's own language and zone.

    Midnight stands for a day without an hour: noon is on that day in nearly every zone.
    """
    if when is None:
        return None
    if when.time() == time():
        when += timedelta(hours=12)
    return f"<t:{int(when.timestamp())}:D>"


def _card(*, title: str | None, lines: Iterable[str], footer: str, url: str | None = None) -> discord.Embed:
    """Make a card whose parts fit Discord's limits. Title and lines are escaped already."""
    title = (
        title
        if title is None or limits.length(title) <= limits.EMBED_TITLE
        else title[: limits.EMBED_TITLE - 1] + "…"
    )
    room = limits.EMBED_TOTAL - limits.length(title or "") - limits.length(footer)
    card = discord.Embed(
        title=title,
        description=limits.fitting(lines, min(limits.EMBED_DESCRIPTION, room)),
        url=web_address(url),
        colour=COLOUR,
    )
    card.set_footer(text=footer[: limits.EMBED_FOOTER])
    return card


def facts(listing: Listing) -> str:
    """Say where a story is from, when it was published, and whether only its teaser is known."""
    source = escaped(listing.source, 60) if listing.source else host(web_address(listing.url) or "")
    said = [source, day(listing.published), _("teaser only") if listing.kind is Kind.STUB else None]
    return " · ".join(part for part in said if part)


def entry(listing: Listing, *, matched: Iterable[str] = (), note: str | None = None) -> list[str]:
    """Show a story in a list: its id to type, its headline, and the facts on a line of their own."""
    headline = link(with_bold(listing.headline, frozenset(matched), HEADLINE), listing.url)
    small = " · ".join(part for part in (facts(listing), note) if part)
    return [f"`{listing.id}` {headline}", *([f"*{small}*"] if small else [])]


def results_card(results: Results, page: int, prefix: str) -> discord.Embed:
    """Show one page, counted from 0, of what a query found."""
    shown = results.hits[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    said = [
        _("Read “{typed}” as **{read}**. Quote a word to search it exactly.").format(
            typed=escaped(correction.typed, 60), read=escaped(correction.read, 60)
        )
        for correction in results.corrections
    ]
    said += map(sentence, results.remarks[:MOST_REMARKS])
    if said:
        said.append("")
    lines = said + [line for hit in shown for line in _found(hit)]
    if sum(limits.length(line) + 1 for line in lines) > limits.EMBED_DESCRIPTION:
        # With addresses of this length the stories themselves come first.
        lines = said + [line for hit in shown for line in _found(replace(hit, excerpt=None))]
    pages = page_count(results)
    counted = ngettext("{n} story", "{n} stories", len(results.hits)).format(n=len(results.hits))
    parts = [
        counted,
        *([_("page {page} of {pages}").format(page=page + 1, pages=pages)] if pages > 1 else []),
        _("read one: {prefix}headline {id}").format(prefix=prefix, id=shown[0].listing.id),
    ]
    return _card(
        title=_("News: {query}").format(query=escaped(results.query, 200)),
        lines=lines,
        footer=" · ".join(parts),
    )


def _found(hit: Hit) -> list[str]:
    """Show a hit, and if it is one in the text, the words that it was found by."""
    notes = (_("in the text") if hit.where == "text" else None, more_reports(len(hit.others)))
    note = " · ".join(part for part in notes if part)
    lines = entry(hit.listing, matched=hit.matched, note=note)
    if hit.excerpt:
        # The arrow keeps "# one" and "- one" from standing where a line begins.
        lines.append("↳ " + with_bold(hit.excerpt, frozenset(hit.matched), EXCERPT))
    return lines


def more_reports(count: int) -> str | None:
    """Say how many more reports there are of a story; None if there is none."""
    return ngettext("and {n} more report", "and {n} more reports", count).format(n=count) if count else None


def page_count(results: Results) -> int:
    """Return how many pages the hits fill."""
    return -(-len(results.hits) // PAGE_SIZE)


def story_card(story: Story, prefix: str, *, found_by: str | None = None) -> discord.Embed:
    """Show a story: its summary, source, byline and date. `found_by` are the words that it was looked up by."""
    article = story.article
    page = article.page
    lines: list[str] = []
    if found_by is not None:
        lines.append(_("*The best match for “{words}”*").format(words=escaped(found_by, 100)))
    if article.kind is Kind.STUB:
        lines.append(_("*Only a teaser of this story is known, from another story's page:*"))
    lines.append(excerpt(story.summary) or _("*The page has no text below its headline.*"))
    lines += _credits(story)
    card = _card(
        title=escaped(page.headline, limits.EMBED_TITLE),
        lines=lines,
        url=page.url,
        footer=_("Article {id} · like it: {prefix}related {id}").format(id=article.id, prefix=prefix),
    )
    image = web_address(page.image)
    return card.set_image(url=image) if image else card


def excerpt(summary: Sequence[str]) -> str:
    """Escape a summary, a sentence a line, at most EXCERPT characters of the article."""
    room = limits.EXCERPT
    shown: list[str] = []
    for whole in summary:
        if room <= 0:
            break
        text = clean(whole)
        shown.append(escape(text) if len(text) <= room else escaped(text, room))
        room -= len(text) + 1
    return " ".join(shown)


def _credits(story: Story) -> list[str]:
    page = story.article.page
    address = web_address(page.url)
    byline = escaped(", ".join(page.byline), 120) if page.byline else None
    by = _("by {names}").format(names=byline) if byline else None
    source = escaped(page.source, 60) if page.source else None
    said = " · ".join(part for part in (source, by, day(page.published), host(address or "")) if part)
    return ["", f"*{said}*"] if said else []


def reports_card(reports: Sequence[Listing], prefix: str) -> discord.Embed:
    """Show all reports of one story, which has at least one; how many fit is up to their addresses."""
    return _card(
        title=_("Reports of: {headline}").format(headline=escaped(reports[0].headline, 200)),
        lines=[line for listing in reports for line in entry(listing)],
        footer=" · ".join(
            (
                ngettext("{n} report", "{n} reports", len(reports)).format(n=len(reports)),
                _("read one: {prefix}headline {id}").format(prefix=prefix, id=reports[-1].id),
            )
        ),
    )


def related_card(related: Related, prefix: str) -> discord.Embed:
    """Show the stories that an article's page teased, then those like it."""
    lines: list[str] = []
    if related.teasers:
        lines.append(_("**On its page**"))
        for teaser in related.teasers:
            lines += entry(teaser)
    if related.similar:
        lines.append(_("**Similar stories**"))
        for similar in related.similar:
            lines += entry(
                similar.listing, note=_("{score} % alike").format(score=round(similar.score * 100))
            )
    if not lines:
        lines.append(_("Its page teased no other story, and nothing in the store is like it yet."))
    first = next(
        (listing.id for listing in (*related.teasers, *(s.listing for s in related.similar))),
        related.article.id,
    )
    return _card(
        title=_("Related to: {headline}").format(headline=escaped(related.article.headline, 200)),
        lines=lines,
        url=related.article.url,
        footer=_("Article {id} · read one: {prefix}headline {first}").format(
            id=related.article.id, prefix=prefix, first=first
        ),
    )


def help_card(prefix: str) -> discord.Embed:
    """Show what can be asked, with examples that work as they stand."""
    p = prefix.replace("`", "")  # in code, nothing else formats
    lines = [
        _("I find stories by their headlines and texts, and forgive typos."),
        "",
        _(
            '`{p}news Syria` finds stories, best first. `"quoted words"` are taken exactly, `-word` must not occur.'
        ).format(p=p),
        _(
            "`{p}news Syria source:Reuters since:7d` asks one source for the last week. `title:word` looks into"
            " headlines only; `after:` and `before:` take days like 2020-05-04, yesterday or friday."
        ).format(p=p),
        _("`{p}news sort:new` shows the newest.").format(p=p),
        _("`{p}headline 1` sums up article 1. Words work as well: `{p}headline quake Cuba`").format(p=p),
        _("`{p}related 1` shows what its page teased and what is like it.").format(p=p),
        "",
        _("The same as `/news`, `/headline`, `/related`, or by mentioning me."),
    ]
    return _card(
        title=_("Newsdesk"), lines=lines, footer=_("Numbers of articles stand before each headline.")
    )


def trouble_card(
    said: str, suggestions: Sequence[str] = (), remarks: Iterable[NewsError] = ()
) -> discord.Embed:
    """Show a sentence that says what went wrong and how to go on. The sentence is escaped already."""
    lines = limits.fitting((said, *map(sentence, remarks)), TROUBLE)
    card = discord.Embed(description=lines, colour=discord.Colour(0xB5761A))
    if suggestions:
        near = ", ".join(f"**{escaped(word, 60)}**" for word in suggestions)
        card.description = f"{card.description}\n" + _(
            "Near words that would find something: {words}"
        ).format(words=near)
    return card
