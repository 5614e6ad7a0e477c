"""The words of news sites around their stories, as data: phrases/ has a file for each language."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

_FEW_WORDS = ".{1,40}"


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the ISO 639-1 codes of the languages whose words are known."""
    names = (file.name for file in files("bot.pages").joinpath("phrases").iterdir())
    return tuple(sorted(name.removesuffix(".txt") for name in names if name.endswith(".txt")))


def one_of(section: str) -> str:
    """Return a regular expression for any phrase of a section, in all languages; it captures nothing."""
    return f"(?:{'|'.join(f'(?:{phrase})' for phrase in phrases(section))})"


def labels(section: str) -> str:
    """Return the expression of a section of labels: their colon is optional if the phrase has none."""
    every = [
        rf"{phrase[:-1]}\s?[:：]" if phrase.endswith(":") else rf"{phrase}(?:\s?[:：]|(?=\s|\d))"
        for line in phrases(section)
        for phrase in _alternatives(line)
    ]
    return f"(?:{'|'.join(every)})"


@lru_cache
def phrases(section: str) -> tuple[str, ...]:
    """Return a section's regular expressions, one for each of its lines in all files."""
    return tuple(phrase for language in languages() for name, phrase in _lines(language) if name == section)


def plain(text: str) -> str:
    """Return text as phrases are written: in lower case, composed, with plain apostrophes."""
    text = text.lower().replace("’", "'")
    # Of the Turkish capital with a dot, lower case leaves the dot behind.
    return text if text.isascii() else unicodedata.normalize("NFC", text).replace("i\u0307", "i")


@lru_cache
def _lines(language: str) -> tuple[tuple[str, str], ...]:
    return tuple(_read(files("bot.pages").joinpath("phrases", f"{language}.txt").read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]") and line[1:-1].isalpha():
            section = line[1:-1]
        elif line and not line.startswith("#"):
            # A phrase captures nothing, so that it can stand in any other expression.
            phrase = re.sub(r"(?<!\\)\((?!\?)", "(?:", unicodedata.normalize("NFC", line))
            yield section, phrase.replace("…", _FEW_WORDS)


def _alternatives(line: str) -> list[str]:
    """Part a line at the bars that stand outside of its brackets."""
    found = [""]
    depth = 0
    for character in line:
        depth += (character == "(") - (character == ")")
        if character == "|" and not depth:
            found.append("")
        else:
            found[-1] += character
    return found
