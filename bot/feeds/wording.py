"""The texts in a feed, HTML or plain -> a reader's paragraphs, without what sites put around them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from bot.article import Role
from bot.errors import NotText
from bot.pages.blocks import Part, Shape
from bot.pages.furniture import furniture
from bot.pages.html.passages import MOSTLY_LINKS, Link, Passage, read_passages
from bot.pages.html.places import Place
from bot.pages.html.story import SHUNNED, places
from bot.pages.html.tree import read_tree
from bot.pages.wording import one_of
from bot.text import clean, words

MAX_TEXT = 400_000
"""Characters of a text's markup that are read. The longest articles in print have some 200 kB."""
_SHUNNED = SHUNNED | {Place.CAPTION}
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>|<!--")
_OPENING = re.compile(r"<(?:p|br|div|a|img|b|i|em|strong|span|ul|ol|blockquote|h\d)\b[^<>]*>", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_MORE = re.compile(rf"\W*(?:{one_of('more')})\b.*", re.IGNORECASE | re.DOTALL)
_CUT_MARK = re.compile(r"\s*(?:[\[(](?:…|\.\.\.)[\])]|…|\.{3,})\W*\Z")
_LONGEST_MORE = 250
"""Characters of a link to the whole story, its headline in it."""
_FEW_WORDS = 10
"""Words beside headline and source in the line by which feeds name their site: `The post … first appeared on …`."""


@dataclass(frozen=True, slots=True)
class Markup:
    """A text as its feed has it."""

    text: str = ""
    is_html: bool = True


NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class Wording:
    """A text's paragraphs, and whether it breaks off."""

    paragraphs: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def length(self) -> int:
        """Characters in all."""
        return sum(map(len, self.paragraphs))


def read_line(markup: Markup) -> str:
    """Return a headline, a name or the like as one line."""
    text = _whole(markup)
    if text.is_html:
        return clean(" ".join(passage.text for passage in _passages(text)))
    return clean(text.text)


def read_wording(markup: Markup, *, headline: str, source: str) -> Wording:
    """Return a text without its repeats of the headline, captions, links to more and lines about its site."""
    text = _whole(markup)
    if text.is_html:
        found = _passages(text)
        around = places(found)
        shunned = [bool(place & _SHUNNED) for place in around]
        kept = found if all(shunned) else [one for one, bad in zip(found, shunned, strict=True) if not bad]
        given = [(passage.text, passage.links, passage.linked) for passage in kept]
    else:
        given = [(clean(block), (), 0.0) for block in _BLANK_LINE.split(text.text)]
    paragraphs: list[str] = []
    is_cut = False
    for told, links, linked in given:
        line, leads_on = _without_more(told, links)
        if Part(line, line, None).shape is Shape.CUT:
            line = f"{_CUT_MARK.sub('', line)}…"
            is_cut = True
        else:
            is_cut = leads_on or (is_cut and not line)
        if (
            line
            and _is_told(line, 0.0 if leads_on else linked, headline=headline, source=source)
            and line not in paragraphs
        ):
            paragraphs.append(line)
        elif line and paragraphs:
            is_cut = is_cut or paragraphs[-1].endswith("…")
    return Wording(tuple(paragraphs), is_cut)


def _whole(markup: Markup) -> Markup:
    """Tell whether a text is HTML; what was escaped once too often is unescaped."""
    text = _CONTROLS.sub("", markup.text[:MAX_TEXT])
    if not markup.is_html:
        return Markup(text, is_html=False)
    if _TAG.search(text):
        return Markup(text)
    text = unescape(text)
    if _OPENING.search(text):
        return Markup(text)
    return Markup(unescape(text), is_html=False)


def _passages(markup: Markup) -> Sequence[Passage]:
    try:
        root, _ = read_tree(f"<div>{markup.text}</div>".encode("utf-8", "replace"))
    except NotText:
        return []
    return read_passages(root)


def _without_more(text: str, links: Sequence[Link]) -> tuple[str, bool]:
    """Take off the link to the whole story at a text's end; tell whether there was one."""
    bare = text.rstrip(" \"'”’»›→.…>")
    for link in links[-1:]:
        label = link.text.rstrip(" \"'”’»›→.…>")
        if label and len(label) <= _LONGEST_MORE and bare.endswith(label) and _MORE.fullmatch(label):
            return bare[: -len(label)].rstrip(" ([|–—-"), True
    return text, False


def _is_told(text: str, linked: float, *, headline: str, source: str) -> bool:
    said = words(text)
    if not said or said == words(headline) or _is_signature(said, words(headline), words(source)):
        return False
    found = furniture(text)
    if found and found.role in {
        Role.BOILERPLATE,
        Role.CAPTION,
        Role.BYLINE,
        Role.DATE,
        Role.URL,
        Role.SOURCE,
    }:
        return False
    # Links and a few words between them: shares, sections, `comments`.
    return not (linked >= MOSTLY_LINKS and len(said) <= _FEW_WORDS)


def _is_signature(said: list[str], headline: list[str], source: list[str]) -> bool:
    """Tell whether a line only says that the story of this headline stands on this site."""
    if not headline or not source or said[-len(source) :] != source:
        return False
    others = len(said) - len(headline) - len(source)
    return 0 < others <= _FEW_WORDS and any(_runs(said, headline))


def _runs(said: list[str], sought: list[str]) -> Iterator[bool]:
    for at in range(len(said) - len(sought) + 1):
        yield said[at : at + len(sought)] == sought
