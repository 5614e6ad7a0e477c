"""A message with controls: what it shows now, the way that led there, and who may click."""

import asyncio
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Sequence
from typing import Any
from weakref import WeakValueDictionary

import discord

from bot.desk import Desk
from bot.replies import delivery
from bot.replies.audience import Audience
from bot.replies.cards import trouble_card
from bot.replies.language import _, privately, speaking
from bot.replies.plain import as_text
from bot.replies.voice import trouble

log = logging.getLogger(__name__)

LIFETIME = 300.0
"""Seconds without a click after which buttons die. An interaction's token lives 15 minutes."""
ACKNOWLEDGED_WITHIN = 1.0
"""Seconds that an answer to a click may take before Discord is told that it is under way: it waits three."""
PREFIX = "newsdesk"
"""What the ids of all our controls begin with."""

SILENT = discord.AllowedMentions.none()

LIVE = 2_000
"""Panels that are alive at a time, some 30 MB. A click on an older one is told so privately, as after a restart."""

_panels: WeakValueDictionary[str, "Panel"] = WeakValueDictionary()


class Screen(ABC):
    """What a message shows: a card, and the controls that belong to it."""

    def __init__(self, audience: Audience, desk: Desk) -> None:
        self.audience = audience
        self.desk = desk

    @property
    @abstractmethod
    def back(self) -> str:
        """The label of a button that leads back here."""

    @abstractmethod
    def card(self) -> discord.Embed:
        """Make the card."""

    @abstractmethod
    def controls(self) -> Sequence[discord.ui.Item["Panel"]]:
        """Make the controls. A select stands in row 0; in row 1, two places are kept for the ways back."""


class Panel(discord.ui.View):
    """The controls under one message, which they edit in place; they belong to one asker.

    After LIFETIME without a click they die visibly.
    """

    def __init__(self, screen: Screen) -> None:
        super().__init__(timeout=LIFETIME)
        self.audience = screen.audience
        self.trail: tuple[Screen, ...] = (screen,)
        self.message: discord.PartialMessage | discord.Message | None = None
        """The message that was sent; whoever sends it says so. Most know only its place: a whole one is two dozen objects."""
        self._latest: discord.Interaction[Any] | None = None
        self._token = secrets.token_hex(8)
        self._named = 0
        _panels[self._token] = self
        while len(_panels) > LIVE:
            _end_oldest()
        with speaking(self.audience.language):
            self.offer()

    @property
    def card(self) -> discord.Embed:
        """What is shown now."""
        with speaking(self.audience.language):
            return self.trail[-1].card()

    def has(self, custom_id: str) -> bool:
        """Tell whether one of the controls that are offered now has an id."""
        return any(getattr(item, "custom_id", None) == custom_id for item in self.children)

    def offer(self) -> None:
        """Offer the controls of what is shown now. Their ids are new: a click on an old one means nothing else."""
        self.clear_items()
        *before, screen = self.trail
        if before:
            self._add(Back(before[-1].back, len(before)))
            if before[0].back != before[-1].back:
                self._add(Back(before[0].back, 1))
        for control in screen.controls():
            self._add(control)

    def _add(self, control: discord.ui.Item["Panel"]) -> None:
        if control.is_dispatchable() and isinstance(control, discord.ui.Button | discord.ui.Select):
            self._named += 1
            control.custom_id = f"{PREFIX}:{self._token}:{self._named}"
        self.add_item(control)

    async def turn(
        self, interaction: discord.Interaction[Any], trail: Sequence[Screen], goal: Awaitable[Screen]
    ) -> None:
        """Show a screen that is being made, in the place of this one, with a trail that leads back."""
        with speaking(self.audience.language):
            making = asyncio.ensure_future(goal)
            await asyncio.wait({making}, timeout=ACKNOWLEDGED_WITHIN)
            if not making.done():
                await delivery.acknowledge(interaction)
            await self.show(interaction, (*trail, await making))

    async def show(self, interaction: discord.Interaction[Any], trail: tuple[Screen, ...]) -> None:
        """Show the last screen of a trail in the message that was clicked."""
        with speaking(self.audience.language):
            self.trail = trail
            # What is used is the newest again.
            _panels[self._token] = _panels.pop(self._token, self)
            self.offer()
            self._latest = interaction
            shown = _face(self.card, interaction.message) | {"view": self, "allowed_mentions": SILENT}
            await delivery.redraw(interaction, **shown)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let the asker through, once for each click; tell anyone else privately how to get buttons of their own."""
        if interaction.client.heard.again(interaction.id):
            return False
        if interaction.user.id == self.audience.asker:
            return True
        with speaking(privately(interaction.locale.value, self.audience.language)):
            card = trouble_card(
                _("These buttons belong to whoever asked. Run the command yourself to get your own.")
            )
        await _tell(interaction, card)
        return False

    async def click(
        self, control: discord.ui.DynamicItem[Any], interaction: discord.Interaction[Any]
    ) -> None:
        """Do what discord.py does with a click, or show what is shown now where the control is no more."""
        ours = next(
            (one for one in self.children if getattr(one, "custom_id", None) == control.custom_id), None
        )
        try:
            if not await self.interaction_check(interaction):
                return
            if ours is None:
                await self.show(interaction, self.trail)
            else:
                await ours.callback(interaction)
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever clicked is told
            await self.on_error(interaction, error, control)

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, item: discord.ui.Item[Any], /
    ) -> None:
        """Say what went wrong to the one who clicked."""
        where = f"{type(item).__name__} (guild {interaction.guild_id}, user {interaction.user.id})"
        with speaking(privately(interaction.locale.value, self.audience.language)):
            card = trouble(error, where=where)
        await _tell(interaction, card)

    async def on_timeout(self) -> None:
        """Grey the controls out, links excepted: they go on working."""
        grey_out(self)
        try:
            # The latest click is newer than the message's own token, which may have expired since.
            sent = self._latest or self.message
            if sent is not None:
                await delivery.redraw_later(sent, view=self)
        except delivery.UNDELIVERED:
            log.debug("the message under dead buttons is gone")
        finally:
            self.end()

    def end(self) -> None:
        """Stop listening, and let go of the controls: they and their panel hold each other, and much would pile up."""
        self.stop()
        self.clear_items()


async def _tell(interaction: discord.Interaction[Any], card: discord.Embed) -> None:
    """Show a card to the one who clicked alone. From here an error would reach nobody."""
    try:
        await delivery.answer(interaction, private=True, embed=card, allowed_mentions=SILENT)
    except delivery.UNDELIVERED as failure:
        log.warning("an answer to a click of user %d did not reach Discord: %s", interaction.user.id, failure)


def _face(card: discord.Embed, message: discord.Message | None) -> dict[str, Any]:
    """Return what a message shows of another card: its text, where cards were not permitted when it was sent."""
    plain = message is not None and message.content and not message.embeds
    return {"content": as_text(card)} if plain else {"embed": card}


class Back(discord.ui.Button[Panel]):
    """The way back to a screen that was shown before."""

    def __init__(self, label: str, depth: int) -> None:
        super().__init__(label=label, row=1)
        self.depth = depth

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show it again, as it was left."""
        if self.view is not None:
            await self.view.show(interaction, self.view.trail[: self.depth])


def _end_oldest() -> None:
    oldest = _panels.pop(next(iter(_panels)), None)
    if oldest is not None:
        oldest.end()


def live_panel(token: str) -> Panel | None:
    """Return the panel whose controls have a token in their ids; None once it died, or in another process."""
    panel = _panels.get(token)
    return None if panel is None or panel.is_finished() else panel


def grey_out(view: discord.ui.View) -> None:
    """Disable all controls but links."""
    for item in view.children:
        if item.is_dispatchable() and isinstance(item, discord.ui.Button | discord.ui.Select):
            item.disabled = True
