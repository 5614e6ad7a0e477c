"""What a feed tells of one story -> its Page."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from bot.article import Page
from bot.errors import NoHeadline
from bot.feeds.wording import Markup, Wording, read_line, read_wording
from bot.ingest.identity import canonical_url, digest
from bot.pages.address import web_address
from bot.pages.blocks import Part, Shape
from bot.pages.html.metadata import read_moment
from bot.pages.names import read_unlabelled
from bot.sentences import sentences
from bot.text import clean, shorten, words

MAX_KEY = 512
"""Characters of an entry's key."""
_FIRST_DATE = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = timedelta(days=1)
"""Dates are believed between the former and this long after now: no news site is older, and clocks differ by zones."""
_MAX_TITLE = 5_000
_LONGEST_HEADLINE = 300
"""Characters of a headline; what is longer is text that stands in its place."""
_MADE_HEADLINE = 150
"""Characters of a headline that is made of the first sentence."""
_WHOLE = 1_000
"""Characters from which a lone description that does not break off is the story, and not its teaser."""
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_].*)?", re.IGNORECASE)
_MAILED = re.compile(r"\A\S+@\S+\s*\((.+)\)\Z")
_LABEL = re.compile(r"by\s+", re.IGNORECASE)
_LONGEST_NAME = 80
_MOST_NAMES = 20
_SILENCE = Markup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry as its feed tells it, with what several formats have in common."""

    id: str = ""
    title: Markup = _SILENCE
    summary: Markup = _SILENCE
    content: Markup = _SILENCE
    links: tuple[str, ...] = ()
    """Best first."""
    images: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    dates: tuple[datetime | str | None, ...] = ()
    """Of its publication, then of its changes."""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What holds for all entries of a feed."""

    source: str
    url: str
    """The feed's, to which relative addresses are relative."""
    language: str | None
    now: datetime


def read_entry(told: Told, around: Around) -> tuple[str, Page, bool]:
    """Return an entry's key, its page, and whether it is a teaser only. Raises NoHeadline."""
    headline = read_line(Markup(told.title.text[:_MAX_TITLE], told.title.is_html))
    source = around.source
    content = read_wording(told.content, headline=headline, source=source)
    summary = Wording()
    if told.summary.text != told.content.text:
        summary = read_wording(told.summary, headline=headline, source=source)
    if content.length < summary.length:
        # Some write the story where its description belongs, and a line into its content.
        content, summary = summary, content
        is_teaser = content.is_cut or content.length < _WHOLE
    else:
        is_teaser = content.is_cut or not content.paragraphs
    if len(content.paragraphs) == 1:
        is_teaser = is_teaser or Part(content.paragraphs[0], content.paragraphs[0], None).shape is Shape.LINE
    standfirst, paragraphs = _arranged(summary, content, is_teaser=is_teaser)
    headline = _headline(headline, standfirst or next(iter(paragraphs), ""))
    url = next(_addresses(told.links, around.url), None)
    page = Page(
        headline=headline,
        standfirst=standfirst,
        paragraphs=paragraphs,
        byline=_names(told.authors, source),
        published=_believed(told.dates, around.now),
        source=source or None,
        url=url,
        language=language(told.language) or around.language,
        image=next(_addresses(told.images, around.url), None),
    )
    return _key(told.id, page), page, is_teaser


def language(code: str | None) -> str | None:
    """Return the ISO 639-1 code at the beginning of a language's tag."""
    match = _LANGUAGE.fullmatch(code.strip()) if code else None
    return match[1].lower() if match else None


def _arranged(summary: Wording, content: Wording, *, is_teaser: bool) -> tuple[str | None, tuple[str, ...]]:
    """Part standfirst and paragraphs; a summary that the story says again is left out."""
    if not content.paragraphs:
        return None, ()
    if is_teaser and not summary.paragraphs:
        return content.paragraphs[0], content.paragraphs[1:]
    if not summary.paragraphs or summary.is_cut:
        return None, content.paragraphs
    said = words(" ".join(summary.paragraphs))
    told = words(" ".join(content.paragraphs))
    if any(told[at : at + len(said)] == said for at in range(len(told) - len(said) + 1)):
        return None, content.paragraphs
    repeated = set(content.paragraphs)
    lead = " ".join(paragraph for paragraph in summary.paragraphs if paragraph not in repeated)
    return lead or None, content.paragraphs


def _headline(headline: str, text: str) -> str:
    if words(headline) and len(headline) <= _LONGEST_HEADLINE:
        return headline
    made = headline if words(headline) else text
    if not made:
        raise NoHeadline
    return shorten(sentences(made)[0], _MADE_HEADLINE)


def _addresses(given: Iterable[str], base: str) -> Iterator[str]:
    """Return those that are, or relative to the base become, http and https addresses."""
    for address in given:
        try:
            whole = urljoin(base, clean(address).replace(" ", "%20")) if address.strip() else ""
        except ValueError:
            continue
        if found := web_address(whole):
            yield found


def _believed(dates: Iterable[datetime | str | None], now: datetime) -> datetime | None:
    for given in dates:
        found = read_moment(given) if isinstance(given, str) else given
        if found is not None and _FIRST_DATE <= found <= now + _LATEST:
            return found
    return None


def _names(given: Iterable[str], source: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for author in given:
        mailed = _MAILED.match(clean(author[:_MAX_TITLE]))
        bare = _LABEL.sub("", mailed[1] if mailed else clean(author[:_MAX_TITLE]), count=1)
        byline = read_unlabelled(bare)
        for name in byline.names if byline else (bare,):
            is_name = 1 < len(name) <= _LONGEST_NAME and "@" not in name and "://" not in name
            if is_name and words(name) != words(source):
                found[name] = None
    return tuple(found)[:_MOST_NAMES]


def _key(told: str, page: Page) -> str:
    """Return by what an entry is known again: its id, else its address, else headline and date."""
    key = clean(told) or (page.url and canonical_url(page.url)) or f"{page.headline}\n{page.published or ''}"
    return key if len(key) <= MAX_KEY else digest(key).hex()
