"""A page's particulars: the lines beside its text that say who wrote it, when, for whom and where it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.article import Role
from bot.pages.address import web_address
from bot.pages.dates import is_date, read_date
from bot.pages.names import Byline, is_house, read_byline, read_credits, read_unlabelled
from bot.pages.wording import labels, one_of, plain

_PUBLISHED = re.compile(rf"(?P<label>(?i:{labels('published')}))\s?(?P<date>.+)")
_UPDATED = re.compile(rf"(?P<label>(?i:{labels('updated')}))\s?(?P<date>.+)")
_AGO = re.compile(one_of("ago"))
_CLOCK = re.compile(r"(?i:(?:at\s)?\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\.?)?(?:\s?\(?[a-z]{2,4}\)?)?)")
_SOURCE = re.compile(rf"(?i:{one_of('source')})\s?[:：]\s?(?P<value>.+)")
_URL = re.compile(
    r"(?i:(?:source|original|canonical)?\s?(?:url|link)|web|original|permalink|source|via)\s?:\s?(?P<value>http\S+)"
)
_IMAGE = re.compile(r"(?i:image|photo|picture)\s?:\s?(?P<value>http\S+)")
_LANGUAGE = re.compile(r"(?i:language|lang)\s?:\s?(?P<value>[a-zA-Z]{2})(?:[-_]\w+)?")
_BETWEEN = re.compile(r"\s*[|•·]\s*")
_BEFORE_A_BYLINE = re.compile(rf"\s(?=(?i:{labels('byline')})\s)")
_BEFORE_A_DATE = re.compile(r"(?:,|\s[–—-]|\son)\s")
_LONGEST_LINE = 200
"""Characters of a line of particulars."""
_WORDS_OF_NO_DATE = 3
"""Words behind `Published:` that are no date and no headline: `soon`, `this morning`."""
_LONGEST_PIECE = 60
"""Characters of a source's name, or of the place that stands beside a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What one line says of its story."""

    role: Role
    why: str
    byline: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    image: str | None = None
    is_bare: bool = False
    """Whether it is a date or an address alone, which inside a story can be a part of it."""


def read_particulars(text: str) -> Particulars | None:
    """Read a line that says wherever it stands what it is: a date, `By …`, `Source: …`, a web address.

    Several may share the line: `Newsdesk Demo | Published: 3 March 2019`.
    """
    if address := _address(text):
        return address
    if len(text) <= _LONGEST_LINE:
        return _one(text) or _several(text)
    return _credits(text)


def read_below_headline(text: str) -> Particulars | None:
    """Read a line that is sure below a headline only: `Jane Roe`, `Reuters`, `Jerusalem, 3 March 2019`."""
    if len(text) > _LONGEST_LINE:
        return None
    if is_house(text):
        return Particulars(
            role=Role.SOURCE, why="a paper’s or an agency’s name below the headline", source=text
        )
    if byline := read_unlabelled(text):
        return _signed(byline, "names below the headline")
    for mark in _BEFORE_A_DATE.finditer(text):
        beside, date = text[: mark.start()], text[mark.end() :]
        if len(beside) <= _LONGEST_PIECE and (found := _one(date)) and found.role is Role.DATE:
            # Before a comma stands a place: `Jerusalem, 3 March 2019`.
            is_place = mark.group().startswith(",") and not is_house(beside)
            return found if is_place else _joined([found], [beside])
    pieces = _BETWEEN.split(text)
    names = [byline for piece in pieces if (byline := read_unlabelled(piece))]
    return _joined([_signed(name, "") for name in names], []) if len(names) == len(pieces) else None


def _address(text: str) -> Particulars | None:
    if (image := _IMAGE.fullmatch(text)) and (url := web_address(image["value"])):
        return Particulars(role=Role.CAPTION, why="the address of an image", image=url)
    labelled = _URL.fullmatch(text)
    if url := web_address(labelled["value"] if labelled else text):
        return Particulars(role=Role.URL, why="a web address alone", url=url, is_bare=not labelled)
    return None


def _several(text: str) -> Particulars | None:
    pieces = [piece for piece in _BETWEEN.split(text) if piece]
    for mark in _BEFORE_A_BYLINE.finditer(text):
        if (date := _one(text[: mark.start()])) and date.role is Role.DATE:
            pieces = [text[: mark.start()], text[mark.end() :]]
    if pieces == [text]:
        return None
    read = [_one(piece) for piece in pieces]
    plain = [piece for piece, found in zip(pieces, read, strict=True) if not found]
    if len(plain) == len(pieces) or any(len(piece) > _LONGEST_PIECE for piece in plain):
        return None
    return _joined([found for found in read if found], plain)


def _one(text: str) -> Particulars | None:
    return _date(text) or _labelled(text) or _credits(text)


def _date(text: str) -> Particulars | None:
    if is_date(text):
        return Particulars(role=Role.DATE, why="a date alone", published=read_date(text), is_bare=True)
    if _is_ago(text) or _CLOCK.fullmatch(text):
        return Particulars(role=Role.DATE, why="a time without a date")
    if (label := _PUBLISHED.fullmatch(text)) and _is_dated(label):
        return Particulars(
            role=Role.DATE, why="says when it was published", published=read_date(label["date"])
        )
    if (label := _UPDATED.fullmatch(text)) and _is_dated(label):
        return Particulars(role=Role.DATE, why="says when it was updated", updated=read_date(label["date"]))
    return None


def _is_dated(label: re.Match[str]) -> bool:
    """Tell whether a date follows the label; after a colon a few words that are none may."""
    date = label["date"]
    if is_date(date) or _is_ago(date):
        return True
    few = len(date.split()) <= _WORDS_OF_NO_DATE or any(map(str.isdigit, date))
    return (
        label["label"].endswith((":", "："))
        and few
        and len(date) <= _LONGEST_PIECE
        and not date.endswith((".", "!", "?"))
        and not _BETWEEN.search(date)
        and not _BEFORE_A_BYLINE.search(date)
    )


def _is_ago(text: str) -> bool:
    return len(text) <= _LONGEST_PIECE and _AGO.fullmatch(plain(text)) is not None


def _labelled(text: str) -> Particulars | None:
    if (label := _SOURCE.fullmatch(text)) and len(label["value"]) <= _LONGEST_PIECE:
        return Particulars(role=Role.SOURCE, why="names the source", source=label["value"].rstrip("."))
    if label := _LANGUAGE.fullmatch(text):
        return Particulars(role=Role.SOURCE, why="names the language", language=label["value"].lower())
    byline = read_byline(text)
    return _signed(byline, "says who wrote it") if byline else None


def _credits(text: str) -> Particulars | None:
    found = read_credits(text)
    return Particulars(role=Role.BYLINE, why="says who reported it", byline=found.names) if found else None


def _signed(byline: Byline, why: str) -> Particulars:
    return Particulars(role=Role.BYLINE, why=why, byline=byline.names, source=byline.house)


def _joined(known: Sequence[Particulars], plain: Sequence[str]) -> Particulars:
    """Make one of the line's pieces, those that say what they are and those that do not.

    Of the latter a paper's name is the source; else a lone one is, unless names or places are likelier.
    """
    byline = tuple(name for piece in known for name in piece.byline)
    source = next((piece.source for piece in known if piece.source), None)
    source = source or next((piece for piece in plain if is_house(piece)), None)
    others = [piece for piece in plain if piece != source]
    if not byline and not source and len(others) == 1 and any("published" in piece.why for piece in known):
        source = others[0]
    elif not byline and others and (name := read_unlabelled(others[0])):
        byline = name.names
    return Particulars(
        role=Role.DATE if any(piece.role is Role.DATE for piece in known) else known[0].role,
        why="several particulars in one line",
        byline=byline,
        published=next((piece.published for piece in known if piece.published), None),
        updated=next((piece.updated for piece in known if piece.updated), None),
        source=source,
        url=next((piece.url for piece in known if piece.url), None),
        language=next((piece.language for piece in known if piece.language), None),
    )
