"""The feeds, page by page, and the choice of what a new one brings."""

import logging
from collections.abc import Sequence
from functools import partial

import discord

from bot.desk import Desk
from bot.failures import SeveralFeeds
from bot.feeds import Polled, Preview, Take
from bot.replies import limits
from bot.replies.audience import Audience
from bot.replies.escape import plain
from bot.replies.feeds import added_card, found_card, list_card, page_count, preview_card
from bot.replies.language import _
from bot.replies.panels.controls import Choice, Go
from bot.replies.panels.panel import Panel, Screen
from bot.store.records import FeedRow
from bot.web import shown

log = logging.getLogger(__name__)


class ListScreen(Screen):
    """One page, counted from 0, of the feeds."""

    def __init__(
        self, audience: Audience, desk: Desk, rows: Sequence[FeedRow], page: int = 0, *, addresses: bool
    ) -> None:
        super().__init__(audience, desk)
        self.rows = rows
        self.page = page
        self.addresses = addresses

    @property
    def back(self) -> str:
        """See Screen."""
        return _("Back to the feeds")

    def card(self) -> discord.Embed:
        """See Screen."""
        return list_card(self.rows, self.page, self.audience, addresses=self.addresses)

    def controls(self) -> Sequence[discord.ui.Item[Panel]]:
        """See Screen."""
        last = page_count(self.rows) - 1
        if last < 1:
            return []
        return [
            Go(_("Back"), partial(self._at, self.page - 1), instead=True, disabled=self.page == 0),
            Go(_("Next"), partial(self._at, self.page + 1), instead=True, disabled=self.page == last),
        ]

    async def _at(self, page: int) -> Screen:
        return ListScreen(self.audience, self.desk, self.rows, page, addresses=self.addresses)


class PreviewScreen(Screen):
    """What a feed would bring, and three buttons that add it."""

    def __init__(
        self, audience: Audience, desk: Desk, preview: Preview, *, full_text: bool, addresses: bool
    ) -> None:
        super().__init__(audience, desk)
        self.preview = preview
        self.full_text = full_text
        self.addresses = addresses

    @property
    def back(self) -> str:
        """See Screen."""
        return _("Back to the preview")

    def card(self) -> discord.Embed:
        """See Screen."""
        return preview_card(self.preview, addresses=self.addresses)

    def controls(self) -> Sequence[discord.ui.Item[Panel]]:
        """See Screen."""
        labels = {
            Take.NONE: _("Nothing old"),
            Take.NEWEST: _("The newest five"),
            Take.ALL: _("Everything"),
        }
        return [Go(label, partial(self._add, take), instead=True) for take, label in labels.items()]

    async def _add(self, take: Take) -> Screen:
        user = self.audience.asker
        polled = await self.desk.feeds.add(self.preview.url, user=user, take=take, full_text=self.full_text)
        log.info("user %d added the feed %d", user, polled.feed.id)
        return AddedScreen(self.audience, self.desk, polled, addresses=self.addresses)


class AddedScreen(Screen):
    """A feed that was added."""

    def __init__(self, audience: Audience, desk: Desk, polled: Polled, *, addresses: bool) -> None:
        super().__init__(audience, desk)
        self.polled = polled
        self.addresses = addresses

    @property
    def back(self) -> str:
        """See Screen."""
        return _("Back to the feed")

    def card(self) -> discord.Embed:
        """See Screen."""
        return added_card(self.polled, self.audience, addresses=self.addresses)

    def controls(self) -> Sequence[discord.ui.Item[Panel]]:
        """See Screen."""
        return []


class FoundScreen(Screen):
    """The feeds that a page names, to choose one from."""

    def __init__(
        self,
        audience: Audience,
        desk: Desk,
        found: Sequence[tuple[str, str]],
        *,
        full_text: bool,
        addresses: bool,
    ) -> None:
        super().__init__(audience, desk)
        self.found = found
        """Each feed's title and address."""
        self.full_text = full_text
        self.addresses = addresses

    @property
    def back(self) -> str:
        """See Screen."""
        return _("Back to the feeds of the page")

    def card(self) -> discord.Embed:
        """See Screen."""
        return found_card(len(self.found))

    def controls(self) -> Sequence[discord.ui.Item[Panel]]:
        """See Screen."""
        return [Choice(_("Choose a feed…"), map(self._option, range(len(self.found))), self._offer)]

    def _option(self, at: int) -> discord.SelectOption:
        title, url = self.found[at]
        address = plain(shown(url), limits.OPTION) if self.addresses else None
        named = plain(title, limits.OPTION) or _("Feed {id}").format(id=at + 1)
        return discord.SelectOption(label=named, value=str(at), description=address)

    async def _offer(self, at: int) -> Screen:
        return await add_screen(
            self.audience,
            self.desk,
            self.found[at][1],
            full_text=self.full_text,
            addresses=self.addresses,
        )


async def add_screen(
    audience: Audience, desk: Desk, url: str, *, full_text: bool, addresses: bool
) -> PreviewScreen | FoundScreen:
    """Look what is at an address, and make the screen that asks what is wanted of it; raise as Feeds.preview does."""
    try:
        preview = await desk.feeds.preview(url)
    except SeveralFeeds as several:
        return FoundScreen(audience, desk, several.found, full_text=full_text, addresses=addresses)
    return PreviewScreen(audience, desk, preview, full_text=full_text, addresses=addresses)
