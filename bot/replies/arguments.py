"""What users type after a command, parsed, checked and completed in one place for prefix and slash alike."""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.article import Listing
from bot.desk import Desk
from bot.errors import EmptyQuery, NoWords, QueryTooLong
from bot.replies import limits
from bot.replies.send import Context
from bot.search import Query, parse_query
from bot.text import clean, shorten

log = logging.getLogger(__name__)

Asked: TypeAlias = int | Query
"""The article that a command is about: its id, or the words of its headline."""

_MARKS = str.maketrans(dict.fromkeys('"“”„«»'))
_NUMBER = re.compile(r"#?\s*(\d{1,18})", re.ASCII)


def read_text(text: str, example: str) -> str:
    """Clean what was typed; raise QueryTooLong with an example that works."""
    text = clean(text)
    if len(text) > limits.QUERY:
        raise QueryTooLong(limit=limits.QUERY, length=len(text), example=example)
    return text


def read_query(text: str, example: str, options: Mapping[str, str | None] | None = None) -> Query:
    """Parse the words of a search, with options that say what operators in it would say.

    Raise QueryTooLong, EmptyQuery, NoWords, or what is wrong with the only operator, with an example that works.
    """
    text = read_text(text, example)
    given = [_operator(name, value) for name, value in (options or {}).items() if value is not None]
    if not text and not given:
        raise EmptyQuery(example=example)
    # The options go first: a quotation mark that is left open in the text must not swallow them.
    query = parse_query(" ".join((*given, text)), discord.utils.utcnow())
    if query.empty:
        raise query.remarks[0] if query.remarks else NoWords(query=text, example=example)
    return replace(query, text=" ".join((text, *given)).strip())


def _operator(name: str, value: str) -> str:
    value = clean(value).translate(_MARKS)
    return f'{name}:"{value}"' if " " in value else f"{name}:{value}"


def read_asked(text: str, example: str) -> Asked:
    """Read all digits, with or without #, as an id, anything else as words; quotes force words."""
    number = _NUMBER.fullmatch(text.strip())
    return int(number[1]) if number else read_query(text, example)


async def _completions(interaction: discord.Interaction[Any], typed: str) -> list[Listing]:
    """Complete what is being typed. An error here would reach no door, so it goes to the log."""
    desk: Desk = interaction.client.desk
    try:
        return await desk.complete(typed[: limits.QUERY], limits.CHOICES)
    except Exception:
        log.exception("while completing an argument")
        return []


class QueryArgument(commands.Converter[str], app_commands.Transformer):
    """The words of a search. They are parsed together with a slash command's options: see read_query."""

    @property
    def max_value(self) -> int:
        """Let Discord refuse what is too long before it is sent."""
        return limits.QUERY

    async def convert(self, ctx: Context, argument: str) -> str:
        """Read it from a message."""
        return read_text(argument, ctx.bot.example("news Syria"))

    async def transform(self, interaction: discord.Interaction[Any], value: str, /) -> str:
        """Read it from a slash command."""
        return read_text(value, "/news Syria")

    async def autocomplete(
        self, interaction: discord.Interaction[Any], value: float | str, /
    ) -> list[app_commands.Choice[Any]]:
        """Offer headlines as they are printed."""
        names = [_choice_name(listing) for listing in await _completions(interaction, str(value))]
        return [app_commands.Choice(name=name, value=name) for name in dict.fromkeys(names)]


class SourceArgument(commands.Converter[str], app_commands.Transformer):
    """The name of a source, or the beginning of one of its words."""

    async def convert(self, ctx: Context, argument: str) -> str:
        """Read it from a message."""
        return argument

    async def transform(self, interaction: discord.Interaction[Any], value: str, /) -> str:
        """Read it from a slash command."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction[Any], value: float | str, /
    ) -> list[app_commands.Choice[Any]]:
        """Offer the names of sources."""
        desk: Desk = interaction.client.desk
        try:
            names = [shorten(clean(name), limits.CHOICE_NAME) for name in desk.complete_source(str(value))]
        except Exception:
            log.exception("while completing a source")
            return []
        return [app_commands.Choice(name=name, value=name) for name in dict.fromkeys(names) if name]


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
