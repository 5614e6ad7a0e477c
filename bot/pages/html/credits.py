"""Who wrote a page's story, and when it was published: as its head says, else as it is printed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from bot.pages.furniture import furniture
from bot.pages.html.jsonld import Told
from bot.pages.html.metadata import Head, read_moment
from bot.pages.html.passages import Passage
from bot.pages.html.places import words_of
from bot.pages.names import is_house, read_byline, read_unlabelled
from bot.pages.particulars import Particulars, read_below_headline
from bot.text import clean, squeeze, words

_OF_AUTHOR = re.compile(r"(?:^| )(?:authors?|byline|writers?|written by|contributor|posted by|vcard)(?= |$)")
_OF_AUTHORS_LIFE = re.compile(
    r"(?:^| )(?:bio\w*|desc\w*|position|role|job|title|about|image|avatar|social|links?)(?= |$)"
)
_OF_SECTION = re.compile(
    r"(?:^| )(?:categor(?:y|ies)|sections?|topics?|tags?|kicker|eyebrow|label|rubric)(?= |$)"
)
_OF_DATE = re.compile(
    r"(?:^| )(?:(?:publish\w*|post(?:ed)?|entry|article|story|blog ?post|news|created) (?:on|date|time|at)|date ?(?:published|posted|created)"
    r"|published|dateline|timestamp|pub ?date)(?= |$)"
)
_AUTHORS_PAGE = re.compile(
    r"/(?:authors?|by|staff|contributors?|writers?|reporters?|journalists?|columnists?)/[^/]", re.IGNORECASE
)
_LABEL = re.compile(
    r"(?i:\W*(?:(?:words|text|story|article|written|posted|reported|published)\s+)?by\b\s*:?\s*)"
)
_SEVERAL = re.compile(r"\s+[|•·/–—-]+\s+|\s*[|•·]\s*|[\s–—(,-]+(?=\b(?i:last updated|updated|modified)\b)")
_NO_NAME = re.compile(
    r"(?i:https?:|www\.|@|\b(?:admin|administrator|editor|guest|webmaster|root|user|author|anonymous|unknown)\b)|\d{2}"
)
_LONGEST_NAME = 60
"""Characters of one author's name with titles."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The passages around a story's text that can say something of it, nearest to the headline first."""

    under: Sequence[Passage]
    """Between headline and text."""
    beside: Sequence[Passage]
    """Just above the headline, and just below the text."""
    far: Sequence[Passage]
    """Anywhere else, but not of other stories and not of comments."""

    @property
    def near(self) -> list[Passage]:
        """The passages of which nearly all say something of the story."""
        return [*self.under, *self.beside]


def read_authors(told: Told, head: Head, printed: Printed) -> tuple[str, ...]:
    """Return the authors' names: persons rather than houses; empty where nothing names any."""
    site = words(head.site or "")
    everyone: dict[str, None] = {}
    for given in (told.authors, head.authors, _printed_authors(printed), told.houses):
        names = _names(given)
        persons = tuple(name for name in names if words(name) != site and not is_house(name))
        if persons:
            return persons
        everyone.update(dict.fromkeys(names))
    return tuple(everyone)


def _names(given: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in given:
        label = _LABEL.match(text)
        bare = text[label.end() :] if label else text
        byline = read_unlabelled(bare)
        for name in byline.names if byline else [bare]:
            if _is_name(name):
                found[name] = None
    return list(found)


def _is_name(text: str) -> bool:
    is_handle = " " not in text and text == text.lower()
    return 1 < len(text) <= _LONGEST_NAME and not is_handle and not _NO_NAME.search(text)


def _printed_authors(printed: Printed) -> list[str]:
    for passage in printed.near:
        linked = [
            link.text
            for link in passage.links
            if _AUTHORS_PAGE.search(link.href) and not is_label(link.text) and _is_name(link.text)
        ]
        if linked:
            return linked
    for passages in (printed.near, printed.far):
        if labelled := _labelled(passages):
            return labelled
    for passage in printed.near:
        for text in _marked(passage):
            if byline := read_unlabelled(_LABEL.sub("", text, count=1)):
                return list(byline.names)
    dated = (found for passage in printed.near if (found := _one(passage.text)) and found.published)
    return next((list(found.byline) for found in dated if found.byline), None) or _next_to_date(printed.under)


def is_label(text: str) -> bool:
    """Tell whether a line is `By` or `Written by` and nothing else."""
    return _LABEL.fullmatch(text) is not None


def _next_to_date(passages: Sequence[Passage]) -> list[str]:
    """Return the names that stand by themselves just before or after a date, if they are no section's."""
    for one, other in (*pairwise(passages), *pairwise(reversed(passages))):
        found = _one(other.text)
        if found and (found.published or found.updated) and not _OF_SECTION.search(one.names):
            byline = read_unlabelled(one.text)
            if byline and not any(_OF_SECTION.search(words_of(link.href)) for link in one.links):
                return list(byline.names)
    return []


def _marked(passage: Passage) -> Iterator[str]:
    """Return the texts within a passage of which the page's makers say that they are an author's name."""
    for element in (*passage.element.iter("a", "span", "address", "strong", "b", "em"), passage.element):
        named = words_of(
            f"{element.get('class') or ''} {element.get('rel') or ''} {element.get('itemprop') or ''}"
        )
        text = clean("".join(element.itertext()))
        if _OF_AUTHOR.search(named) and not _OF_AUTHORS_LIFE.search(named) and text and text in passage.text:
            yield text
    if _OF_AUTHOR.search(passage.names) and not _OF_AUTHORS_LIFE.search(passage.names):
        yield passage.text


def _labelled(passages: Sequence[Passage]) -> list[str]:
    """Return the names behind the word `by`, be they in the same passage or in the next one."""
    label = False
    for passage in passages:
        pieces = (passage.text, *_SEVERAL.split(passage.text))
        read = (read_unlabelled(piece) if label else read_byline(piece) for piece in pieces)
        byline = next(filter(None, read), None)
        if byline and len(passage.text) <= 2 * _LONGEST_NAME:
            return list(byline.names)
        label = is_label(passage.text)
    return []


def read_published(told: Told, head: Head, printed: Printed) -> datetime | None:
    """Return when the story was published; None where nothing says it.

    When the page around it was made counts only for what somebody signed: every page of a site has that date.
    """
    signed = told.authors or head.authors
    page = told.page_published if signed else None
    return _moment(told.published) or head.published or _printed_date(printed) or _moment(page)


def _moment(text: str | None) -> datetime | None:
    return read_moment(text) if text else None


def _printed_date(printed: Printed) -> datetime | None:
    shown = (moment for passage in printed.near for moment in _times(passage))
    if moment := next(shown, None):
        return moment
    dated = [passage for passage in printed.far if _OF_DATE.search(passage.names)]
    for passages in (printed.near, dated):
        found = [one for passage in passages for one in particulars(passage.text)]
        published = (one.published for one in found if one.published)
        updated = (one.updated for one in found if one.updated)
        if moment := next(published, None) or next(updated, None):
            return moment
    return None


def _times(passage: Passage) -> Iterator[datetime]:
    """Return the moments of the `time` elements that are shown within a passage."""
    for time in passage.element.iter("time"):
        shown = squeeze("".join(time.itertext()))
        if shown in passage.text:
            moment = read_moment(time.get("datetime") or "") or read_moment(shown)
            if moment:
                yield moment


def particulars(text: str) -> list[Particulars]:
    """Return what a line near the headline says, piece by piece."""
    pieces = [found for piece in _SEVERAL.split(text) if piece and (found := _one(piece))]
    if not pieces and (whole := _one(text)):
        pieces = [whole]
    return pieces


def _one(text: str) -> Particulars | None:
    found = furniture(text)
    return found.particulars if found else read_below_headline(text)
