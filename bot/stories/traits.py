"""What is computed once for each report: its words folded over house styles, its names and its numbers."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import Stemmer

from bot.agency import split_dateline
from bot.stories.reports import Report
from bot.stories.wording import GENERIC, NUMERALS, SAME
from bot.text import stop_words, words

MOST_TOKENS = 600
"""Words of a text that are compared; later ones are background."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|(?:[^\W\d_]\.){2,}|[^\W_]+(?:[’'][^\W_]+)*|[.!?:;\n“”\"]")
_ENDS = frozenset('.!?:;\n“”"')
_STEMMER = Stemmer.Stemmer("english")


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """A report as it is compared with others."""

    source: str | None
    when: datetime
    headline: str
    """Its normalised words."""
    title: frozenset[str]
    """Stems of the headline that say something."""
    tokens: tuple[str, ...]
    """The text's words, folded over spelling and house style; empty where there is no text."""
    shingles: frozenset[str]
    opening: frozenset[str]
    """Shingles of the text's first words."""
    subject: frozenset[str]
    """Stems of headline and lead that say something."""
    ordered: tuple[str, ...]
    """The same in the order of the report, headline first."""
    everything: frozenset[str]
    """Stems of headline and text."""
    names: frozenset[str]
    """Stems of names in headline and lead."""
    numbers: frozenset[str]
    """Numbers in headline and lead."""


OPENING = 25
"""Words of a text that are its opening."""


@dataclass(frozen=True, slots=True)
class _Token:
    stem: str
    name: bool
    number: bool


@lru_cache(maxsize=65_536)
def _fold(raw: str) -> tuple[str, ...]:
    """Return the stems of one written word."""
    if raw[0].isdigit():
        return (raw.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+", raw) else raw,)
    found = words(raw.replace(".", ""))
    return tuple(_same(word) for word in found)


def _same(word: str) -> str:
    if word in NUMERALS:
        return NUMERALS[word]
    stem: str = _STEMMER.stemWord(word)
    return SAME.get(stem, stem)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    starting = True
    for raw in _TOKEN.findall(text):
        if raw in _ENDS:
            starting = True
            continue
        capital = raw[0].isupper()
        for stem in _fold(raw):
            number = stem[0].isdigit()
            named = capital and not number and (not starting or raw[1:2].isupper())
            found.append(_Token(stem, named, number))
        starting = False
    return found


def traits(report: Report) -> Traits:
    """Compute what a report is compared by."""
    lines = report.text.split("\n") if report.text else []
    body = "\n".join(split_dateline(line).rest if i < 2 else line for i, line in enumerate(lines))
    lead = "\n".join(split_dateline(line).rest for line in report.lead.split("\n")) if report.lead else ""
    title, first, text = _tokens(report.headline), _tokens(lead), _tokens(body)[:MOST_TOKENS]
    stems = tuple(token.stem for token in text)
    shingles = _shingles(stems)
    ordered = tuple(dict.fromkeys(t.stem for t in [*title, *first] if _says(t.stem)))
    names = {t.stem for t in [*first, *text] if t.name and _says(t.stem)}
    return Traits(
        source=report.source.casefold() if report.source else None,
        when=report.when,
        headline=" ".join(words(report.headline)),
        title=frozenset(t.stem for t in title if _says(t.stem)),
        tokens=stems,
        shingles=frozenset(shingles),
        opening=frozenset(shingles[:OPENING]),
        subject=frozenset(ordered),
        ordered=ordered,
        everything=frozenset(stems) | {t.stem for t in title},
        names=frozenset(names & set(ordered)),
        numbers=frozenset(t.stem for t in [*title, *first] if t.number),
    )


def _says(stem: str) -> bool:
    return len(stem) > 1 and stem not in stop_words() and stem not in GENERIC


def _shingles(stems: tuple[str, ...]) -> list[str]:
    return [" ".join(stems[i : i + 3]) for i in range(len(stems) - 2)]
