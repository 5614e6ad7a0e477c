"""The cards that answers are shown on: Discord embeds made of results, stories and relatives."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import discord

from bot.article import Hit, Kind, Listing, Related, Results, Story
from bot.errors import NewsError
from bot.replies import limits
from bot.replies.audience import Audience
from bot.replies.entries import FULL, ROOM, SHORTER, UNLINKED, Style, by_whom, entry, more_reports
from bot.replies.escape import escape, escaped, web_address
from bot.replies.language import _, ngettext
from bot.replies.wording import sentence
from bot.text import clean

TROUBLE = 3_000
"""Units of what went wrong; the rest of a description is for the words that would find something."""
SAID = 600
"""Units of what is said above results: as many stories as a guild may choose have to fit below."""
COLOUR = discord.Colour(0x2F6FB2)
MOST_REMARKS = 5
"""Remarks on one query."""
MOST_TEASERS = 8
"""Stories of a page that are listed beside those like it; all of them are offered under the story."""
MOST_REPORTS = 12
"""Reports that are listed of one story; more of them are offered below."""


def _card(*, title: str | None, lines: Iterable[str], footer: str, url: str | None = None) -> discord.Embed:
    """Make a card whose parts fit Discord's limits. Title and lines are escaped already; a footer formats nothing."""
    room = limits.EMBED_TOTAL - limits.length(title or "") - limits.length(footer)
    card = discord.Embed(
        title=title,
        description=limits.fitting(lines, min(limits.EMBED_DESCRIPTION, room)),
        url=web_address(url),
        colour=COLOUR,
    )
    card.set_footer(text=footer)
    return card


def _that_fit(lines_in: Callable[[Style], list[str]]) -> list[str]:
    """Return lines in the fullest style in which they fit a card, so that no story is left out."""
    styles = (FULL, replace(FULL, excerpt=False), UNLINKED, SHORTER)
    for style in styles:
        lines = lines_in(style)
        if sum(limits.length(line) + 1 for line in lines) <= ROOM:
            break
    return lines


def results_card(results: Results, page: int, audience: Audience) -> discord.Embed:
    """Show one page, counted from 0, of what a query found."""
    shown = on_page(results, page, audience)
    first = page * audience.choices.results + 1
    corrections = [
        _("Read “{typed}” as **{read}**. Quote a word to search it exactly.").format(
            typed=escaped(correction.typed, 60), read=escaped(correction.read, 60)
        )
        for correction in results.corrections
    ]
    said = limits.fitting([*corrections, *map(sentence, results.remarks[:MOST_REMARKS])], SAID)
    above = [said, ""] if said else []
    pages = page_count(results, audience)
    footer = [
        ngettext("{n} story", "{n} stories", len(results.hits)).format(n=len(results.hits)),
        *([_("page {page} of {pages}").format(page=page + 1, pages=pages)] if pages > 1 else []),
        _read_one(audience, shown[0].listing.id),
    ]
    return _card(
        title=_("News: {query}").format(query=escaped(results.query, 200)),
        lines=_that_fit(
            lambda style: (
                above + [line for rank, hit in enumerate(shown, first) for line in _found(hit, rank, style)]
            )
        ),
        footer=" · ".join(footer),
    )


def _found(hit: Hit, rank: int, style: Style) -> list[str]:
    """Show a hit, and if it is one in the text, the words that it was found by."""
    notes = (_("in the text") if hit.where == "text" else None, more_reports(len(hit.others)))
    note = " · ".join(part for part in notes if part)
    return entry(hit.listing, style, rank=rank, matched=hit.matched, note=note, excerpt=hit.excerpt)


def _read_one(audience: Audience, id_: int) -> str:
    return _("read one: {command}").format(command=audience.example(f"headline {id_}"))


def on_page(results: Results, page: int, audience: Audience) -> Sequence[Hit]:
    """Return the hits on one page, counted from 0."""
    size = audience.choices.results
    return results.hits[page * size : (page + 1) * size]


def page_count(results: Results, audience: Audience) -> int:
    """Return how many pages the hits fill."""
    return -(-len(results.hits) // audience.choices.results)


def story_card(story: Story, audience: Audience, *, found_by: str | None = None) -> discord.Embed:
    """Show a story: its summary, source, byline and date. `found_by` are the words that it was looked up by."""
    article = story.article
    page = article.page
    lines: list[str] = []
    if found_by is not None:
        lines.append(_("*The best match for “{words}”*").format(words=escaped(found_by, 100)))
    if article.kind is Kind.STUB:
        lines.append(_("*Only a teaser of this story is known, from another story's page:*"))
    lines.append(
        _excerpt(story.summary, limits.EXCERPT - len(clean(page.headline)[: limits.EMBED_TITLE]))
        or _("*The page has no text below its headline.*")
    )
    if credits_ := by_whom(page):
        lines += ["", credits_]
    card = _card(
        title=escaped(page.headline, limits.EMBED_TITLE),
        lines=lines,
        url=page.url,
        footer=_("Article {id} · like it: {command}").format(
            id=article.id, command=audience.example(f"related {article.id}")
        ),
    )
    image = web_address(page.image)
    return card.set_image(url=image) if image else card


def _excerpt(summary: Sequence[str], room: int) -> str:
    """Escape the whole sentences of a summary that fit into `room` characters; the first one is shortened to it."""
    shown: list[str] = []
    for whole in summary:
        text = clean(whole)
        if len(text) > room:
            if not shown:
                shown.append(escaped(text, room))
            break
        shown.append(escape(text))
        room -= len(text) + 1
    return " ".join(shown)


def reports_card(reports: Sequence[Listing], audience: Audience) -> discord.Embed:
    """Show the reports of one story, which has at least one."""
    return _card(
        title=_("Reports of: {headline}").format(headline=escaped(reports[0].headline, 200)),
        lines=_that_fit(lambda style: _reports(reports, style)),
        footer=" · ".join(
            (
                ngettext("{n} report", "{n} reports", len(reports)).format(n=len(reports)),
                _read_one(audience, reports[-1].id),
            )
        ),
    )


def _reports(reports: Sequence[Listing], style: Style) -> list[str]:
    lines = [line for listing in reports[:MOST_REPORTS] for line in entry(listing, style)]
    more = more_reports(len(reports) - MOST_REPORTS)
    return [*lines, f"*{more}*"] if more else lines


def related_card(related: Related, audience: Audience) -> discord.Embed:
    """Show the stories that an article's page teased, then those like it."""
    listed = [*related.teasers, *(similar.listing for similar in related.similar)]
    return _card(
        title=_("Related to: {headline}").format(headline=escaped(related.article.headline, 200)),
        lines=_that_fit(lambda style: _relatives(related, style))
        or [_("Its page teased no other story, and nothing in the store is like it yet.")],
        url=related.article.url,
        footer=" · ".join(
            (
                _("Article {id}").format(id=related.article.id),
                _read_one(audience, listed[0].id if listed else related.article.id),
            )
        ),
    )


def _relatives(related: Related, style: Style) -> list[str]:
    lines: list[str] = []
    if related.teasers:
        lines.append(_("**On the page**"))
        for teaser in related.teasers[:MOST_TEASERS]:
            lines += entry(teaser, style)
        if (more := len(related.teasers) - MOST_TEASERS) > 0:
            lines.append(ngettext("*and {n} more story*", "*and {n} more stories*", more).format(n=more))
    if related.similar:
        lines += ["", _("**Similar**")] if lines else [_("**Similar**")]
        for similar in related.similar:
            alike = _("{score} % alike").format(score=round(similar.score * 100))
            lines += entry(similar.listing, style, note=alike)
    return lines


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
