"""The stories that a page links to beside its text: teasers, in the page's order."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.article import Teaser
from bot.pages.boilerplate import Boilerplate, boilerplate
from bot.pages.furniture import furniture
from bot.pages.html.metadata import Head
from bot.pages.html.passages import Passage
from bot.pages.html.places import Place
from bot.pages.html.tree import Element
from bot.text import clean, words

_HEADLINE_WORDS = 4
"""Words from which a link's text can be another story's headline."""
_ALONE_WORDS = 5
"""Words from which a link that stands alone within the text is another story's headline, and no `Try it for free`."""
_LONGEST_HEADLINE = 250
"""Characters of a link's text up to which it can be a headline."""
_WHOLE_LINK = 0.8
"""Share of a passage's text that is one link, from which nothing stands beside it."""
_LONGEST_CARD = 600
"""Characters of another story's headline, first words, date and author."""
_ARROWS = " ←→↑↓«»‹›<>|·•–—-"
_SPARE_TEXT = 25
"""Characters from which text below a headline is the story's first words, and no date or section."""
# Segments of addresses at which no story stands.
_NO_STORY = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|by|profiles?|users?|people|search|login|signin|sign-in|register|subscribe"
    r"|subscription\w*|account|about(?:-us)?|contact(?:-us)?|privacy(?:-policy)?|terms|newsletters?|cart|shop|products?"
    r"|share|comments?|feed|rss)(?:/|\Z)",
    re.IGNORECASE,
)
_WITHIN_SITE = re.compile(r"(?!//)(?!\w+:)(?=.*\w)")
_SHUNNED = frozenset(
    {Place.NAVIGATION, Place.HEADER, Place.FOOTER, Place.COMMENTS, Place.FURNITURE, Place.HIDDEN}
)


@dataclass(slots=True)
class Teased:
    """One teaser on the page: the passages that are its headline, its text, and what else is of its card."""

    teaser: Teaser
    headline: int
    text: int | None
    members: set[int]
    reason: str


@dataclass(slots=True)
class _Card:
    """A passage that is one link, and the largest element around it that links to no other story."""

    at: int
    url: str | None
    headline: str
    element: Element
    parent: Element
    members: list[int] = field(default_factory=list)


class Links:
    """Finds the teasers among a page's passages below its headline.

    `places` tells for each passage what the elements around it are for.
    """

    def __init__(self, passages: Sequence[Passage], places: Sequence[frozenset[Place]], head: Head) -> None:
        self._passages = passages
        self._places = places
        self._head = head
        self._house = _house(head.host) if head.host else self._usual_house()

    def teased(self, start: int) -> list[Teased]:
        """Return the teasers from a position on, in the page's order, each address once."""
        cards = [card for at in range(start, len(self._passages)) if (card := self._card(at))]
        self._fill(cards)
        siblings = Counter(card.parent for card in cards)
        found: list[Teased] = []
        seen: set[str] = set()
        for card in cards:
            reason = self._reason(card, siblings[card.parent])
            if reason is None:
                continue
            key = card.url or card.headline
            if key in seen:
                for teased in found:
                    if (teased.teaser.url or teased.teaser.headline) == key:
                        teased.members.update(card.members)
                continue
            seen.add(key)
            found.append(self._made(card, reason))
        return found

    def _card(self, at: int) -> _Card | None:
        """Return the card of a passage that is a link to another story of the house."""
        passage = self._passages[at]
        if not passage.links or self._places[at] & _SHUNNED:
            return None
        is_pointer = boilerplate(passage.text) is Boilerplate.POINTER
        if len(passage.links) > 1 and not is_pointer and len({link.href for link in passage.links}) > 1:
            return None
        link = max(passage.links, key=lambda link: len(link.text))
        if passage.linked < (0.5 if is_pointer else _WHOLE_LINK) or not self._is_headline(link.text):
            return None
        if link.href.startswith("#") or not self._is_story(link.href):
            return None
        url = self._head.absolute(link.href)
        element = self._around(passage.element, link.href)
        return _Card(at, url, link.text.strip(_ARROWS), element, element.getparent())

    def _is_headline(self, text: str) -> bool:
        return (
            len(text) <= _LONGEST_HEADLINE
            and len(words(text)) >= _HEADLINE_WORDS
            and boilerplate(text) is None
        )

    def _is_story(self, href: str) -> bool:
        url = self._head.absolute(href)
        if url is None:
            # The page's own address is unknown, and with it that of a link within the site.
            return _WITHIN_SITE.match(href) is not None and not _NO_STORY.search(href)
        parts = urlsplit(url)
        if not parts.path.strip("/") and not parts.query:
            return False
        theirs = _house(parts.hostname or "")
        return theirs == self._house and url != self._head.url and not _NO_STORY.search(parts.path)

    def _around(self, element: Element, href: str) -> Element:
        """Return the largest element around a link that holds no other headline and little text."""
        while (parent := element.getparent()) is not None and parent.tag not in (
            "body",
            "html",
            "main",
            "article",
        ):
            others = (a for a in parent.iter("a") if a.get("href") and a.get("href") != href)
            if any(len(words(clean("".join(a.itertext())))) >= _HEADLINE_WORDS for a in others):
                break
            if (
                sum(map(len, parent.itertext())) > 2 * _LONGEST_CARD
                and len(clean("".join(parent.itertext()))) > _LONGEST_CARD
            ):
                break
            element = parent
        return element

    def _fill(self, cards: Sequence[_Card]) -> None:
        """Tell each card its passages."""
        owners: dict[Element, list[_Card]] = {}
        for card in cards:
            owners.setdefault(card.element, []).append(card)
        for at, passage in enumerate(self._passages):
            element = passage.element
            while element is not None and element not in owners:
                element = element.getparent()
            for card in owners.get(element, ()):
                card.members.append(at)

    def _reason(self, card: _Card, siblings: int) -> str | None:
        """Tell why a card teases another story; None if it is a part of this one."""
        passage = self._passages[card.at]
        if Place.RELATED in self._places[card.at]:
            return "in a box of other stories"
        if boilerplate(passage.text) is Boilerplate.POINTER:
            return "a link behind a word that points to another story"
        if self._introduced(card):
            return "below a line that other stories follow"
        if siblings > 1:
            return "one of several links of its shape"
        is_alone = passage.tag == "p" and len(words(card.headline)) >= _ALONE_WORDS
        return "a link alone in its paragraph" if is_alone else None

    def _introduced(self, card: _Card) -> bool:
        """Tell whether a line that other stories follow stands above the headline or above its card."""
        above = {min(card.members) - 1, *(at for at in card.members if at < card.at)}
        return any(
            at >= 0 and boilerplate(self._passages[at].text) is Boilerplate.INTRODUCING for at in above
        )

    def _made(self, card: _Card, reason: str) -> Teased:
        texts = [
            at
            for at in card.members
            if at > card.at
            and len(self._passages[at].text) >= _SPARE_TEXT
            and self._passages[at].text != card.headline
            and furniture(self._passages[at].text) is None
        ]
        text = max(texts, key=lambda at: len(self._passages[at].text), default=None)
        teaser = Teaser(
            headline=card.headline, text=None if text is None else self._passages[text].text, url=card.url
        )
        return Teased(teaser, card.at, text, set(card.members), reason)

    def _usual_house(self) -> str | None:
        """Return the house that most links of the page lead to."""
        hosts = Counter(
            _house(host)
            for passage in self._passages
            for link in passage.links
            if (url := self._head.absolute(link.href)) and (host := urlsplit(url).hostname)
        )
        return next((house for house, _ in hosts.most_common(1)), None)


def _house(host: str) -> str:
    """Return the domain that someone registered, near enough: news.example.co.uk is of example.co.uk."""
    labels = host.lower().split(".")
    is_second = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if is_second else labels[-2:])
