"""What a site prints around its stories, told by the phrases in phrases/: one file for each language."""

import re
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

_LANGUAGES = ("en",)
_LONGEST_LINE = 90
"""Characters of a line such as `Share this article`; the longest in print are breadcrumbs."""
_LONGEST_PROMPT = 320
"""Characters of a prompt: two or three sentences."""
_LONGEST_POINTER = 200
"""Characters of `Also read:` and a headline."""
_EDGES = " \t:;,>»›→▶►▸▼↓|•·*#=_~–—-<«"
_FULL_STOPS = (".", "!", "?")
_FEW_WORDS = ".{1,40}"


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
    line = text.lower().replace("’", "'").strip(_EDGES).strip()
    bare = line.removesuffix("...").removesuffix("…").strip(_EDGES)
    if len(bare) <= _LONGEST_LINE and not bare.endswith(_FULL_STOPS):
        for kind in (Boilerplate.INTRODUCING, Boilerplate.LINE):
            if _pattern(kind).fullmatch(bare):
                return kind
    before, mark, _ = text.lower().replace("’", "'").replace("|", ":").partition(":")
    if (
        mark
        and len(text) <= _LONGEST_POINTER
        and _pattern(Boilerplate.POINTER).fullmatch(before.strip(_EDGES))
    ):
        return Boilerplate.POINTER
    if _pattern(Boilerplate.PROMPT).fullmatch(line.rstrip(".! ")):
        return Boilerplate.PROMPT
    return None


@lru_cache
def _pattern(kind: Boilerplate) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrase})" for phrase in _phrases()[kind]))


@lru_cache(maxsize=1)
def _phrases() -> dict[Boilerplate, list[str]]:
    found: dict[Boilerplate, list[str]] = {kind: [] for kind in Boilerplate}
    for language in _LANGUAGES:
        kind = Boilerplate.LINE
        text = files("bot.pages").joinpath("phrases", f"{language}.txt").read_text(encoding="utf-8")
        for line in text.splitlines():
            if line.startswith("["):
                kind = Boilerplate(line.strip("[]"))
            elif line and not line.startswith("#"):
                found[kind].append(line.replace("…", _FEW_WORDS))
    return found
