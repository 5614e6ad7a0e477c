"""Every sentence is said in every language, filled with what it was given, and fits where it is shown."""

import ast
import asyncio
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from string import Formatter
from typing import Any

import discord
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import bot
from bot.client import NewsBot
from bot.desk import Desk
from bot.errors import NewsError
from bot.guilds import LANGUAGES
from bot.preview.stage import Stage
from bot.replies import limits
from bot.replies.language import CATALOGUES, ENGLISH, _, catalogue, ngettext, privately, speaking
from bot.replies.translator import NAMES
from tests.messages import ROOT, Shown, said, shown, sources, template, translated

OTHERS = [language for language in LANGUAGES if language != ENGLISH]

DESCRIPTION, NAME_LENGTH, COMMAND = 100, 32, 8_000
"""Characters of a slash command (discord-api-docs, application-commands.mdx)."""
_NAME = re.compile(r"[-_\w]{1,32}")
_OPERATOR = re.compile(
    r"\b(?:source|title|after|before|since|sort):(?:[\w-]+|(?=`))|\b[A-Z]+_[A-Z_]+\b|\.env\b|--\w+"
)
_MARKS = ("**", "*", "`", "__", "~~", "||", "\n", "“", "”", "(", ")")

READS_LANGUAGE = ("bot/replies", "bot/client.py", "cogs")
"""Where sentences are shown. Elsewhere `_` only marks them."""


@cache
def written(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "newsdesk.po").open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


@cache
def trees() -> dict[str, ast.Module]:
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in sources()}


def fields(sentence: str) -> set[tuple[str, str | None, str | None]]:
    """Return the named fields of a template, each with its conversion and format."""
    return {(name, spec, kind) for _text, name, spec, kind in Formatter().parse(sentence) if name is not None}


def forms(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


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


def test_no_sentence_is_translated_while_a_module_is_imported() -> None:
    """Who imports a module speaks no language yet: a label made there stays English for ever."""
    early = []
    for place, tree in trees().items():
        if not place.startswith(READS_LANGUAGE):
            continue
        inside = {
            id(node)
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for statement in (function.body if isinstance(function.body, list) else [function.body])
            for node in ast.walk(statement)
        }
        early += [f"{place}:{call.lineno}" for call in calls(tree, "_", "ngettext") if id(call) not in inside]
    assert early == []


def test_only_whole_literal_sentences_are_translated() -> None:
    """Anything else cannot be gathered. The sentence of an error is marked where its class is."""
    loose = []
    for place, tree in trees().items():
        for call in calls(tree, "_", "ngettext"):
            texts = call.args[: 1 if isinstance(call.func, ast.Name) and call.func.id == "_" else 2]
            if not all(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in texts):
                loose.append(f"{place}: {ast.unparse(call)}")
    assert loose == ["bot/replies/wording.py: _(error.sentence)"]


def test_sentences_are_filled_with_exactly_what_they_name() -> None:
    wrong = []
    for place, tree in trees().items():
        filled = {
            id(node.func.value): {keyword.arg for keyword in node.keywords}
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "format"
        }
        if not place.startswith(READS_LANGUAGE):
            continue
        for call in calls(tree, "_", "ngettext"):
            texts = [text.value for text in call.args if isinstance(text, ast.Constant)]
            names = {name for text in texts for name, *_rest in fields(str(text))}
            given = filled.get(id(call), set())
            if texts and names != given and not _filled_later(tree, call, names):
                wrong.append(f"{place}:{call.lineno}: {sorted(names)} filled with {sorted(map(str, given))}")
    assert wrong == []


def _filled_later(tree: ast.Module, call: ast.Call, names: set[str]) -> bool:
    """Tell whether a template is kept under a name and filled through it."""
    kept = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and node.value is call
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return any(
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in kept
        and {keyword.arg for keyword in node.keywords} == names
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


@cache
def errors() -> dict[str, type[NewsError]]:
    """Find every error that has a sentence."""
    for module in walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            import_module(module.name)
    found: dict[str, type[NewsError]] = {}
    waiting: list[type[NewsError]] = [NewsError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.sentence and error.__module__.startswith("bot."):
            found[error.__name__] = error
    return found


def test_errors_are_raised_with_what_their_sentences_name() -> None:
    wrong = []
    for place, tree in trees().items():
        for call in calls(tree, *errors()):
            assert isinstance(call.func, ast.Name)
            names = {name for name, *_rest in fields(errors()[call.func.id].sentence)}
            given = {keyword.arg for keyword in call.keywords}
            # With ** only whoever runs it knows.
            if None not in given and not names <= given:
                wrong.append(f"{place}:{call.lineno}: {sorted(names - given)} missing")
    assert wrong == []


_PROSE = re.compile(r"(?!/).*[^\W\d_]{2,}[,;:]? [^\W\d_]{2,}")
"""Two words: what is no name, no code and no command as it is typed is for a reader."""
_SHOWN = frozenset({"label", "placeholder", "title", "description", "content", "footer"})
"""What holds text that is shown, be it a single word."""


def test_no_sentence_is_shown_without_a_translation() -> None:
    unmarked = []
    for place, tree in trees().items():
        if place.startswith(READS_LANGUAGE):
            exempt = {id(node) for skipped in _not_shown(tree) for node in ast.walk(skipped)}
            unmarked += [
                f"{place}:{node.lineno}: {node.value!r}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in exempt
                and _PROSE.match(node.value)
            ]
            unmarked += [
                f"{place}:{node.value.lineno}: {node.arg}={node.value.value!r}"
                for node in ast.walk(tree)
                if isinstance(node, ast.keyword)
                and isinstance(node.value, ast.Constant)
                and node.arg in _SHOWN
                and isinstance(node.value.value, str)
                and re.search(r"[^\W\d_]", node.value.value)
                and id(node.value) not in exempt
            ]
    assert unmarked == []


def _not_shown(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what holds text that is translated, or that no reader sees."""
    for node in ast.walk(tree):
        match node:
            case ast.Dict(keys=keys):
                yield from (key for key in keys if key is not None)
            case (
                ast.Expr(value=ast.Constant())  # a docstring
                | ast.Call(func=ast.Name(id="_" | "ngettext"))
                | ast.Call(func=ast.Attribute(value=ast.Name(id="log")))
                | ast.Raise()
                | ast.ClassDef(bases=[ast.Name(id="Enum" | "StrEnum")])
                # What is typed is English everywhere.
                | ast.Call(func=ast.Attribute(attr="example") | ast.Name(id="example"))
                | ast.keyword(arg="example" | "extras" | "command")
                | ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant()])
                # The translator is asked for these.
                | ast.Call(
                    func=ast.Attribute(
                        attr="describe"
                        | "hybrid_command"
                        | "command"
                        | "choices"
                        | "ContextMenu"
                        | "context_menu"
                    )
                )
            ):
                yield node
            case _:
                pass


def test_a_language_is_spoken_by_the_task_that_entered_it_and_by_those_that_it_starts() -> None:
    async def told() -> str:
        await asyncio.sleep(0)
        return _("Related")

    async def conversation() -> list[str]:
        with speaking("es"):
            inside = asyncio.create_task(told())
            with speaking("en"):
                within = _("Related")
            after = await told()
        outside = asyncio.create_task(told())
        return [await inside, within, after, await outside]

    there = catalogue("es").gettext("Related")
    assert there != "Related"
    assert asyncio.run(conversation()) == [there, "Related", there, "Related"]


@pytest.mark.parametrize(("count", "expected"), [(0, "noticias"), (1, "noticia"), (2, "noticias")])
def test_spanish_counts(count: int, expected: str) -> None:
    with speaking("es"):
        said_ = ngettext("{n} story", "{n} stories", count).format(n=count)
    assert said_ == f"{count} {expected}"


def test_a_language_without_a_catalogue_is_english() -> None:
    with speaking("tlh"):
        assert _("Related") == "Related"


@pytest.mark.parametrize(
    ("locale", "guild", "expected"),
    [
        ("es-ES", "en", "es"),
        ("es-419", "en", "es"),
        ("en-GB", "es", "en"),
        ("de", "es", "es"),
        (None, "es", "es"),
        ("", "en", "en"),
    ],
)
def test_private_replies_are_in_the_readers_language(locale: str | None, guild: str, expected: str) -> None:
    assert privately(locale, guild) == expected


def test_a_catalogue_is_read_once_and_in_no_time() -> None:
    catalogue.cache_clear()
    started = time.perf_counter()
    first = catalogue("es")
    assert time.perf_counter() - started < 0.5
    assert catalogue("es") is first


async def speak_spanish_in(channel: Stage) -> None:
    guild = channel.channel.guild
    assert guild is not None
    await channel.bot.desk.guilds.change(guild.id, "language", "es", channel.reader.id, channel.env.now())


async def test_a_guild_is_answered_in_its_language_wherever_the_answer_leads(channel: Stage) -> None:
    await speak_spanish_in(channel)
    (answer,) = await channel.say("!news harbour bridge")
    assert answer["embeds"][0]["title"] == "Noticias: harbour bridge"
    (answer,) = await channel.say("!news zyxwvu qponml")
    assert answer["embeds"][0]["description"].startswith("No hay nada sobre “zyxwvu qponml”.")
    await channel.say("!headline 2")
    after = await channel.click("Relacionadas")
    assert after is not None
    assert after["embeds"][0]["title"].startswith("Relacionadas con: ")


async def test_whoever_asks_privately_is_answered_in_their_own_language(
    channel: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"locale": "es-ES"}
    make: Any = discord.Interaction._from_data

    def from_spain(self: Any, data: Any) -> None:
        make(self, {**data, **own})

    monkeypatch.setattr(discord.Interaction, "_from_data", from_spain)

    async def card(name: str, **options: str) -> dict[str, Any]:
        result = await channel.reader.slash(channel.channel, name, **options)
        assert result.response is not None
        return dict(result.response.embeds[0].to_dict())

    assert "Encuentro noticias" in (await card("help"))["description"]
    assert (await card("news", query="harbour"))["title"] == "News: harbour"
    await channel.env.advance_time(60)
    assert (await card("news", query="?!"))["description"].startswith("No veo ninguna palabra")
    await speak_spanish_in(channel)
    own["locale"] = "en-US"
    await channel.env.advance_time(60)
    assert "I find stories" in (await card("help"))["description"]
    assert (await card("news", query="harbour"))["title"] == "Noticias: harbour"
