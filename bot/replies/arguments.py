"""What users type after a command, parsed, checked and completed in one place for prefix and slash alike."""

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any, TypeAlias
from zoneinfo import available_timezones

import discord
from discord import app_commands
from discord.ext import commands

from bot.article import Listing, Scope
from bot.desk import Desk
from bot.errors import EmptyQuery, NoWords, QueryTooLong
from bot.guilds import LANGUAGES, PAGE_SIZES, GuildSettings
from bot.refusals import WrongArgument
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


def read_query(
    text: str, example: str, options: Mapping[str, str | None] | None = None, zone: tzinfo = UTC
) -> Query:
    """Parse the words of a search, with options that say what operators in it would say; days are those of a zone.

    Raise QueryTooLong, EmptyQuery, NoWords, or what is wrong with the only operator, with an example that works.
    """
    text = read_text(text, example)
    given = [_operator(name, value) for name, value in (options or {}).items() if value is not None]
    if not text and not given:
        raise EmptyQuery(example=example)
    # The options go first: a quotation mark that is left open in the text must not swallow them.
    query = parse_query(" ".join((*given, text)), discord.utils.utcnow(), zone)
    if query.empty:
        raise query.remarks[0] if query.remarks else NoWords(query=text, example=example)
    return replace(query, text=" ".join((text, *given)).strip())


def _operator(name: str, value: str) -> str:
    value = clean(value).translate(_MARKS)
    return f'{name}:"{value}"' if " " in value else f"{name}:{value}"


def read_asked(text: str, example: str, zone: tzinfo = UTC) -> Asked:
    """Read all digits, with or without #, as an id, anything else as words; quotes force words."""
    number = _NUMBER.fullmatch(text.strip())
    return int(number[1]) if number else read_query(text, example, zone=zone)


def read_number(text: str, example: str) -> int:
    """Read the number of an article; raise WrongArgument."""
    number = _NUMBER.fullmatch(text.strip())
    if number is None:
        raise WrongArgument(example=example)
    return int(number[1])


async def _completions(interaction: discord.Interaction[Any], typed: str) -> list[Listing]:
    """Complete what is being typed. An error here would reach no door, so it goes to the log."""
    desk: Desk = interaction.client.desk
    try:
        async with asyncio.timeout(limits.COMPLETED_WITHIN):
            return await desk.complete(typed[: limits.QUERY], limits.CHOICES, _scope(interaction))
    except TimeoutError:
        log.warning("an argument is not completed in time")
        return []
    except Exception:
        log.exception("while completing an argument")
        return []


def _scope(interaction: discord.Interaction[Any]) -> Scope:
    """Return what the guild shows; its choices were read when the interaction was let in (tree.py)."""
    choices: GuildSettings = interaction.extras["choices"]
    return choices.scope


class QueryArgument(commands.Converter[str], app_commands.Transformer):
    """The words of a search. They are parsed together with a slash command's options: see read_query."""

    @property
    def max_value(self) -> int:
        """Let Discord refuse what is too long before it is sent."""
        return limits.QUERY

    async def convert(self, ctx: Context, argument: str) -> str:
        """Read it from a message."""
        return read_text(argument, (await ctx.bot.audience(ctx)).example("news Syria"))

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
            found = desk.complete_source(str(value), limits.CHOICES, _scope(interaction))
            names = [shorten(clean(name), limits.CHOICE_NAME) for name in found]
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
        audience = await ctx.bot.audience(ctx)
        return read_asked(argument, audience.example("headline 1"), audience.choices.tzinfo)

    async def transform(self, interaction: discord.Interaction[Any], value: str, /) -> Asked:
        """Read it from a slash command."""
        audience = await interaction.client.audience(interaction)
        return read_asked(value, "/headline 1", audience.choices.tzinfo)

    async def autocomplete(
        self, interaction: discord.Interaction[Any], value: float | str, /
    ) -> list[app_commands.Choice[Any]]:
        """Offer headlines, and send the id of the one that is chosen."""
        found = await _completions(interaction, str(value))
        return [app_commands.Choice(name=_choice_name(listing), value=str(listing.id)) for listing in found]


class NumberArgument(ArticleArgument):
    """An article, by its number alone."""

    async def convert(self, ctx: Context, argument: str) -> int:
        """Read it from a message."""
        return read_number(argument, (await ctx.bot.audience(ctx)).example("remove 12"))

    async def transform(self, interaction: discord.Interaction[Any], value: str, /) -> int:
        """Read it from a slash command."""
        return read_number(value, "/remove 12")


async def complete_setting(
    interaction: discord.Interaction[Any], typed: str
) -> list[app_commands.Choice[str]]:
    """Offer values for the setting that was chosen."""
    desk: Desk = interaction.client.desk
    try:
        match interaction.namespace.name:
            case "sources":
                *before, last = [part.strip() for part in typed.split(",")]
                offered = [", ".join((*before, name)) for name in desk.complete_source(last, limits.CHOICES)]
            case "zone":
                asked = "_".join(typed.casefold().split())
                offered = sorted(name for name in available_timezones() if asked in name.casefold())
            case "language":
                offered = list(LANGUAGES)
            case "results":
                offered = [str(size) for size in PAGE_SIZES]
            case _:
                offered = []
    except Exception:
        log.exception("while completing a setting")
        return []
    fitting = [value for value in dict.fromkeys(offered) if 0 < len(value) <= limits.CHOICE_NAME]
    return [app_commands.Choice(name=value, value=value) for value in fitting[: limits.CHOICES]]


def _choice_name(listing: Listing) -> str:
    return shorten(clean(listing.headline), limits.CHOICE_NAME)
