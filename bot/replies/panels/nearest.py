"""Where nothing was found: the nearest words as buttons, each of which searches for its word."""

from collections.abc import Sequence
from functools import partial

import discord

from bot.desk import Desk
from bot.errors import NothingFound
from bot.replies import limits
from bot.replies.audience import Audience
from bot.replies.escape import plain
from bot.replies.language import _
from bot.replies.panels.controls import Go
from bot.replies.panels.panel import Panel, Screen
from bot.replies.panels.results import results_screen
from bot.replies.voice import trouble
from bot.search import parse_query


class NearestScreen(Screen):
    """What to ask instead."""

    def __init__(self, audience: Audience, desk: Desk, nothing: NothingFound) -> None:
        super().__init__(audience, desk)
        self.nothing = nothing

    @property
    def back(self) -> str:
        """See Screen."""
        return _("Back to the nearest words")

    def card(self) -> discord.Embed:
        """See Screen."""
        return trouble(self.nothing, where="a search")

    def controls(self) -> Sequence[discord.ui.Item[Panel]]:
        """See Screen."""
        words = dict.fromkeys(self.nothing.suggestions)
        return [
            Go(plain(word, limits.BUTTON_LABEL), partial(self._search, word), row=0, instead=True)
            for word in list(words)[: limits.ROW]
            if plain(word, limits.BUTTON_LABEL)
        ]

    async def _search(self, word: str) -> Screen:
        query = parse_query(word, discord.utils.utcnow(), self.audience.choices.tzinfo)
        example = self.audience.example("news sort:new")
        results = await self.desk.answer(query, example, self.audience.scope)
        return await results_screen(self.audience, self.desk, results)
