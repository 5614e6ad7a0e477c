"""A saved page in plain text -> Page.

The form: a headline, a standfirst, paragraphs, a line of boilerplate, then teasers of other stories; blank
lines between all of them. First the blocks that tell by themselves what they are, then the teasers by their
shapes, then the story in the order in which it stands.
"""

import re
from functools import cached_property
from operator import itemgetter

from bot.agency import split_dateline
from bot.article import Block, Page, Role, Teaser
from bot.errors import NoHeadline
from bot.pages.blocks import Part, Shape, split_blocks
from bot.pages.boilerplate import Boilerplate
from bot.pages.listing import Run
from bot.pages.particulars import Particulars, read_below_headline
from bot.pages.teasers import find_teasers
from bot.sentences import sentences
from bot.text import shorten, words

_LONGEST_HEADLINE = 300
"""Characters from which the first block is text and the page has no headline line."""
_MADE_HEADLINE = 150
"""Characters of a headline that is made of the first sentence."""
_SUBHEADING_WORDS = 12
_KICKER_WORDS = 3
"""Words up to which a line above a story is a kicker, `Middle East`, and no standfirst."""
_REPEAT_WORDS = 4
"""Words from which a block within the standfirst says it again; fewer are an answer or a cry."""
_SURE_NAME_WORDS = 2
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_HEADLINE_LABEL = re.compile(r"(?i:headline|title)\s?:\s?(?=\S)")
_SPOKEN = re.compile('[,，،] ?["“«„「].*["”“»」]\\Z')
"""How a sentence ends that somebody said, where its full stop was left out."""
_SITE = re.compile(r"\s[|–—-]\s")


def parse_text(text: str) -> Page:
    """Read a page. Raises NoHeadline for one without text.

    Every block is in `blocks`, with the role it was given and why. Subheadings are in no other field: a
    summary and an index have no use for them, and a story reads on without.
    """
    parts = split_blocks(text)
    if not parts:
        raise NoHeadline
    return _Reading(parts).page()


class _Reading:
    """One page while its blocks are given their roles."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self.roles: dict[int, tuple[Role, str]] = {}
        self.particulars: list[tuple[int, Particulars]] = []
        self.standfirst: int | None = None
        self.paragraphs: list[int] = []
        self.agency: str | None = None
        self.site: str | None = None
        self.top = self._first_content()
        self._call(_HEADLINE_LABEL.sub("", parts[self.top].text, count=1))

    def _call(self, headline: str) -> None:
        self.headline = headline
        self.headline_words = words(headline)

    def page(self) -> Page:
        """Give every block its role and make the page of them."""
        below = self.top
        if len(self.headline) > _LONGEST_HEADLINE:
            self._call(shorten(sentences(self.headline)[0], _MADE_HEADLINE))
        else:
            below += 1
            self.roles[self.top] = (Role.HEADLINE, "the first text of the page")
        runs = find_teasers(self.parts, below)
        teasers = tuple(teaser for run in runs for teaser in self._teasers(run))
        self._read_furniture()
        self._read_story(below)
        return self._made(teasers)

    def _first_content(self) -> int:
        def can_be(part: Part) -> bool:
            return part.furniture is None or part.furniture.kind is Boilerplate.POINTER

        first = next((at for at, part in enumerate(self.parts) if can_be(part)), 0)
        if self.parts[first].shape is Shape.LINE:
            return first
        # Text at the top: `Photos: the ferry in the ice` above it was the headline after all.
        above = (at for at, part in enumerate(self.parts[:first]) if part.furniture and part.furniture.mild)
        return next((at for at in above if len(self.parts[at].words) > _KICKER_WORDS), first)

    def _teasers(self, run: Run) -> list[Teaser]:
        """Give the blocks of a run their roles; web addresses between teasers are theirs."""
        for at in run.asides:
            self.roles[at] = (Role.BOILERPLATE, "a short line that only leads to the teasers")
        ends = [item.headline for item in run.items[1:]] + [self._next_content(run.items[-1].last)]
        urls = [self._address(item.last + 1, end) for item, end in zip(run.items, ends, strict=True)]
        theirs = all(urls) or sum(url is not None for url in urls) > 1
        teasers: list[Teaser] = []
        below = "below a line of boilerplate" if run.introduced else "with others of its shape"
        for item, url in zip(run.items, urls, strict=True):
            headline = self.parts[item.headline]
            self.roles[item.headline] = (Role.TEASER_HEADLINE, f"another story’s headline, {below}")
            text = None
            if item.text is not None:
                text = self.parts[item.text].text
                self.roles[item.text] = (Role.TEASER_TEXT, "another story’s first words, below its headline")
            teasers.append(
                Teaser(
                    headline=headline.text.removeprefix(headline.bullet),
                    text=text,
                    url=url if theirs else None,
                )
            )
        for at in range(run.items[0].headline, ends[-1]):
            part = self.parts[at]
            if (
                part.furniture
                and part.furniture.particulars
                and (theirs or part.furniture.role is not Role.URL)
            ):
                self.roles[at] = (part.furniture.role, f"{part.furniture.why}, of another story")
        return teasers

    def _next_content(self, at: int) -> int:
        later = range(at + 1, len(self.parts))
        return next(
            (n for n in later if self.parts[n].is_content or self.parts[n].introduces), len(self.parts)
        )

    def _address(self, start: int, end: int) -> str | None:
        between = (part.furniture.particulars for part in self.parts[start:end] if part.furniture)
        return next((found.url for found in between if found and found.url), None)

    def _read_furniture(self) -> None:
        for at, part in enumerate(self.parts):
            if part.furniture and at not in self.roles:
                self.roles[at] = (part.furniture.role, part.furniture.why)
                if part.furniture.particulars:
                    self.particulars.append((at, part.furniture.particulars))

    def _read_story(self, below: int) -> None:
        for at in range(below, len(self.parts)):
            if at not in self.roles:
                self.roles[at] = self._role(at)

    def _role(self, at: int) -> tuple[Role, str]:
        """Give a block of the story its role; those above it have theirs."""
        part = self.parts[at]
        if self._repeats_headline(part):
            return Role.REPEAT, "says the headline again"
        if not self.paragraphs:
            found = None if part.shape is Shape.SENTENCE else read_below_headline(part.text)
            if found and not (found.role is Role.BYLINE and self._is_doubtful(at, found)):
                self.particulars.append((at, found))
                return found.role, found.why
            self.agency = self.agency or split_dateline(part.text).agency
        if self.standfirst is None:
            return self._opening(at)
        if repeat := self._repeat_of_standfirst(at):
            return repeat
        if self._is_subheading(at):
            return Role.SUBHEADING, "a short line without a full stop, above a paragraph"
        self.paragraphs.append(at)
        return Role.PARAGRAPH, "text of the story"

    def _is_doubtful(self, at: int, found: Particulars) -> bool:
        """Tell whether names without a label may be none: `Oil Prices Fall` has a byline's shape, too.

        Words that the page writes in small letters elsewhere are no names. Of three words and more something
        has to bear it out: a house, a second name, an initial, or a date or the like beside it.
        """
        text = self.parts[at].text
        if any(word.islower() is False and word.lower() in self._small for word in _LETTERS.findall(text)):
            return True
        beside = (self.parts[n].furniture for n in (at - 1, at + 1) if n < len(self.parts))
        return not (
            found.source
            or len(found.byline) > 1
            or all(len(name.split()) <= _SURE_NAME_WORDS for name in found.byline)
            or any(len(word.strip(".")) == 1 or word.islower() for word in text.split())
            or any(furniture and furniture.particulars for furniture in beside)
        )

    @cached_property
    def _small(self) -> frozenset[str]:
        """The words that stand somewhere on the page in small letters."""
        return frozenset(
            word for part in self.parts for word in _LETTERS.findall(part.text) if word.islower()
        )

    def _opening(self, at: int) -> tuple[Role, str]:
        part = self.parts[at]
        if part.shape is Shape.LINE and len(part.words) <= _KICKER_WORDS and self._goes_on(at):
            return Role.SUBHEADING, "a few words above the story"
        self.standfirst = at
        return Role.STANDFIRST, "the first text below the headline"

    def _repeat_of_standfirst(self, at: int) -> tuple[Role, str] | None:
        """Tell whether a block says the standfirst again; if to its end, it takes the other's place."""
        if self.standfirst is None:
            return None
        standfirst, part = self.parts[self.standfirst], self.parts[at]
        if len(part.words) < _REPEAT_WORDS:
            return None
        tells = part.words_told
        if len(tells) >= _REPEAT_WORDS and _within(tells, standfirst.words_told):
            return Role.REPEAT, "says the standfirst again"
        if standfirst.shape is Shape.CUT and not self.paragraphs:
            # The last word may have been cut, too.
            begun = standfirst.words[:-1]
            if len(begun) >= _REPEAT_WORDS and tells[: len(begun)] == begun:
                self.roles[self.standfirst] = (Role.REPEAT, "the beginning of the next text")
                self.standfirst = at
                return Role.STANDFIRST, "the standfirst, to its end"
        return None

    def _repeats_headline(self, part: Part) -> bool:
        """Tell whether a block is the headline again; if without the site's name, that one is the headline."""
        headline = self.headline_words
        if part.words == headline:
            return True
        if self.standfirst is not None or not part.words or part.words != headline[: len(part.words)]:
            return False
        for mark in _SITE.finditer(self.headline):
            if words(self.headline[: mark.start()]) == part.words:
                self.site = self.headline[mark.end() :]
                self._call(self.headline[: mark.start()])
                return True
        return False

    def _goes_on(self, at: int) -> bool:
        """Tell whether text of the story follows directly."""
        following = next((n for n in range(at + 1, len(self.parts)) if self._is_text(n)), None)
        return (
            following is not None
            and following not in self.roles
            and self.parts[following].shape is not Shape.LINE
        )

    def _is_text(self, at: int) -> bool:
        """Tell whether a block is content, and no byline or date above the story."""
        part = self.parts[at]
        return part.is_content and (
            bool(self.paragraphs) or part.shape is not Shape.LINE or not read_below_headline(part.text)
        )

    def _is_subheading(self, at: int) -> bool:
        part = self.parts[at]
        return (
            part.shape is Shape.LINE
            and len(part.words) <= _SUBHEADING_WORDS
            and not part.bullet
            and not part.text[:1].islower()
            and not _SPOKEN.search(part.text)
            and self._goes_on(at)
        )

    def _is_of_page(self, at: int, found: Particulars) -> bool:
        """Tell whether particulars are the page's; dates and addresses between paragraphs are the story's."""
        inside = bool(self.paragraphs) and self.paragraphs[0] < at < self.paragraphs[-1]
        return not (found.is_bare and inside)

    def _made(self, teasers: tuple[Teaser, ...]) -> Page:
        every = [
            found for at, found in sorted(self.particulars, key=itemgetter(0)) if self._is_of_page(at, found)
        ]
        published = next((found.published for found in every if found.published), None)
        source = next((found.source for found in every if found.source), None)
        return Page(
            headline=self.headline,
            standfirst=None if self.standfirst is None else self.parts[self.standfirst].text,
            paragraphs=tuple(self.parts[at].text for at in self.paragraphs),
            byline=next((found.byline for found in every if found.byline), ()),
            published=published or next((found.updated for found in every if found.updated), None),
            source=source or self.agency or self.site,
            url=next((found.url for found in every if found.url), None),
            language=next((found.language for found in every if found.language), None),
            image=next((found.image for found in every if found.image), None),
            teasers=teasers,
            blocks=tuple(Block(part.raw, *self.roles[at]) for at, part in enumerate(self.parts)),
        )


def _within(inner: list[str], outer: list[str]) -> bool:
    """Tell whether the words stand in the others, all together and in this order."""
    return any(outer[at : at + len(inner)] == inner for at in range(len(outer) - len(inner) + 1))
