"""What the elements of a page are for, as their tags, their ARIA roles and their makers' names for them say."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from bot.pages.html.tree import Element

_TITLED = frozenset("h1 h2 h3 h4 h5 h6 p li dt dd".split())
"""Elements of which the id is often made of their text."""
_WHOLE = frozenset("html body main article".split())
"""Elements whose names tell of the whole page."""
_NAMES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_LONGEST_NAMES = 400
"""Characters of an element's class and id that are looked at; frameworks write more, and say nothing."""
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Place(Enum):
    """What an element around a passage is for."""

    NAVIGATION = auto()
    HEADER = auto()
    FOOTER = auto()
    ASIDE = auto()
    RELATED = auto()
    COMMENTS = auto()
    FURNITURE = auto()
    CAPTION = auto()
    HIDDEN = auto()


_BY_TAG = {
    "nav": Place.NAVIGATION,
    "header": Place.HEADER,
    "footer": Place.FOOTER,
    "aside": Place.ASIDE,
    "figcaption": Place.CAPTION,
}
_BY_PART = {
    "navigation": Place.NAVIGATION,
    "menu": Place.NAVIGATION,
    "menubar": Place.NAVIGATION,
    "banner": Place.HEADER,
    "contentinfo": Place.FOOTER,
    "complementary": Place.ASIDE,
    "dialog": Place.FURNITURE,
    "alertdialog": Place.FURNITURE,
    "search": Place.FURNITURE,
}
"""By ARIA role."""
# Words of an element's class and id, in lower case with single spaces between them.
_OTHER_STORIES = (
    r"related\w*|recommend\w*|recirc\w*|outbrain|taboola|revcontent|mgid|zergnet|(?:more|other|latest|top) (?:\w+ )?"
    r"(?:stories|articles|news|posts|reads|headlines)|more (?:from|on|like|in)|readmore|read (?:more|next|also)"
    r"|(?:see|also|you may|might) (?:also )?(?:read|like)|most (?:read|popular|viewed|recent)|mostread|mostpopular"
    r"|popular(?: \w+)?|trending|up ?next|next (?:article|story|post|up)|(?:prev|previous) (?:article|story|post)"
    r"|post navigation|further reading|suggested|similar (?:\w+)"
)
_BY_NAME = (
    (Place.COMMENTS, r"comments?|disqus\w*|respond|livefyre|fb comments"),
    (
        Place.NAVIGATION,
        r"nav|navbar|navigation|menu|breadcrumbs?|bread crumbs?|sitemap|pagination|pager|toc|table of contents",
    ),
    (Place.ASIDE, r"sidebar|side bar|rail"),
    (
        Place.FURNITURE,
        (
            r"shar(?:e|ing)\w*|social\w*|newsletter\w*|subscri\w+|sign ?up|promo\w*|ads?|advert\w*|dfp|sponsor\w*|cookies?|consent"
            r"|gdpr|paywall|tags?|tag ?list|tagcloud|author (?:bio\w*|box|info|card|about|profile|details|desc\w*)|about(?: the)? author"
            r"|authorbio|bio|biography|login|modal|popup|pop up|donat\w+|copyright|cta|disclaimer|toolbar|tooltip|skip link|widget area"
        ),
    ),
    (Place.CAPTION, r"caption\w*|credit|wp caption text|image credit|photo credit"),
    (Place.FOOTER, r"footer|site footer|foot"),
)
_RELATED = re.compile(rf"(?:^| )(?:{_OTHER_STORIES})(?= |$)")
_NAMED = tuple((place, re.compile(rf"(?:^| )(?:{pattern})(?= |$)")) for place, pattern in _BY_NAME)


@dataclass(slots=True, eq=False)
class Container:
    """An element that says what what stands in it is for."""

    place: Place
    prose: int = 0
    """Characters of prose within it."""


def container_of(element: Element) -> Container | None:
    """Return what an element is for, if it says so."""
    tag = element.tag
    named = element.get("class") or ""
    if tag not in _TITLED:
        named += f" {element.get('id') or ''}"
    text = "" if tag in _WHOLE else words_of(named)
    if _RELATED.search(text):
        # Wherever it stands, also in an aside or a navigation.
        return Container(Place.RELATED)
    if (place := _BY_TAG.get(tag)) or (place := _BY_PART.get(element.get("role") or "")):
        return Container(place)
    if element.get("hidden") is not None or _HIDDEN_STYLE.search(element.get("style") or ""):
        return Container(Place.HIDDEN)
    place = next((place for place, pattern in _NAMED if pattern.search(text)), None)
    return Container(place) if place else None


def words_of(names: str) -> str:
    """Take names like `relatedStories` and `most-read__list` apart."""
    return " ".join(_NAMES.findall(names[:_LONGEST_NAMES])).lower()
