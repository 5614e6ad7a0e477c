"""What a page is to the store: new, changed, the same, a stub's whole story, or one that was removed. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import Stemmer
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from bot.article import Kind, Page
from bot.ingest import identity
from bot.store.records import Keys, Tombstone
from bot.text import squeeze, stop_words, words

SAME_WORDING = 90
"""Least likeness (rapidfuzz's ratio, 0 to 100) of two texts that are the same but for a correction. Leads
of two reports from one series ("Oil prices rose on Tuesday as ...") come near it; see _same_wording."""

EDITED = 80
"""The same under one headline: a newsroom may have put in a day, or left out a clause."""

SAME_WORD = 75
"""Least likeness of two spellings of one word: "armoured" and "armored" have 93, "began" and "ended" 20."""

NAMING = 3
"""Words that a headline needs to stand for a story alone: "Live updates" does not."""

SHARED_SUBJECT = 1 / 3
"""Least share of the shorter headline's content words that two headlines of one story have in common."""

BORNE_OUT = 1 / 3
"""Least share of what one headline says more than another one that stands in the lead they have in common. Leads
that stand above every piece of a series ("We welcome letters from readers ...") bear out nothing of it."""

ENOUGH = 20
"""Normalised characters below which a text proves nothing."""

OPENING = 2
"""Paragraphs from which a teaser's text may be taken; the first may be a byline."""

# What tells two reports of one series apart when everything else agrees.
_DETAIL = re.compile(
    r"\d.*|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|first|second|third|fourth|fifth|morning|evening"
)
# UPDATE 2-, WRAPUP 4-, CORRECTED-, Live:, BREAKING -, Watch |: what stands before a headline and is none of it.
_RUBRIC = re.compile(
    r"\A(?:(?:UPDATE|WRAPUP|REFILE|RPT|CORRECTED|CORRECTION|EXCLUSIVE)(?:\s\d+)?-(?=\S)"
    r"|(?i:live(?: updates?)?|breaking(?: news)?|just in|updated?|watch|video|exclusive|developing)\s*(?::|\s[-–—]|\|)\s+)+"
)
# "| Harbour Gazette", "- BBC News": the name of the site, in capitals.
_SITE = re.compile(
    r"\s(?:\||[-–—])\s+(?:[^\W\da-z][\w.&’']*|of|the|and)(?:\s+(?:[^\W\da-z][\w.&’']*|of|the|and)){0,3}\Z"
)

_SENTENCE_ENDS = (".", "!", "?", ":", "”", '"')


class _Word(NamedTuple):
    """A normalised word, and whether it was written as a name is."""

    text: str
    name: bool


def same_url(one: Keys, other: Keys) -> bool | None:
    """Tell whether two stories have one address; None if that of either is unknown."""
    if one.url is None or other.url is None:
        return None
    return one.url == other.url


def same_story(teaser: Page, page: Page) -> bool:
    """Tell whether a teaser (as a stub's page) is about the story of a page, or of another teaser.

    Texts are compared as far as the shorter one goes, since teasers are cut off. In doubt they are two
    stories: a stub too many does less harm than a link to the wrong story.
    """
    lead = _read(teaser.first_text)
    leads = [_read(text) for text in (page.standfirst, *page.paragraphs[:OPENING]) if text]
    compared = [(pair, text) for text in leads if (pair := _trimmed(lead, text))]
    if _same_headline(teaser.headline, page.headline):
        if compared:
            return any(_same_wording(*pair, edited=True) for pair, _ in compared)
        return min(len(_headline(one).split()) for one in (teaser.headline, page.headline)) >= NAMING
    return any(
        _same_wording(*pair) and _same_subject(teaser.headline, page.headline, text)
        for pair, text in compared
    )


def _same_headline(one: str, other: str) -> bool:
    """Tell whether two headlines are one but for a rubric, the name of the site on one of them, or a cut."""
    ours, theirs = _headline(one), _headline(other)
    if ours == theirs or ours == _headline(other, site=False) or _headline(one, site=False) == theirs:
        return True
    return _is_cut(one, ours, theirs) or _is_cut(other, theirs, ours)


@lru_cache(maxsize=4_096)
def _headline(headline: str, *, site: bool = True) -> str:
    """Return a headline's normalised words, without rubric and cut word; with the name of its site or without."""
    bare = _RUBRIC.sub("", squeeze(headline))
    return identity.folded(identity.whole_words(bare if site else _SITE.sub("", bare)))


def _is_cut(headline: str, its_words: str, other: str) -> bool:
    """Tell whether a headline broke off, and goes on as the other one."""
    cut = identity.whole_words(headline) != headline
    return cut and len(its_words.split()) >= NAMING and f"{other} ".startswith(f"{its_words} ")


# One story is compared with many: its texts need not be read anew each time.
@lru_cache(maxsize=4_096)
def _read(text: str) -> tuple[_Word, ...]:
    """Return the words of a lead, without a dateline and the word that a cut went through."""
    found: list[_Word] = []
    starting = True
    for written in identity.opening(text).split():
        # A sentence begins with a capital whatever its first word is.
        name = not starting and written.lstrip("“\"'‘(")[:1].isupper()
        found += [_Word(word, name) for word in words(written)]
        starting = written.endswith(_SENTENCE_ENDS)
    return tuple(found)


def _trimmed(one: Sequence[_Word], other: Sequence[_Word]) -> tuple[Sequence[_Word], Sequence[_Word]] | None:
    """Cut two texts to the length of the shorter; None if that proves nothing."""
    length = min(sum(len(word.text) + 1 for word in text) for text in (one, other))
    return (_first(one, length), _first(other, length)) if length > ENOUGH else None


def _first(text: Sequence[_Word], length: int) -> Sequence[_Word]:
    ends = accumulate(len(word.text) + 1 for word in text)
    return [word for word, end in zip(text, ends, strict=True) if end <= length]


def _same_wording(one: Sequence[_Word], other: Sequence[_Word], *, edited: bool = False) -> bool:
    """Tell whether two texts say the same in the same words; `edited`, but for what an editor puts in or leaves out.

    Another word in the place of one is what tells reports of one kind apart.
    """
    ours, theirs = [word.text for word in one], [word.text for word in other]
    if fuzz.ratio(" ".join(ours), " ".join(theirs)) < (EDITED if edited else SAME_WORDING):
        return False
    for edit in Levenshtein.opcodes(ours, theirs):
        a, b = one[edit.src_start : edit.src_end], other[edit.dest_start : edit.dest_end]
        if edit.tag == "replace" and not all(
            _same_word(*pair, edited=edited) for pair in zip(a, b, strict=True)
        ):
            return False
        # What is missing at the end only shows that they were cut in different places.
        within = edit.tag in ("insert", "delete") and edit.src_end < len(one) and edit.dest_end < len(other)
        if within and not edited and any(_DETAIL.fullmatch(word.text) for word in (*a, *b)):
            return False
    return True


def _same_word(one: _Word, other: _Word, *, edited: bool) -> bool:
    if _DETAIL.fullmatch(one.text) or _DETAIL.fullmatch(other.text):
        return False
    if fuzz.ratio(one.text, other.text) >= SAME_WORD:
        return True
    idle = one.text in stop_words() or other.text in stop_words()
    return edited and idle and not (one.name or other.name)


def _same_subject(headline: str, other: str, lead: Sequence[_Word]) -> bool:
    """Tell whether two headlines may stand over one lead."""
    one, another = (_headline(text, site=False).split() for text in (headline, other))
    said = {_stem(word.text) for word in lead}
    ours, theirs = _content(one), _content(another)
    least = min(len(ours), len(theirs))
    if not least or len(ours & theirs) < SHARED_SUBJECT * least:
        return False
    apart = [unique for unique in (ours - theirs, theirs - ours) if unique]
    if any(_DETAIL.fullmatch(word) and _stem(word) not in said for word in {*one} ^ {*another}):
        return False
    return not apart or any(len(unique & said) >= BORNE_OUT * len(unique) for unique in apart)


def _content(headline: Iterable[str]) -> set[str]:
    return {_stem(word) for word in headline if word not in stop_words()}


@lru_cache(maxsize=8_192)
def _stem(word: str) -> str:
    stem: str = Stemmer.Stemmer("en", 0).stemWord(word)
    return stem


def keeps_out(tombstone: Tombstone, keys: Keys) -> bool:
    """Tell whether a tombstone is that of a page that arrived. The removed text is gone: only keys are left."""
    if (same := same_url(tombstone.keys, keys)) is not None:
        return same
    if tombstone.keys.fingerprint == keys.fingerprint:
        return True
    if tombstone.keys.headline != keys.headline:
        return False
    if tombstone.keys.lead is None:
        return tombstone.kind is Kind.STUB
    return tombstone.keys.lead == keys.lead


def hushes(tombstone: Tombstone, keys: Keys) -> bool:
    """Tell whether a teaser is about a removed story. In doubt it is: a teaser less does no harm."""
    if (same := same_url(tombstone.keys, keys)) is not None:
        return same
    leads = (tombstone.keys.lead, keys.lead)
    if None not in leads:
        return leads[0] == leads[1]
    return tombstone.keys.headline == keys.headline


def same_file(known: Keys, keys: Keys) -> bool:
    """Tell whether an edited file still tells the same story."""
    if same_url(known, keys) is False:
        return False
    return known.headline == keys.headline or (known.lead is not None and known.lead == keys.lead)


def merged(old: Page, new: Page, *, edited: bool, partial: bool = False) -> Page:
    """Return what is known of a story once a page of it arrives: nothing known is erased by nothing.

    A page without paragraphs (a line of a list), or one that is `partial` (the summary in a feed), adds to a
    story's text, but does not replace it, unless it is the very file of the story, `edited`; a partial page
    not even then.
    """
    known = replace(
        new,
        byline=new.byline or old.byline,
        published=new.published or old.published,
        source=new.source or old.source,
        url=new.url or old.url,
        language=new.language or old.language,
        image=new.image or old.image,
        blocks=(),
    )
    if (edited or new.paragraphs) and not (partial and old.paragraphs):
        return known
    return replace(
        known,
        # Beside paragraphs that are kept, a new standfirst would say what they say already.
        standfirst=old.standfirst if old.paragraphs else new.standfirst or old.standfirst,
        paragraphs=old.paragraphs,
        teasers=new.teasers or old.teasers,
    )
