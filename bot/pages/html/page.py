"""The whole way from the bytes of a saved HTML page to its Page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.article import Block, Page, Role
from bot.errors import NoHeadline, NoStory
from bot.pages.html.body import taken
from bot.pages.html.credits import Printed, read_authors, read_published
from bot.pages.html.headline import alike, choose_headline, site_in_title
from bot.pages.html.jsonld import Told, read_jsonld
from bot.pages.html.links import Links, Teased
from bot.pages.html.metadata import Head
from bot.pages.html.passages import Passage, read_passages
from bot.pages.html.places import Place
from bot.pages.html.story import Story, find_headline, places
from bot.pages.html.tree import read_tree
from bot.sentences import sentences
from bot.text import clean, shorten

_SAME = 0.6
"""Likeness from which two headlines on one page are two forms of one."""
_LONGEST_HEADLINE = 300
"""Characters of a headline; what is longer is text that stands in a wrong element."""
_MADE_HEADLINE = 150
"""Characters of a headline that is made of the first sentence."""
_ABOVE = 8
"""Passages above the headline among which its date and byline may stand."""
_BELOW = 5
"""Passages below the text among which they may stand."""
_OF_OTHERS = frozenset({Place.NAVIGATION, Place.RELATED, Place.COMMENTS})


def parse_html(data: bytes, *, whole: bool = False) -> Page:
    """Read a page. Raises NotText, NoHeadline or NoStory.

    Where scripts write the text, it is read from JSON-LD, or there is only what the page's head says of it.
    Of a page that asks not to be archived there are headline, lead and address, and what files them (the
    source, the date, the language); all of it only where `whole` is asked for, to be shown and not kept.
    """
    root, saved_from = read_tree(data)
    head = Head(root, saved_from)
    passages = read_passages(root)
    headings = [passage.text for passage in passages if passage.level == 1]
    shown = [*headings, *head.titles, *filter(None, [head.title])]
    told = read_jsonld(root, lambda text: any(alike(text, title) > _SAME for title in shown))
    headline = choose_headline(headings, head, told.headline)

    around = places(passages)
    top = -1 if headline is None else find_headline(passages, around, headline)
    teased = Links(passages, around, head).teased(top + 1)
    forms = [form for form in (*shown, told.headline) if form and headline and alike(form, headline) > _SAME]
    story = Story(
        passages,
        around,
        taken(root, passages),
        top=top,
        teased=teased,
        # A lone heading is a form of the headline even if it has other words than the window's title.
        titles=[*forms, *(headings if len(headings) == 1 else ())],
        description=head.description,
        names=[*told.authors, *told.houses, *head.authors, *filter(None, [head.site])],
    )
    page = _Reading(passages, around, head, told, story, teased, top).page(headline)
    return _kept(page) if head.is_noarchive and not whole else page


def _kept(page: Page) -> Page:
    """Return what may be kept of a page that asks not to be archived."""
    lead = page.first_text or None
    blocks = tuple(block for block in page.blocks if block.role is Role.HEADLINE or block.text == lead)
    return replace(page, standfirst=lead, paragraphs=(), byline=(), image=None, teasers=(), blocks=blocks)


@dataclass(frozen=True, slots=True)
class _Reading:
    """All that was found on a page."""

    passages: list[Passage]
    around: list[frozenset[Place]]
    head: Head
    told: Told
    story: Story
    teased: list[Teased]
    top: int

    def page(self, headline: str | None) -> Page:
        """Put the page together."""
        story, head, told = self.story, self.head, self.told
        standfirst = None if story.standfirst is None else self.passages[story.standfirst].text
        paragraphs = [self.passages[at].text for at in story.text]
        blocks = [Block(self.passages[at].text, *story.roles[at]) for at in sorted(story.roles)]
        if standfirst is None and not paragraphs:
            standfirst, paragraphs = self._from_head()
            blocks += [
                Block(text, Role.PARAGRAPH, "from the page’s head: it shows no text") for text in paragraphs
            ]
            if standfirst:
                blocks.append(Block(standfirst, Role.STANDFIRST, "from the page’s head: it shows no text"))
            if headline and standfirst is None and not paragraphs and self.top < 0 and not head.titles:
                raise NoStory
        printed = self._printed()
        return Page(
            headline=_headline(headline, standfirst or next(iter(paragraphs), None)),
            standfirst=standfirst,
            paragraphs=tuple(paragraphs),
            byline=read_authors(told, head, printed),
            published=read_published(told, head, printed),
            source=head.site or told.publisher or site_in_title(head.title, headline or "") or head.host,
            url=head.url or (head.absolute(told.url) if told.url else None),
            language=head.language(told.language),
            image=head.image or (head.absolute(told.image) if told.image else None),
            teasers=tuple(one.teaser for one in self.teased),
            blocks=tuple(blocks),
        )

    def _from_head(self) -> tuple[str | None, list[str]]:
        """Return standfirst and paragraphs of a page that shows no text."""
        if self.told.body:
            return None, [text for line in self.told.body.splitlines() if (text := clean(line))]
        return self.head.description or self.told.description, []

    def _printed(self) -> Printed:
        """Return the passages that can say who wrote the story and when."""
        text = set(self.story.text)
        teased = {at for one in self.teased for at in one.members}

        def fit(positions: Iterable[int], shunned: frozenset[Place]) -> list[Passage]:
            return [
                self.passages[at] for at in positions if at not in teased and not self.around[at] & shunned
            ]

        count, top, last = len(self.passages), max(self.top, 0), max(text, default=0)
        under = fit(range(self.top + 1, min(self.story.first, count)), _OF_OTHERS)
        beside = fit(range(top - 1, max(top - _ABOVE, 0) - 1, -1), _OF_OTHERS | {Place.FOOTER})
        beside += fit(range(last + 1, min(last + _BELOW, count)), _OF_OTHERS | {Place.FOOTER})
        far = (at for at in range(count) if at not in text)
        return Printed(under, beside, fit(far, _OF_OTHERS | {Place.FOOTER}))


def _headline(headline: str | None, text: str | None) -> str:
    """Return a page's headline; if it has none, one made of its first sentence."""
    if headline and len(headline) <= _LONGEST_HEADLINE:
        return headline
    if made := headline or text:
        return shorten(sentences(made)[0], _MADE_HEADLINE)
    raise NoHeadline
