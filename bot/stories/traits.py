"""What is computed once for each report: its words folded over house styles, its names, numbers and days."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from bot.agency import split_dateline
from bot.stories.reports import Report
from bot.stories.wording import ENGLISH, Word, language_of, read_word
from bot.text import words

MOST_CHARACTERS = 4_000
"""Characters of a text that are compared, some 650 words; what comes later is background."""
LEAD_WORDS = 80
"""Words of a lead: a standfirst and a paragraph, or two short paragraphs, which say who, what, where and when."""
OPENING = 25
"""Shingles of a text's opening: a sentence."""
BEGINNING = 65
"""Shingles of a text's beginning: its opening, and a paragraph of one sentence that may stand before that."""
_SHINGLE = 3

_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?|(?:[^\W\d_]\.){2,}|[^\W_]+(?:[’'][^\W_]+)*|[.!?:;\n“”„«»\"‘]|[^\w\s]"
)
_SCORE = re.compile(r"(?<![\w.–-])(\d{1,3})[-–](\d{1,3})(?![\w–-]|\.\d)")
# Magnitude 6.1, a 6.1-magnitude earthquake, mit der Stärke 6,1, una magnitud de 6,1.
_MAGNITUDE = re.compile(
    r"(\d[.,]\d)[ -]magnitude|(?:magnitud[eo]?|stärke)(?: (?:of|de|von|di|was|is))? (\d\.\d)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r" ?%| per cent\b")
# 1.2 million, 68.7bn, £43m; but 60m are metres.
_LARGE = re.compile(
    r"(?:(?<=[£$€¥])(\d{1,9}(?:\.\d{1,9})?)(m|k)"
    r"|(?<![\d.,])(\d{1,9}(?:\.\d{1,9})?)[ -]?(thousand|million|billion|trillion|mn|bn|tn))\b"
)
_FACTORS = {"t": 10**3, "k": 10**3, "m": 10**6, "b": 10**9, "tn": 10**12, "tr": 10**12}
_STARTS = frozenset('.!?:;\n“”„«»"‘')
_WEEKDAYS = {
    read_word(day, ENGLISH)[0].stem: number
    for number, day in enumerate("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Traits:
    """A report as it is compared with others. All words are stems."""

    source: str | None
    when: datetime
    headline: str
    """Its normalised words."""
    tokens: tuple[str, ...] = ()
    """The text's words in order; empty where there is no text."""
    shingles: frozenset[str] = frozenset()
    opening: frozenset[str] = frozenset()
    """The shingles of the text's first sentence."""
    beginning: tuple[str, ...] = ()
    """The shingles of its first paragraphs, in order."""
    leading: tuple[str, ...] = ()
    """What headline and lead say of the event, in order: names, numbers and words, none twice."""
    title: frozenset[str] = frozenset()
    """What the headline says of the event."""
    names: frozenset[str] = frozenset()
    """Names in headline and lead."""
    all_names: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()
    """Every meaning in headline and text."""
    words: frozenset[str] = frozenset()
    """What else headline and lead say of the event: neither names nor numbers."""
    numbers: frozenset[str] = frozenset()
    """Numbers in headline and lead."""
    scores: frozenset[str] = frozenset()
    """Numbers with a dash between them in headline and lead: 2-1."""
    magnitudes: frozenset[float] = frozenset()
    """Magnitudes of earthquakes in headline and lead."""
    days: frozenset[date] = frozenset()
    """Days that the lead names."""


class _Token(NamedTuple):
    word: Word
    capital: bool
    starting: bool
    """Whether there would be a capital anyway."""
    number: bool


def _tokens(text: str, language: str) -> list[_Token]:
    found: list[_Token] = []
    starting = True
    for written in _TOKEN.findall(_written_out(text)):
        if not written[0].isalnum():
            starting = starting or written in _STARTS
            continue
        # NASA and UN are names wherever they stand.
        loud = len(written) > 1 and written.isupper()
        found.extend(
            _Token(
                word, written[0].isupper(), starting and not loud, written[0].isdigit() or word.stem.isdigit()
            )
            for word in read_word(written, language)
        )
        starting = False
    return found


def _written_out(text: str) -> str:
    """Write percentages and large numbers the same in all house styles."""
    return _LARGE.sub(_digits, _PERCENT.sub(" percent ", text))


def _digits(match: re.Match[str]) -> str:
    number, unit = (group for group in match.groups() if group)
    factor = _FACTORS.get(unit[:2]) or _FACTORS[unit[0]]
    return f" {round(float(number) * factor)} "


def traits(report: Report) -> Traits:
    """Compute what a report is compared by; of one without text that is next to nothing."""
    source = " ".join(words(report.source)) if report.source else None
    headline = " ".join(words(report.headline))
    if not report.text:
        return Traits(source=source, when=report.when, headline=headline)
    body = _without_datelines(report.text[:MOST_CHARACTERS])
    beginning = " ".join(body.split(maxsplit=LEAD_WORDS)[:LEAD_WORDS])
    language = language_of(_TOKEN.findall(beginning))
    title, text = _tokens(report.headline, language), _tokens(body, language)
    lead = text[:LEAD_WORDS]
    stems = tuple(token.word.meaning for token in text)
    shingles = tuple(" ".join(stems[at : at + _SHINGLE]) for at in range(len(stems) - _SHINGLE + 1))
    names = frozenset(_names([text] if _is_capitalised(title) else [title, text]))
    leading = tuple(dict.fromkeys(token.word.meaning for token in (*title, *lead) if token.word.tells))
    numbers = frozenset(token.word.meaning for token in (*title, *lead) if token.number)
    told = f"{report.headline}\n{beginning}"
    return Traits(
        source=source,
        when=report.when,
        headline=headline,
        tokens=stems,
        shingles=frozenset(shingles),
        opening=frozenset(shingles[:OPENING]),
        beginning=shingles[:BEGINNING],
        leading=leading,
        title=frozenset(token.word.meaning for token in title if token.word.tells),
        names=names.intersection(leading),
        all_names=names,
        said=frozenset(token.word.meaning for token in (*title, *text)),
        words=frozenset(leading) - names - numbers,
        numbers=numbers,
        scores=frozenset(f"{home}-{away}" for home, away in _SCORE.findall(told)),
        magnitudes=frozenset(
            float((before or after).replace(",", ".")) for before, after in _MAGNITUDE.findall(told)
        ),
        days=_days(lead, report.when),
    )


def _without_datelines(text: str) -> str:
    first, _, rest = text.partition("\n")
    second, newline, rest = rest.partition("\n")
    return f"{split_dateline(first).rest}\n{split_dateline(second).rest}{newline}{rest}"


def _is_capitalised(title: list[_Token]) -> bool:
    """Tell whether a headline is in Title Case, so that its capitals mean nothing."""
    longer = [token for token in title[1:] if len(token.word.stem) > 3 and not token.number]
    return len(longer) > 2 and sum(token.capital for token in longer) > 0.7 * len(longer)


def _names(parts: Iterable[list[_Token]]) -> set[str]:
    """Return the meanings of words that have capitals where other words have none."""
    found: set[str] = set()
    for tokens in parts:
        for token, following in zip_longest(tokens, tokens[1:]):
            if token.capital and token.word.tells and (not token.starting or _goes_on(following)):
                found.add(token.word.meaning)
    return found


def _goes_on(following: _Token | None) -> bool:
    """Tell whether a name goes on with the next word."""
    return following is not None and following.capital and not following.starting and following.word.tells


def _days(lead: list[_Token], when: datetime) -> frozenset[date]:
    """Return the days that a lead names, as days of the past: Thursday is today or one of the six days before."""
    today = when.date()
    weekdays = {
        _WEEKDAYS[token.word.stem] for token in lead if token.capital and token.word.stem in _WEEKDAYS
    }
    return frozenset(today - timedelta(days=(today.weekday() - weekday) % 7) for weekday in weekdays)
