"""The words of printed dates in the languages of phrases/, made English. The names are CLDR's."""

import re
from collections.abc import Iterator
from functools import lru_cache

from babel import Locale

from bot.pages.wording import languages, one_of
from bot.text import normalise

_MONTHS = "january february march april may june july august september october november december".split()
_REGIONS = ("ar_DZ", "ar_MA", "ar_SY", "de_AT")
"""Where months have other names than elsewhere in the language."""
# Arabic has no dots in its signs of the half of the day, and its sign of the era is that of the afternoon.
_HALVES = {"ص": "am", "صباحا": "am", "م": "pm", "مساء": "pm"}
_ZONES = {"غرينتش": "gmt", "غرينيتش": "gmt", "мск": "msk", "आईएसटी": "ist", "mez": "cet", "mesz": "cest"}
_ERA = re.compile(r"(?<=\d{4})\s?م(?!\w)")
_EAST_ASIAN_DAY = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?")
_EAST_ASIAN_TIME = re.compile(r"(\d{1,2})\s?[時时点點시]\s?(\d{1,2})\s?[分분]?")
_FRENCH_TIME = re.compile(r"(?<!\d)(\d{1,2})\s?h\s?(\d{2})(?!\d)", re.IGNORECASE)
_TWICE = re.compile(r"\b([^\W\d_]+)\s?/\s?\1\b")
# With the signs for vowels that are no letters to `re`; the Levant's months are of two words.
_LETTERS = r"[^\s\d.,،:;/|()（）+•·–—-]+"
_WORD = re.compile(rf"{_LETTERS}(?: ال{_LETTERS})?\.?")
_DIGIT = re.compile(r"\d")
_EMPTY = re.compile(r"[(（]\s*[)）]")


def in_english(text: str) -> Iterator[str]:
    """Give the readings of a date with its months in English, and without weekdays and words between.

    What no language has stays as it is. There are two readings as `mar.` is a month and a weekday.
    """
    text = _DIGIT.sub(lambda digit: str(int(digit.group())), text)
    text = _ERA.sub("", _EAST_ASIAN_DAY.sub(r"\1-\2-\3 ", text))
    text = _FRENCH_TIME.sub(r"\1:\2", _EAST_ASIAN_TIME.sub(r"\1:\2", text))
    for first, second in ((_months(), _weekdays()), (_weekdays(), _months())):
        table = {**_HALVES, **_ZONES, **second, **first}
        words = _in_words_of(table, text)
        yield _TWICE.sub(r"\1", " ".join(_EMPTY.sub(" ", words).split())).strip(" ,،")


def _in_words_of(names: dict[str, str], text: str) -> str:
    return _WORD.sub(lambda word: _translated(word.group(), names), text)


def _translated(word: str, names: dict[str, str]) -> str:
    found = normalise(word.removesuffix("."))
    if found in names:
        return names[found]
    if " " in word:
        return " ".join(_translated(part, names) for part in word.split(" "))
    return "" if _between().fullmatch(found) else word


@lru_cache(maxsize=1)
def _between() -> re.Pattern[str]:
    return re.compile(one_of("date"))


def _locales() -> Iterator[Locale]:
    return (Locale.parse(code) for code in (*languages(), *_REGIONS))


@lru_cache(maxsize=1)
def _months() -> dict[str, str]:
    return {
        normalise(name.removesuffix(".")): _MONTHS[number - 1]
        for locale in _locales()
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in locale.months[context][width].items()
    }


@lru_cache(maxsize=1)
def _weekdays() -> dict[str, str]:
    return {
        normalise(name.removesuffix(".")): ""
        for locale in _locales()
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for name in locale.days[context][width].values()
    }
