"""How newsrooms say the same in other words, and what they say of everything: read from words/."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import Stemmer

from bot.text import normalise, stop_words, words

ENGLISH = "english"
_WORDS = Path(__file__).parent / "words"
_NUMERALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty"
).split()
_TENS = "thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = (
    {word: str(number) for number, word in enumerate(_NUMERALS)}
    | {word: str(number) for number, word in zip(range(30, 100, 10), _TENS, strict=True)}
    | {"dozen": "12"}
)
_AMERICA = frozenset({"US", "U.S.", "U.S"})
"""What is a pronoun in small letters."""


class Word(NamedTuple):
    """What a written word is compared by."""

    stem: str
    meaning: str
    """The stem that stands for all words of its meaning."""
    tells: bool
    """Whether it helps to know an event: no function word, and nothing that is said of all events."""


def _lines(name: str) -> Iterator[list[str]]:
    for line in (_WORDS / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split()


@lru_cache(maxsize=32)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


def _stem(word: str, language: str = ENGLISH) -> str:
    return str(_stemmer(language).stemWord(word))


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, str]:
    """Return the stem that stands for each stem of a group; a word of two groups belongs to the first."""
    found: dict[str, str] = {}
    for name in ("synonyms.txt", "nations.txt"):
        for group in _lines(name):
            for word in group:
                found.setdefault(_stem(word), _stem(group[0]))
    return found


@lru_cache(maxsize=1)
def nations() -> frozenset[str]:
    """Return the meanings that are countries and continents."""
    return frozenset(_stem(group[0]) for group in _lines("nations.txt"))


@lru_cache(maxsize=1)
def sequels() -> frozenset[str]:
    """Return the meanings that make a story of what comes after an event."""
    return frozenset(
        _synonyms().get(stem, stem) for line in _lines("sequels.txt") for stem in map(_stem, line)
    )


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Return the stems of English words that tell little of which event a report is about."""
    listed = {_stem(word) for line in _lines("common.txt") for word in line}
    return frozenset(listed | {_stem(word) for word in stop_words()})


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    return {language: frozenset(map(normalise, listed)) for language, *listed in _lines("languages.txt")}


@lru_cache(maxsize=65_536)
def _languages(written: str) -> tuple[str, ...]:
    """Return the languages that have a function word."""
    word = normalise(written)
    return tuple(language for language, listed in _function_words().items() if word in listed)


def language_of(written: Iterable[str]) -> str:
    """Return the language of a text, by its function words; English where there are none.

    What a page says of its language is not asked: copies of one text may say different things.
    """
    found = Counter(language for word in written for language in _languages(word))
    return max(found, key=lambda language: (found[language], language == ENGLISH), default=ENGLISH)


@lru_cache(maxsize=65_536)
def read_word(written: str, language: str) -> tuple[Word, ...]:
    """Return what a word, as it is written, is compared by: most often one, of scripts without spaces several.

    Numbers stand for themselves however they are written: twelve and 12, 1,200 and 1200, 7th and 7.
    """
    if written[0].isdigit():
        number = re.sub(r"(?<=\d),(?=\d{3}\b)", "", written)
        number = re.sub(r"(?:st|nd|rd|th)\Z", "", number)
        return (Word(number, number, tells=True),)
    if language == ENGLISH:
        if written in _AMERICA:
            return (Word("america", "america", tells=True),)
        return tuple(_english(word) for word in words(written.replace(".", "")))
    functions = _function_words()[language]
    return tuple(
        Word(stem, stem, len(word) > 1 and word not in functions)
        for word in words(written.replace(".", ""))
        for stem in [_stem(word, language)]
    )


def _english(word: str) -> Word:
    if number := _NUMBERS.get(word):
        return Word(number, number, tells=True)
    stem = _stem(word)
    return Word(stem, _synonyms().get(stem, stem), len(word) > 1 and stem not in _common())
