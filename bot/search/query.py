"""What was asked: a query's words, which of them are quoted, and which are unwelcome."""

import re
from dataclasses import dataclass

from bot.text import words

MAX_WORDS = 32
"""Words of a query that count. The longest real headlines have about twenty-five."""

PASTED_FROM = 9
"""Words from which on a query is taken for a pasted headline."""

_QUOTED = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]')
# A minus that opens a word, as in `syria -turkey`. One inside a word ("covid-19"), before a digit ("-5") or
# standing alone is punctuation.
_EXCLUDED = re.compile(r"(?<!\S)-(?=[^\W\d_])(\S+)")


@dataclass(frozen=True, slots=True)
class Term:
    """One normalised word of a query. A quoted one is wanted as it is written: no correction, no completion."""

    word: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: each word once, in the order asked, at most MAX_WORDS."""

    text: str
    """What was typed."""
    terms: tuple[Term, ...]
    excluded: tuple[str, ...] = ()
    """Normalised words that no hit may have."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that are looked for."""
        return tuple(term.word for term in self.terms)


def parse_query(text: str) -> Query:
    """Read what someone typed. Any string is a query, if perhaps one without a term.

    Quotes and minus signs are read in short queries, and quotes around a whole one. In a pasted headline they
    are the headline's own ("... to start tech initiative -report").
    """
    every = words(text)
    quoted = _QUOTED.fullmatch(text.strip())
    if quoted or len(every) < PASTED_FROM:
        return _read_operators(text)
    return Query(text, tuple(map(Term, dict.fromkeys(every)))[:MAX_WORDS])


def _read_operators(text: str) -> Query:
    terms: dict[str, bool] = {}
    excluded: dict[str, None] = {}
    at = 0
    for quoted in _QUOTED.finditer(text):
        _read_bare(text[at : quoted.start()], terms, excluded)
        terms.update(dict.fromkeys(words(quoted.group(1)), True))
        at = quoted.end()
    _read_bare(text[at:], terms, excluded)
    kept = list(terms.items())[:MAX_WORDS]
    return Query(text, tuple(Term(word, quoted) for word, quoted in kept), tuple(excluded))


def _read_bare(text: str, terms: dict[str, bool], excluded: dict[str, None]) -> None:
    if "-" in text:
        for unwelcome in _EXCLUDED.findall(text):
            excluded.update(dict.fromkeys(words(unwelcome)))
        text = _EXCLUDED.sub(" ", text)
    for word in words(text):
        terms.setdefault(word, False)
