"""The controls that screens are made of."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import discord

from bot.article import Listing
from bot.replies import limits
from bot.replies.entries import option_description, option_label
from bot.replies.escape import host, web_address
from bot.replies.language import _
from bot.replies.panels.panel import Panel, Screen


class Go(discord.ui.Button[Panel]):
    """A button that shows another screen: behind the one that it is on, or `instead` of it."""

    def __init__(
        self,
        label: str,
        goal: Callable[[], Awaitable[Screen]],
        *,
        row: int = 1,
        instead: bool = False,
        disabled: bool = False,
    ) -> None:
        super().__init__(label=limits.cut(label, limits.BUTTON_LABEL), row=row, disabled=disabled)
        self.goal = goal
        self.instead = instead

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show it."""
        panel = self.view
        if panel is not None:
            trail = panel.trail[:-1] if self.instead else panel.trail
            await panel.turn(interaction, trail, self.goal())


class Choice(discord.ui.Select[Panel]):
    """A select that shows one of some stories."""

    def __init__(
        self,
        placeholder: str,
        options: Iterable[discord.SelectOption],
        goal: Callable[[int], Awaitable[Screen]],
    ) -> None:
        # A story may be offered for two reasons; the first one counts.
        offered = {option.value: option for option in reversed(list(options))}
        kept = list(reversed(offered.values()))[: limits.OPTIONS]
        super().__init__(placeholder=placeholder, options=kept, row=0)
        self.goal = goal

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the story."""
        panel = self.view
        if panel is not None:
            await panel.turn(interaction, panel.trail, self.goal(int(self.values[0])))


def option(
    listing: Listing, screen: Screen, *, rank: int | None = None, where: str | None = None
) -> discord.SelectOption:
    """Offer a story in a select."""
    return discord.SelectOption(
        label=option_label(listing, rank),
        value=str(listing.id),
        description=option_description(listing, screen.audience.choices.tzinfo, where),
    )


def source_link(url: str | None) -> list[discord.ui.Item[Panel]]:
    """Offer an article's own address, its host named; nothing where it has none."""
    address = web_address(url)
    if address is None:
        return []
    label = _("Read at {host}").format(host=host(address))
    return [discord.ui.Button(label=limits.cut(label, limits.BUTTON_LABEL), url=address, row=1)]
