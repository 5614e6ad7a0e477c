"""Controls that nobody listens to any more, or not yet: a click on one is answered all the same."""

import re
from typing import Any

import discord

from bot.replies import delivery
from bot.replies.cards import trouble_card
from bot.replies.language import ENGLISH, _, privately, speaking
from bot.replies.panels.panel import PREFIX, SILENT, Panel, grey_out, live_panel


class OldControl(
    discord.ui.DynamicItem[discord.ui.Item[Any]], template=rf"{PREFIX}:(?P<panel>[0-9a-f]+):\d+"
):
    """Any control of ours. discord.py asks for it at every click, before the panel it belongs to gets it.

    Those of a panel that died, or of another run of the bot, get a private sentence; those that their panel
    has replaced since (a second click while the first one is on its way) show what the panel shows now. Those of
    a message whose sending Discord has not yet confirmed are used here: discord.py does not know them before.
    """

    def __init__(self, item: discord.ui.Item[Any], panel: Panel | None) -> None:
        super().__init__(item)
        self.panel = panel

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> "OldControl":
        """See DynamicItem. Whether the panel lives is seen here, before it is told of the click."""
        return cls(item, live_panel(match["panel"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer, unless the panel does."""
        panel = self.panel
        if panel is None:
            if not interaction.client.heard.again(interaction.id):
                await _tell(interaction)
        elif panel.message is None or not panel.has(self.custom_id):
            await panel.click(self, interaction)


async def _tell(interaction: discord.Interaction[Any]) -> None:
    with speaking(privately(interaction.locale.value, ENGLISH)):
        card = trouble_card(_("These buttons are too old. Run the command again to get new ones."))
    if interaction.message is None:
        return
    dead = discord.ui.View.from_message(interaction.message, timeout=None)
    grey_out(dead)
    dead.stop()
    await delivery.redraw(interaction, view=dead)
    await delivery.follow(interaction, private=True, embed=card, allowed_mentions=SILENT)
