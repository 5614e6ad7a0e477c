"""The language of the answer that is under way: sentences are English in the code and translated where they are shown.

A language is written as its ISO 639-1 code. English needs no catalogue; any other is a folder in `locale` with a
newsdesk.po, which is read as it is: nothing is compiled beforehand. Names in slash commands have the context NAME
there, since Discord has rules for them that sentences know nothing of.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.guilds import LANGUAGES

CATALOGUES = Path(__file__).parent / "locale"
ENGLISH = "en"
NAME = "name"
"""The context of what Discord shows as the name of a command, an option or a choice."""

_speaking: ContextVar[str] = ContextVar("speaking", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Answer in a language meanwhile; in English where there is no catalogue of it."""
    token = _speaking.set(language)
    try:
        yield
    finally:
        _speaking.reset(token)


def speak(language: str) -> None:
    """Answer in a language until the end of this task: a command or click is checked, answered and failed in one."""
    _speaking.set(language)


def privately(locale: str | None, otherwise: str) -> str:
    """Choose the language of a private reply.

    The user's own, by Discord's locale (`es-ES`, `en-US`, ...; None where Discord tells none), where we speak it;
    `otherwise`, the guild's, where we do not.
    """
    language = (locale or "").partition("-")[0]
    return language if language in LANGUAGES else otherwise


def _(sentence: str) -> str:
    """Translate a sentence."""
    return catalogue(_speaking.get()).gettext(sentence)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a sentence that counts something."""
    return catalogue(_speaking.get()).ngettext(one, many, count)


@cache
def catalogue(language: str) -> NullTranslations:
    """Read the sentences of a language once; those of English, and of one that we do not speak, are their own."""
    if language == ENGLISH or language not in LANGUAGES:
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / language / "LC_MESSAGES" / "newsdesk.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
