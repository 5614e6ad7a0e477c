"""What a page says of its story in its head: OpenGraph and other meta elements, links, JSON-LD."""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from bot.pages.address import web_address
from bot.pages.dates import read_date, read_iso
from bot.pages.html.tree import Element
from bot.text import clean

# In the order in which they are believed.
_HEADLINES = ("og:title", "twitter:title", "citation_title", "parsely-title", "dc.title", "dcterms.title")
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "originalpublicationdate", "citation_publication_date",
    "citation_online_date", "citation_date", "date",
)  # fmt: skip
_AUTHORS = (
    "author", "parsely-author", "sailthru.author", "citation_author", "article:author", "og:article:author",
    "dc.creator", "dcterms.creator", "byl",
)  # fmt: skip
_SITES = ("og:site_name", "application-name", "citation_journal_title", "dc.publisher", "publisher")
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description")
_ROBOTS = re.compile(r"robots|\w*bot(?:-news)?|slurp")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_].*)?", re.IGNORECASE)
_WITHOUT_COLON = re.compile(r"(?<=[+-]\d\d)(?=\d\d\Z)")
_SPACED_ZONE = re.compile(r"(?<=\d)\s+(?=(?:Z|[+-]\d\d:?\d\d)\Z)")


class Head:
    """A page's head: its meta elements by their lower-case names, in the page's order."""

    def __init__(self, root: Element, saved_from: str | None) -> None:
        self._root = root
        self._metas: dict[str, list[str]] = {}
        for meta in root.iter("meta"):
            content = clean(meta.get("content") or "")
            for attribute in ("property", "name", "itemprop"):
                if content and (name := meta.get(attribute)):
                    self._metas.setdefault(name.strip().lower(), []).append(content)
        self.url = self._url(saved_from)
        base = root.find(".//base[@href]")
        self._base = _joined(self.url or saved_from or "", "" if base is None else base.get("href"))

    def every(self, *names: str) -> Iterator[str]:
        """Return the values of the first of the names that has any, then of the next."""
        for name in names:
            yield from self._metas.get(name, ())

    def first(self, *names: str) -> str | None:
        """Return the first value."""
        return next(self.every(*names), None)

    @property
    def titles(self) -> list[str]:
        """The headlines that the head gives, as they stand there."""
        return list(dict.fromkeys(self.every(*_HEADLINES)))

    @property
    def title(self) -> str | None:
        """The window's title."""
        found = self._root.find(".//title")
        return (clean("".join(found.itertext())) or None) if found is not None else None

    @property
    def site(self) -> str | None:
        """The site's name."""
        return self.first(*_SITES)

    @property
    def host(self) -> str | None:
        """The host's name without www."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.") or None if self.url else None

    @property
    def image(self) -> str | None:
        """The address of the page's picture."""
        return next(filter(None, map(self.absolute, self.every(*_IMAGES))), None)

    @property
    def description(self) -> str | None:
        """What the page says of itself to search engines and networks."""
        return self.first(*_DESCRIPTIONS)

    @property
    def authors(self) -> list[str]:
        """Who wrote it, as it stands there."""
        labelled = zip(self.every("twitter:label1"), self.every("twitter:data1"), strict=False)
        written = [name for label, name in labelled if "written by" in label.lower()]
        return list(dict.fromkeys([*self.every(*_AUTHORS), *written]))

    @property
    def published(self) -> datetime | None:
        """When it was published."""
        return next(filter(None, map(read_moment, self.every(*_PUBLISHED))), None)

    @property
    def is_noarchive(self) -> bool:
        """Whether the page asks not to be kept."""
        named = (values for name, values in self._metas.items() if _ROBOTS.fullmatch(name))
        return any("noarchive" in value.lower() for values in named for value in values)

    def language(self, told: str | None) -> str | None:
        """Return the language's ISO 639-1 code."""
        given = (
            self._root.get("lang"),
            self._root.get("xml:lang"),
            told,
            *self.every("og:locale", "content-language"),
        )
        matches = (_LANGUAGE.fullmatch(value.strip()) for value in given if value)
        return next((match[1].lower() for match in matches if match), None)

    def absolute(self, address: str) -> str | None:
        """Return a web address that the page wrote, whole and without its fragment; None for what is none."""
        return web_address(_joined(self._base, address))

    def _url(self, saved_from: str | None) -> str | None:
        """Return the story's address; a canonical link to a site's front page is a fault of its maker."""
        links = (link.get("href") or "" for link in self._root.iter("link") if link.get("rel") == "canonical")
        given = [_joined(saved_from or "", address) for address in (*links, *self.every("og:url"))]
        addresses = [url for url in (*given, saved_from or "") if web_address(url)]
        deep = (url for url in addresses if urlsplit(url).path.strip("/") or urlsplit(url).query)
        return next(deep, next(iter(addresses), None))


def _joined(base: str, address: str) -> str:
    """Return an address made whole and without its fragment; an empty one where it is none."""
    try:
        return urljoin(base, address.strip()).partition("#")[0]
    except ValueError:
        return ""


def read_moment(text: str) -> datetime | None:
    """Read a date of a machine or of a person in UTC; None for what is none."""
    text = _SPACED_ZONE.sub("", text.strip())
    return read_iso(_WITHOUT_COLON.sub(":", text)) or read_date(text)
