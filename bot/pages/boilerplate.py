"""What a site prints around its stories, told by the phrases in phrases/: one file for each language."""

import re
from enum import StrEnum
from functools import lru_cache

from bot.pages.wording import one_of, plain

_LONGEST_LINE = 90
"""Characters of a line such as `Share this article`; the longest in print are breadcrumbs."""
_LONGEST_PROMPT = 320
"""Characters of a prompt: two or three sentences."""
_LONGEST_POINTER = 200
"""Characters of `Also read:` and a headline."""
_EDGES = " \t:;,>»›→▶►▸▼↓|•·*#=_~–—-<«¡¿【】[]"
_FULL_STOPS = (".", "!", "?", "。", "！", "？", "।", "؟")
_POINTING = re.compile(r"\s?[:：|]\s?")
_QUOTED = re.compile('["“”„«»「」]')


class Boilerplate(StrEnum):
    """The kinds of boilerplate, and in their values the names of their sections in phrases/."""

    INTRODUCING = "introducing"
    """A short line that other stories follow: `Most read`."""
    LINE = "line"
    """A short line that leads to nothing: `Share this article`."""
    POINTER = "pointer"
    """Another story's headline behind a word and a colon: `Also read: …`."""
    PROMPT = "prompt"
    """A sentence to the reader: `Sign up for our newsletter.`"""


def boilerplate(text: str) -> Boilerplate | None:
    """Tell what kind of boilerplate a whole block is. Lines with a sentence's full stop are none."""
    if len(text) > _LONGEST_PROMPT:
        return None
    text = plain(text)
    line = text.strip(_EDGES)
    bare = line.removesuffix("...").removesuffix("…").strip(_EDGES)
    if len(bare) <= _LONGEST_LINE and not bare.endswith(_FULL_STOPS):
        for kind in (Boilerplate.INTRODUCING, Boilerplate.LINE):
            if _pattern(kind).fullmatch(bare):
                return kind
    if len(text) <= _LONGEST_POINTER and _points(text):
        return Boilerplate.POINTER
    # Who is quoted speaks to somebody else than the reader.
    if _QUOTED.search(line) or _said().search(line):
        return None
    if _pattern(Boilerplate.PROMPT).fullmatch(line.rstrip(".!。！। ")):
        return Boilerplate.PROMPT
    return None


def _points(text: str) -> bool:
    """Tell whether text is a label and another story's headline; a word and a whole sentence are text."""
    mark = _POINTING.search(text)
    if mark is None:
        return False
    label = text[: mark.start()].strip(_EDGES)
    if not _pattern(Boilerplate.POINTER).fullmatch(label):
        return False
    return " " in label or not text.endswith((".", "。", "।"))


@lru_cache(maxsize=1)
def _said() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){one_of('said')}(?!\w)")


@lru_cache
def _pattern(kind: Boilerplate) -> re.Pattern[str]:
    return re.compile(one_of(kind))
