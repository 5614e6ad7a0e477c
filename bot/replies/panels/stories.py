"""A story, its other reports, and what is related to it: each leads to the others, in the same message."""

from collections.abc import Sequence
from functools import partial

import discord

from bot.article import Listing, Related, Story
from bot.desk import Desk
from bot.errors import UnknownArticle
from bot.replies import limits
from bot.replies.audience import Audience
from bot.replies.cards import related_card, reports_card, story_card
from bot.replies.language import _, ngettext
from bot.replies.panels.controls import Choice, Go, option, source_link
from bot.replies.panels.panel import Panel, Screen


class StoryScreen(Screen):
    """A story: what it teases, what is related to it, its other reports and its source."""

    def __init__(self, audience: Audience, desk: Desk, story: Story, found_by: str | None = None) -> None:
        super().__init__(audience, desk)
        self.story = story
        self.found_by = found_by

    @property
    def back(self) -> str:
        """See Screen."""
        return _("Back to the story")

    def card(self) -> discord.Embed:
        """See Screen."""
        return story_card(self.story, self.audience, found_by=self.found_by)

    def controls(self) -> Sequence[discord.ui.Item[Panel]]:
        """See Screen."""
        article = self.story.article
        controls: list[discord.ui.Item[Panel]] = []
        if self.story.teased:
            options = [option(teaser, self) for teaser in self.story.teased]
            goal = partial(story_screen, self.audience, self.desk)
            controls.append(Choice(_("On its page…"), options, goal))
        controls.append(Go(_("Related"), partial(related_screen, self.audience, self.desk, article.id)))
        if count := len(self.story.others):
            label = ngettext("{n} more report", "{n} more reports", count).format(n=count)
            goal_of_all = partial(reports_screen, self.audience, self.desk, article.story or article.id)
            controls.append(Go(label, goal_of_all))
        return [*controls, *source_link(article.page.url)]


class ReportsScreen(Screen):
    """The reports of one story."""

    def __init__(self, audience: Audience, desk: Desk, reports: Sequence[Listing]) -> None:
        super().__init__(audience, desk)
        self.reports = reports

    @property
    def back(self) -> str:
        """See Screen."""
        return _("Back to the reports")

    def card(self) -> discord.Embed:
        """See Screen."""
        return reports_card(self.reports, self.audience)

    def controls(self) -> Sequence[discord.ui.Item[Panel]]:
        """See Screen."""
        options = [option(report, self) for report in self.reports]
        return [Choice(_("Read a report…"), options, partial(story_screen, self.audience, self.desk))]


class RelatedScreen(Screen):
    """What is related to a story."""

    def __init__(self, audience: Audience, desk: Desk, related: Related) -> None:
        super().__init__(audience, desk)
        self.related = related

    @property
    def back(self) -> str:
        """See Screen."""
        return _("Back to the related")

    def card(self) -> discord.Embed:
        """See Screen."""
        return related_card(self.related, self.audience)

    def controls(self) -> Sequence[discord.ui.Item[Panel]]:
        """See Screen."""
        similar = [option(found.listing, self, where=_("Similar")) for found in self.related.similar]
        teasers = [option(teaser, self, where=_("On the page")) for teaser in self.related.teasers]
        options = [*teasers[: limits.OPTIONS - len(similar)], *similar]
        if not options:
            return []
        return [Choice(_("Read a story…"), options, partial(story_screen, self.audience, self.desk))]


async def story_screen(audience: Audience, desk: Desk, id_: int, found_by: str | None = None) -> StoryScreen:
    """Fetch a story and make its screen; raise as Desk.story does."""
    story = await desk.story(id_, audience.example("news sort:new"), audience.scope)
    return StoryScreen(audience, desk, story, found_by)


async def reports_screen(audience: Audience, desk: Desk, id_: int) -> ReportsScreen:
    """Fetch the reports of a story, given the id of its first one, and make their screen.

    Raise UnknownArticle if all of them were removed since.
    """
    reports = await desk.reports(id_, scope=audience.scope)
    if not reports:
        raise UnknownArticle(id=id_, example=audience.example("news sort:new"))
    return ReportsScreen(audience, desk, reports)


async def related_screen(audience: Audience, desk: Desk, id_: int) -> RelatedScreen:
    """Find what is related to a story and make its screen; raise as Desk.related does."""
    related = await desk.related(id_, example=audience.example("news sort:new"), scope=audience.scope)
    return RelatedScreen(audience, desk, related)
