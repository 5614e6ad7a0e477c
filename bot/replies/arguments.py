"""What users type after a command, parsed, checked and completed in one place for prefix and slash alike."""

import logging
import re
from typing import Any, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.article import Listing
from bot.desk import RESULTS, Desk
from bot.errors import NoWords, QueryTooLong
from bot.replies import limits
from bot.replies.send import Context
from bot.search import Query, parse_query
from bot.text import clean, shorten

log = logging.getLogger(__name__)

Asked: TypeAlias = int | Query
"""The article that a command is about: its id, or the words of its headline."""

_NUMBER = re.compile(r"#?\s*(\d{1,18})", re.ASCII)


def read_query(text: str, example: str) -> Query:
    """Parse the words of a search; raise QueryTooLong or NoWords with an example that works."""
    text = clean(text)
    if len(text) > limits.QUERY:
        raise QueryTooLong(limit=limits.QUERY, length=len(text), example=example)
    query = parse_query(text)
    if not query.words:
        raise NoWords(query=text, example=example)
    return query


def read_asked(text: str, example: str) -> Asked:
    """Read all digits, with or without #, as an id, anything else as words; quotes force words."""
    number = _NUMBER.fullmatch(text.strip())
    return int(number[1]) if number else read_query(text, example)


async def _completions(interaction: discord.Interaction[Any], typed: str) -> list[Listing]:
    """Complete what is being typed. An error here would reach no door, so it goes to the log."""
    desk: Desk = interaction.client.desk
    try:
        return await desk.complete(typed[: limits.QUERY], RESULTS)
    except Exception:
        log.exception("while completing an argument")
        return []


class QueryArgument(commands.Converter[Query], app_commands.Transformer):
    """The words of a search."""

    @property
    def max_value(self) -> int:
        """Let Discord refuse what is too long before it is sent."""
        return limits.QUERY

    async def convert(self, ctx: Context, argument: str) -> Query:
        """Read it from a message."""
        return read_query(argument, ctx.bot.example("news Syria"))

    async def transform(self, interaction: discord.Interaction[Any], value: str, /) -> Query:
        """Read it from a slash command."""
        return read_query(value, "/news Syria")

    async def autocomplete(
        self, interaction: discord.Interaction[Any], value: float | str, /
    ) -> list[app_commands.Choice[Any]]:
        """Offer headlines as they are printed."""
        names = [_choice_name(listing) for listing in await _completions(interaction, str(value))]
        return [app_commands.Choice(name=name, value=name) for name in dict.fromkeys(names)]


class ArticleArgument(commands.Converter[Asked], app_commands.Transformer):
    """An article, by its id or by words of its headline."""

    @property
    def max_value(self) -> int:
        """Let Discord refuse what is too long before it is sent."""
        return limits.QUERY

    async def convert(self, ctx: Context, argument: str) -> Asked:
        """Read it from a message."""
        return read_asked(argument, ctx.bot.example("headline 1"))

    async def transform(self, interaction: discord.Interaction[Any], value: str, /) -> Asked:
        """Read it from a slash command."""
        return read_asked(value, "/headline 1")

    async def autocomplete(
        self, interaction: discord.Interaction[Any], value: float | str, /
    ) -> list[app_commands.Choice[Any]]:
        """Offer headlines, and send the id of the one that is chosen."""
        found = await _completions(interaction, str(value))
        return [app_commands.Choice(name=_choice_name(listing), value=str(listing.id)) for listing in found]


def _choice_name(listing: Listing) -> str:
    return shorten(clean(listing.headline), limits.CHOICE_NAME)
