"""The language of the answer that is under way: sentences are English in the code and translated where they are shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

_CATALOGUES = Path(__file__).parent / "locale"
_speaking: ContextVar[str] = ContextVar("speaking", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Answer in a language, an ISO 639-1 code, meanwhile; in English where there is no catalogue of it."""
    token = _speaking.set(language)
    try:
        yield
    finally:
        _speaking.reset(token)


def _(sentence: str) -> str:
    """Translate a sentence."""
    return _catalogue(_speaking.get()).gettext(sentence)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a sentence that counts something."""
    return _catalogue(_speaking.get()).ngettext(one, many, count)


@cache
def _catalogue(language: str) -> NullTranslations:
    return translation("newsdesk", _CATALOGUES, [language], fallback=True)
