"""Every sentence of the bot, gathered from the source and from the slash commands, and the catalogues brought up to it.

`python -m tests.messages` (make messages) writes what is new into each catalogue, untranslated, and takes out what
is no longer said.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import discord
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from discord import app_commands

from bot.client import NewsBot, extension_names
from bot.desk import Desk
from bot.replies.language import CATALOGUES, NAME
from bot.replies.translator import NAMES
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
HEADER = """\
# The sentences of Newsdesk in another language. `make messages` keeps the file in step with the code.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural_forms}\\n"

"""
WIDTH = 110
KEYWORDS = {"_": None, "ngettext": (1, 2)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A string of a slash command: where Discord shows it, and for a name, among which others it stands."""

    text: str
    location: app_commands.TranslationContextLocation
    among: str = ""

    @property
    def context(self) -> str | None:
        """The context that it has in a catalogue."""
        return NAME if self.location in NAMES else None


def sources() -> list[Path]:
    """List the modules whose sentences are shown."""
    return sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")])


def said() -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """Yield each sentence in the source with its place; one that counts as (one, many)."""
    for path in sources():
        with path.open("rb") as module:
            for line, sentence, _comments, _context in extract("python", module, KEYWORDS):
                yield str(path.relative_to(ROOT)), line, sentence


class _Listener(app_commands.Translator):
    """What Discord would be given to show."""

    def __init__(self) -> None:
        self.heard: set[Shown] = set()

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> None:
        data = context.data
        # A group has a method of that name.
        command = data.command if isinstance(data, app_commands.Parameter) else getattr(data, "parent", None)
        kind = type(data).__name__
        among = f"{kind} {command.qualified_name if command else ''}"
        self.heard.add(Shown(string.message, context.location, among))


async def shown(bot: NewsBot) -> set[Shown]:
    """Return what Discord shows of the slash commands."""
    listener = _Listener()
    for name in extension_names():
        await bot.load_extension(name)
    for command in bot.tree.walk_commands():
        await command.get_translated_payload(bot.tree, listener)
    for kind in (discord.AppCommandType.message, discord.AppCommandType.user):
        for menu in bot.tree.get_commands(type=kind):
            await menu.get_translated_payload(bot.tree, listener)
    return listener.heard


def template(strings: set[Shown]) -> Catalog:
    """Gather everything that is to be translated, in an order that changes only with the source."""
    found = Catalog()
    for place, _line, sentence in said():
        # Places without line numbers: a catalogue changes when a sentence does.
        found.add(sentence, locations=[(place, 0)], context=None)
    for string in sorted(strings, key=lambda string: (string.location.name, string.text)):
        found.add(string.text, locations=[(string.location.name, 0)], context=string.context)
    return found


def fields(sentence: str) -> set[tuple[str, str | None, str | None]]:
    """Return the named fields of a template, each with its conversion and format."""
    return {(name, spec, kind) for _text, name, spec, kind in Formatter().parse(sentence) if name is not None}


def translated(message: Message) -> tuple[str, ...]:
    """Return what a sentence is in a catalogue's language: each plural form, or none if one is missing."""
    forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return forms if all(forms) else ()


async def update() -> None:
    """Bring every catalogue up to the source."""
    with tempfile.TemporaryDirectory() as folder:
        async with Desk.open(Settings(data_dir=Path(folder), seeds_dir=None)) as desk:
            current = template(await shown(NewsBot(desk, desk.settings)))
    for path in CATALOGUES.glob("*/LC_MESSAGES/newsdesk.po"):
        with path.open("rb") as written:
            catalogue = read_po(written, locale=path.parent.parent.name)
        catalogue.update(current, no_fuzzy_matching=True, update_creation_date=False)
        with path.open("wb") as writing:
            header = HEADER.format(language=catalogue.locale, plural_forms=catalogue.plural_forms)
            writing.write(header.encode())
            write_po(writing, catalogue, WIDTH, omit_header=True, include_lineno=False, ignore_obsolete=True)
        missing = sum(not translated(message) for message in catalogue if message.id)
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} sentences, {missing} untranslated")  # noqa: T201 - a command


if __name__ == "__main__":
    asyncio.run(update())
