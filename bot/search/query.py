"""What was asked: a query's words, and the operators that say which stories count and in which order."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from bot.errors import AskError
from bot.remarks import BadDay, BadSort, CannotExclude, MissingValue
from bot.search.dates import day, start
from bot.text import words

MAX_WORDS = 32
"""Words of a query that count. The longest real headlines have about twenty-five."""

PASTED_FROM = 9
"""Words outside of quotation marks from which on a query is taken for a pasted headline."""

_MARK = '"“”„«»'
_INSIDE = f"[{_MARK}]([^{_MARK}]*)[{_MARK}]"
# An operator's name opens a word and its value follows at once: "the source: a minister" has none.
# A minus excludes where it opens a word. One inside a word ("covid-19"), before a digit ("-5") or standing
# alone is punctuation.
_PART = re.compile(
    rf"(?<!\S)(?P<sign>-?)(?P<name>source|title|after|before|since|sort)[:：](?:(?P<value>{_INSIDE})|(?P<bare>\S*))"
    rf"|(?P<minus>(?<!\S)-)?(?P<phrase>{_INSIDE})"
    r"|(?<!\S)-(?=[^\W\d_])(?P<unwelcome>\S+)",
    re.IGNORECASE,
)
_EXAMPLES = {
    "source": "source:Reuters",
    "title": "title:Syria",
    "after": "after:2020-05-04",
    "before": "before:2020-05-04",
    "since": "since:7d",
    "sort": "sort:new",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One normalised word of a query."""

    word: str
    quoted: bool = False
    """Whether it is wanted as it is written: no correction, no completion."""
    title: bool = False
    """Whether it must stand in the headline."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two or more normalised words that have to stand side by side."""

    words: tuple[str, ...]
    title: bool = False
    """Whether they must do so in the headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which stories count, whatever their words are."""

    sources: tuple[str, ...] = ()
    """Names as they were typed, of which one must fit."""
    excluded_sources: tuple[str, ...] = ()
    after: int | None = None
    """The first second of publication that counts."""
    before: int | None = None
    """The first second that does not count any more."""

    @property
    def dated(self) -> bool:
        """Whether only stories of certain days count."""
        return self.after is not None or self.before is not None


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: each word once, in the order asked, at most MAX_WORDS."""

    text: str
    """What was typed."""
    terms: tuple[Term, ...]
    excluded: tuple[str, ...] = ()
    """Normalised words that no hit may have."""
    phrases: tuple[Phrase, ...] = ()
    excluded_phrases: tuple[Phrase, ...] = ()
    excluded_titles: tuple[str, ...] = ()
    """Normalised words that no hit may have in its headline."""
    filters: Filters = Filters()
    newest_first: bool = False
    remarks: tuple[AskError, ...] = field(default=(), compare=False)
    """What could not be understood of it; the rest is answered."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that are looked for."""
        return tuple(term.word for term in self.terms)

    @property
    def selects(self) -> bool:
        """Whether it says by more than words which stories count."""
        return self.filters != Filters() or bool(
            self.excluded or self.phrases or self.excluded_phrases or self.excluded_titles
        )

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing at all."""
        return not (self.terms or self.selects or self.newest_first)


def parse_query(text: str, now: datetime | None = None, zone: tzinfo = UTC) -> Query:
    """Read what someone in a zone typed, now or at another moment. Any string is a query, if perhaps an empty one.

    Quotes and minus signs are read in short queries and beside operators with a name. In a pasted headline they
    are the headline's own ("... to start tech initiative -report").
    """
    parts = list(_PART.finditer(text))
    if not parts or _is_pasted(text, parts):
        return Query(text, tuple(map(Term, dict.fromkeys(words(text))))[:MAX_WORDS])
    reading = _Reading(now or datetime.now(UTC), zone)
    at = 0
    for part in parts:
        reading.bare(text[at : part.start()])
        reading.part(part)
        at = part.end()
    reading.bare(text[at:])
    return reading.query(text)


def _is_pasted(text: str, parts: list[re.Match[str]]) -> bool:
    if any(part["value"] or part["bare"] for part in parts):
        return False
    quoted = sum(len(words(part["phrase"])) for part in parts if part["phrase"])
    return len(words(text)) - quoted >= PASTED_FROM


class _Reading:
    """What was understood of a query so far."""

    def __init__(self, now: datetime, zone: tzinfo) -> None:
        self._now = now
        self._zone = zone
        self._terms: dict[str, Term] = {}
        self._excluded: dict[str, None] = {}
        self._excluded_titles: dict[str, None] = {}
        self._phrases: list[Phrase] = []
        self._excluded_phrases: list[Phrase] = []
        self._sources: list[str] = []
        self._excluded_sources: list[str] = []
        self._days: dict[str, list[int]] = {"after": [], "before": []}
        self._newest_first = False
        self._remarks: list[AskError] = []

    def query(self, text: str) -> Query:
        """Put everything together. Of several days the narrowest count, of several sources any."""
        return Query(
            text,
            tuple(self._terms.values())[:MAX_WORDS],
            tuple(self._excluded),
            tuple(self._phrases),
            tuple(self._excluded_phrases),
            tuple(self._excluded_titles),
            Filters(
                sources=tuple(self._sources),
                excluded_sources=tuple(self._excluded_sources),
                after=max(self._days["after"], default=None),
                before=min(self._days["before"], default=None),
            ),
            self._newest_first,
            tuple(self._remarks),
        )

    def bare(self, text: str) -> None:
        """Read words without any sign."""
        for word in words(text):
            self._terms.setdefault(word, Term(word))

    def part(self, part: re.Match[str]) -> None:
        """Read an operator."""
        if part["name"]:
            value = (part["value"] or part["bare"].rstrip(".,;!?")).strip(_MARK + " ")
            self._named(part["name"].casefold(), value, excluded=bool(part["sign"]), typed=part[0])
        elif part["phrase"]:
            self._phrase(part["phrase"], excluded=bool(part["minus"]))
        else:
            self._excluded.update(dict.fromkeys(words(part["unwelcome"])))

    def _phrase(self, text: str, *, excluded: bool = False, title: bool = False) -> None:
        found = words(text)
        if excluded and len(found) == 1:
            self._excluded.update(dict.fromkeys(found))
        elif excluded and found:
            self._excluded_phrases.append(Phrase(tuple(found)))
        else:
            if len(found) > 1:
                self._phrases.append(Phrase(tuple(found), title))
            self._want(found, quoted=True, title=title)

    def _want(self, found: list[str], *, quoted: bool = False, title: bool = False) -> None:
        for word in found:
            known = self._terms.get(word, Term(word))
            self._terms[word] = Term(word, known.quoted or quoted, known.title or title)

    def _named(self, name: str, value: str, *, excluded: bool, typed: str) -> None:
        if not value or (name == "title" and not words(value)):
            self._remarks.append(MissingValue(operator=f"{name}:", example=_EXAMPLES[name]))
        elif name == "source":
            (self._excluded_sources if excluded else self._sources).append(value)
        elif name == "title" and excluded:
            self._excluded_titles.update(dict.fromkeys(words(value)))
        elif excluded:
            self._remarks.append(CannotExclude(given=typed))
        elif name == "title":
            if typed[-1] in _MARK:
                self._phrase(value, title=True)
            else:
                self._want(words(value), title=True)
        elif name == "sort":
            self._newest_first = self._newest_first or value.casefold() == "new"
            if value.casefold() != "new":
                self._remarks.append(BadSort(given=typed))
        else:
            meant = day(value, self._now, self._zone)
            if meant is None:
                self._remarks.append(BadDay(given=typed, example=_EXAMPLES[name]))
            else:
                self._days["before" if name == "before" else "after"].append(start(meant, self._zone))
