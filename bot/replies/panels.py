"""Buttons under answers. Only the asker's clicks count; after five minutes the buttons die visibly."""

import logging
from typing import Any, Self

import discord

from bot.article import Hit, Results, Story
from bot.desk import Desk
from bot.replies import limits
from bot.replies.cards import (
    PAGE_SIZE,
    page_count,
    related_card,
    reports_card,
    results_card,
    story_card,
    trouble_card,
)
from bot.replies.escape import host, web_address
from bot.replies.language import _, ngettext
from bot.replies.voice import trouble

log = logging.getLogger(__name__)

LIFETIME = 300.0
"""Seconds without a click after which buttons die. An interaction's token lives 15 minutes."""

SILENT = discord.AllowedMentions.none()


class Panel(discord.ui.View):
    """Buttons that belong to one asker and to one message, which they edit in place."""

    def __init__(self, asker: int) -> None:
        super().__init__(timeout=LIFETIME)
        self.asker = asker
        self.message: discord.Message | None = None

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let the asker through; tell anyone else privately how to get buttons of their own."""
        if interaction.user.id == self.asker:
            return True
        await interaction.response.send_message(
            embed=trouble_card(
                _("These buttons belong to whoever asked. Run the command yourself to get your own.")
            ),
            ephemeral=True,
            allowed_mentions=SILENT,
        )
        return False

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, item: discord.ui.Item[Any], /
    ) -> None:
        """Say what went wrong to the one who clicked."""
        card = trouble(error, where=f"button {type(item).__name__}")
        if interaction.response.is_done():
            await interaction.followup.send(embed=card, ephemeral=True, allowed_mentions=SILENT)
        else:
            await interaction.response.send_message(embed=card, ephemeral=True, allowed_mentions=SILENT)

    async def on_timeout(self) -> None:
        """Grey the buttons out, links excepted: they go on working."""
        for item in self.children:
            if isinstance(item, discord.ui.Button) and item.url is None:
                item.disabled = True
        if self.message is not None:
            try:
                await self.message.edit(view=self)
            except discord.HTTPException:
                log.debug("the message under dead buttons is gone")

    async def turn_to(
        self, interaction: discord.Interaction[Any], card: discord.Embed, panel: "Panel"
    ) -> None:
        """Show another card with other buttons in the place of this one."""
        panel.message = self.message
        await interaction.response.edit_message(embed=card, view=panel, allowed_mentions=SILENT)
        if panel is not self:
            self.stop()


class ResultsPanel(Panel):
    """Back and next through the pages of what a query found, and the other reports of the stories on a page."""

    def __init__(self, asker: int, results: Results, desk: Desk, prefix: str, page: int = 0) -> None:
        super().__init__(asker)
        self.results = results
        self.desk = desk
        self.prefix = prefix
        self.page = page
        self._offer()

    def _offer(self) -> None:
        """Offer the buttons that the page needs."""
        self.clear_items()
        if page_count(self.results) > 1:
            self.back.disabled = self.page == 0
            self.next.disabled = self.page >= page_count(self.results) - 1
            self.add_item(self.back)
            self.add_item(self.next)
        for hit in self.results.hits[self.page * PAGE_SIZE : (self.page + 1) * PAGE_SIZE]:
            if hit.others:
                self.add_item(ReportsOfHit(hit))

    async def _turn(self, interaction: discord.Interaction[Any], by: int) -> None:
        self.page += by
        self._offer()
        await self.turn_to(interaction, results_card(self.results, self.page, self.prefix), self)

    @discord.ui.button(label=_("Back"), style=discord.ButtonStyle.secondary)
    async def back(self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Self]) -> None:
        """Show the page before."""
        await self._turn(interaction, -1)

    @discord.ui.button(label=_("Next"), style=discord.ButtonStyle.secondary)
    async def next(self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Self]) -> None:
        """Show the page after."""
        await self._turn(interaction, 1)


class ReportsOfHit(discord.ui.Button[ResultsPanel]):
    """Under results: every report of one of the stories, in the same place."""

    def __init__(self, hit: Hit) -> None:
        said = ngettext("{id}: {n} more report", "{id}: {n} more reports", len(hit.others))
        super().__init__(label=said.format(id=hit.listing.id, n=len(hit.others)), row=1)
        self.hit = hit

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """List the reports."""
        panel = self.view
        if panel is None:
            return
        reports = await panel.desk.reports(self.hit.listing.story or self.hit.listing.id)
        back = BackToResults(panel.asker, panel.results, panel.desk, panel.prefix, panel.page)
        await panel.turn_to(interaction, reports_card(reports, panel.prefix), back)


class BackToResults(Panel):
    """Under the reports of a story: the way back to the results."""

    def __init__(self, asker: int, results: Results, desk: Desk, prefix: str, page: int) -> None:
        super().__init__(asker)
        self.results = results
        self.desk = desk
        self.prefix = prefix
        self.page = page

    @discord.ui.button(label=_("Back to the results"), style=discord.ButtonStyle.secondary)
    async def back(self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Self]) -> None:
        """Show the results again, on the page that was left."""
        again = ResultsPanel(self.asker, self.results, self.desk, self.prefix, self.page)
        await self.turn_to(interaction, results_card(self.results, self.page, self.prefix), again)


class StoryPanel(Panel):
    """Under a story: what is related to it, in the same place, and its source."""

    def __init__(self, asker: int, story: Story, desk: Desk, prefix: str) -> None:
        super().__init__(asker)
        self.story = story
        self.desk = desk
        self.prefix = prefix
        if story.others:
            self.reports.label = ngettext("{n} more report", "{n} more reports", len(story.others)).format(
                n=len(story.others)
            )
        else:
            self.remove_item(self.reports)
        self.add_source_link(story.article.page.url)

    def add_source_link(self, url: str | None) -> None:
        """Offer the article's own address, its host named."""
        address = web_address(url)
        if address:
            self.add_item(
                discord.ui.Button(
                    label=_("Read at {host}").format(host=host(address))[: limits.BUTTON_LABEL], url=address
                )
            )

    @discord.ui.button(label=_("Related"), style=discord.ButtonStyle.secondary)
    async def related(self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Self]) -> None:
        """Show what is related to the story."""
        related = await self.desk.related(self.story.article.id, example=f"{self.prefix}news sort:new")
        back = BackToStory(self.asker, self.story, self.desk, self.prefix)
        await self.turn_to(interaction, related_card(related, self.prefix), back)

    @discord.ui.button(label=_("More reports"), style=discord.ButtonStyle.secondary)
    async def reports(self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Self]) -> None:
        """Show every report of the story."""
        article = self.story.article
        reports = await self.desk.reports(article.story or article.id)
        back = BackToStory(self.asker, self.story, self.desk, self.prefix)
        await self.turn_to(interaction, reports_card(reports, self.prefix), back)


class BackToStory(Panel):
    """Under what belongs to a story: the way back to it."""

    def __init__(self, asker: int, story: Story, desk: Desk, prefix: str) -> None:
        super().__init__(asker)
        self.story = story
        self.desk = desk
        self.prefix = prefix

    @discord.ui.button(label=_("Back to the story"), style=discord.ButtonStyle.secondary)
    async def back(self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Self]) -> None:
        """Show the story again."""
        again = StoryPanel(self.asker, self.story, self.desk, self.prefix)
        await self.turn_to(interaction, story_card(self.story, self.prefix), again)
