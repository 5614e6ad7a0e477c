"""Under results: their pages, a story of the page to read, and the other reports of its stories."""

from collections.abc import Sequence
from functools import partial

import discord

from bot.article import Hit, Results
from bot.desk import Desk
from bot.replies import limits
from bot.replies.audience import Audience
from bot.replies.cards import on_page, page_count, results_card
from bot.replies.language import _, ngettext
from bot.replies.panels.controls import Choice, Go, option
from bot.replies.panels.panel import Panel, Screen
from bot.replies.panels.stories import reports_screen, story_screen


async def results_screen(audience: Audience, desk: Desk, results: Results, page: int = 0) -> "ResultsScreen":
    """Make the screen of one page, counted from 0, of what a query found."""
    size = audience.choices.results
    return ResultsScreen(audience, desk, await desk.explained(results, size, page * size), page)


class ResultsScreen(Screen):
    """One page, counted from 0, of what a query found."""

    def __init__(self, audience: Audience, desk: Desk, results: Results, page: int = 0) -> None:
        super().__init__(audience, desk)
        self.results = results
        self.page = page

    @property
    def back(self) -> str:
        """See Screen."""
        return _("Back to the results")

    def card(self) -> discord.Embed:
        """See Screen."""
        return results_card(self.results, self.page, self.audience)

    def controls(self) -> Sequence[discord.ui.Item[Panel]]:
        """See Screen."""
        shown = on_page(self.results, self.page, self.audience)
        first = self.page * self.audience.choices.results + 1
        read = Choice(
            _("Read a story…"),
            [option(hit.listing, self, rank=rank) for rank, hit in enumerate(shown, first)],
            partial(story_screen, self.audience, self.desk),
        )
        return [read, *self._turns(), *self._reports(shown)]

    def _turns(self) -> list[discord.ui.Item[Panel]]:
        last = page_count(self.results, self.audience) - 1
        if not last:
            return []
        return [
            Go(_("Back"), partial(self._at, self.page - 1), instead=True, disabled=self.page == 0),
            Go(_("Next"), partial(self._at, self.page + 1), instead=True, disabled=self.page == last),
        ]

    async def _at(self, page: int) -> Screen:
        return await results_screen(self.audience, self.desk, self.results, page)

    def _reports(self, shown: Sequence[Hit]) -> list[discord.ui.Item[Panel]]:
        told = [hit for hit in shown if hit.others]
        return [
            Go(
                ngettext("{id}: {n} more report", "{id}: {n} more reports", len(hit.others)).format(
                    id=hit.listing.id, n=len(hit.others)
                ),
                partial(reports_screen, self.audience, self.desk, hit.listing.story or hit.listing.id),
                row=2 + place // limits.ROW,
            )
            for place, hit in enumerate(told)
        ]
