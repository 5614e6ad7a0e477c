"""Every sentence is in every language, with its fields and marks, and fits where Discord shows it."""

import re
from collections import Counter, defaultdict
from functools import cache
from typing import Any

import discord
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.client import NewsBot
from bot.desk import Desk
from bot.guilds import LANGUAGES
from bot.preview.stage import Stage
from bot.replies import limits
from bot.replies.language import CATALOGUES, ENGLISH, catalogue
from bot.replies.translator import NAMES
from tests.messages import Shown, fields, said, shown, template, translated

OTHERS = [language for language in LANGUAGES if language != ENGLISH]

DESCRIPTION, NAME_LENGTH, COMMAND = 100, 32, 8_000
"""Characters of a slash command (discord-api-docs, application-commands.mdx)."""
_NAME = re.compile(r"[-_\w]{1,32}")
_OPERATOR = re.compile(
    r"\b(?:source|title|after|before|since|sort):(?:[\w-]+|(?=`))|\b[A-Z]+_[A-Z_]+\b|\.env\b|--\w+"
)
_MARKS = ("**", "*", "`", "__", "~~", "||", "\n", "“", "”", "(", ")")


@cache
def written(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "newsdesk.po").open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def forms(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


@pytest.fixture
async def strings(empty_desk: Desk) -> set[Shown]:
    """What Discord shows of the slash commands."""
    return await shown(NewsBot(empty_desk, empty_desk.settings))


@pytest.mark.parametrize("language", OTHERS)
async def test_every_sentence_is_translated_and_none_is_left_over(language: str, strings: set[Shown]) -> None:
    needed = {(message.context, message.id) for message in template(strings) if message.id}
    there = {(message.context, message.id): message for message in written(language) if message.id}
    assert {
        "missing": sorted(map(str, needed - there.keys())),
        "unused": sorted(map(str, there.keys() - needed)),
        "empty": [message.id for message in there.values() if not translated(message)],
        "fuzzy": [message.id for message in there.values() if message.fuzzy],
        "obsolete": list(written(language).obsolete),
    } == {"missing": [], "unused": [], "empty": [], "fuzzy": [], "obsolete": []}


@pytest.mark.parametrize("language", OTHERS)
def test_translations_have_the_fields_and_marks_of_their_sentences(language: str) -> None:
    wrong = []
    for message in written(language):
        if not message.id:
            continue
        originals = forms(message)
        for number, text in enumerate(translated(message)):
            original = originals[min(number, len(originals) - 1)]
            if fields(text) != fields(original):
                wrong.append((text, "fields"))
            if Counter(_OPERATOR.findall(text)) != Counter(_OPERATOR.findall(original)):
                wrong.append((text, "what is typed"))
            wrong += [(text, mark) for mark in _MARKS if text.count(mark) != original.count(mark)]
            if text != text.strip() or original.endswith((".", "…")) != text.endswith((".", "…")):
                wrong.append((text, "ends"))
            # Code shows what is typed, in which a mark is no punctuation.
            spoken = re.sub(r"`[^`]*`", "", text)
            wrong += [
                (text, pair)
                for pair in ("¿?", "¡!")
                if language == "es" and spoken.count(pair[0]) != spoken.count(pair[1])
            ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_slash_commands_keep_to_discords_rules(language: str, strings: set[Shown]) -> None:
    known = catalogue(language)
    names: dict[str, list[str]] = defaultdict(list)
    wrong = []
    for string in strings:
        if string.location not in NAMES:
            text = known.gettext(string.text)
            wrong += [] if 1 <= len(text) <= DESCRIPTION else [text]
            continue
        text = known.pgettext("name", string.text)
        names[f"{string.location.name} {string.among}"].append(text)
        free = string.among.startswith("ContextMenu") or string.location.name == "choice_name"
        fits = 1 <= len(text) <= NAME_LENGTH if free else _NAME.fullmatch(text) and text == text.lower()
        wrong += [] if fits else [text]
    assert wrong == []
    assert {place: found for place, found in names.items() if len(set(found)) < len(found)} == {}


@pytest.mark.parametrize("language", OTHERS)
async def test_discord_is_given_the_commands_in_every_language(language: str, channel: Stage) -> None:
    given = [
        request.json
        for request in channel.env.http_requests
        if request.method == "PUT" and request.path.endswith("/commands")
    ]
    commands: Any = given[-1]
    locales = {locale.value for locale in discord.Locale if locale.value.partition("-")[0] == language}
    assert locales
    for command in commands:
        assert set(command["name_localizations"]) == locales
        longest = sum(_longest(part) for part in (command, *command.get("options", ())))
        assert longest <= COMMAND
    news = next(command for command in commands if command["name"] == "news")
    assert {news["name_localizations"][locale] for locale in locales} == {
        catalogue(language).pgettext("name", "news")
    }


def _longest(part: dict[str, Any]) -> int:
    return sum(
        max(map(len, (part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values())))
        for key in ("name", "description")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_their_buttons(language: str) -> None:
    labels = [
        sentence if isinstance(sentence, str) else sentence[1]
        for place, _line, sentence in said()
        if place.startswith("bot/replies/panels")
    ]
    assert labels
    known = catalogue(language)
    too_long = [
        text
        for label in labels
        # A label or placeholder is no whole sentence.
        if not label.endswith(".") and len(text := known.gettext(label)) > limits.BUTTON_LABEL // 2
    ]
    assert too_long == []
