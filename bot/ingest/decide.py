"""What a page is to the store: new, changed, the same, a stub's whole story, or one that was removed. Pure."""

import re
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import fuzz

from bot.article import Kind, Page
from bot.ingest import identity
from bot.store.records import Keys, Tombstone
from bot.text import stop_words

SAME_WORDING = 90
"""Least likeness (rapidfuzz's ratio, 0 to 100) of two texts that are the same but for a correction. Leads
of two reports from one series ("Oil prices rose on Tuesday as ...") come near it; see _details."""

NAMING = 3
"""Words that a headline needs to stand for a story alone: "Live updates" does not."""

SHARED_SUBJECT = 0.5
"""Least share of the shorter headline's content words that two headlines of one story have in common."""

ENOUGH = 20
"""Normalised characters below which a text proves nothing."""

# What tells two reports of one series apart when everything else agrees.
_DETAILS = re.compile(
    r"\b(?:\d+|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|first|second|third|fourth|fifth|morning|evening)\b"
)

# One story is compared with many: its texts need not be normalised anew each time.
folded = lru_cache(maxsize=4_096)(identity.folded)


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
    headline, other = folded(teaser.headline), folded(page.headline)
    lead = folded(_whole_words(teaser.first_text))
    leads = [folded(text) for text in {page.standfirst, *page.paragraphs[:1]} if text]
    compared = [pair for text in leads if (pair := _trimmed(lead, text))]
    agreeing = any(_same_wording(*pair) for pair in compared)
    if headline == other:
        return agreeing if compared else len(headline.split()) >= NAMING
    return agreeing and _share_subject(headline, other)


def _whole_words(text: str) -> str:
    """Leave out the word that the cut went through, and its dots."""
    cut = text.rstrip()
    bare = cut.rstrip(".… ")
    if not cut.endswith(("...", "…")) or " " not in bare:
        return text
    return bare[: bare.rindex(" ")]


def _trimmed(one: str, other: str) -> tuple[str, str] | None:
    """Cut two texts to the length of the shorter; None if that proves nothing."""
    length = min(len(one), len(other))
    return (one[:length], other[:length]) if length >= ENOUGH else None


def _same_wording(one: str, other: str) -> bool:
    # The last words may have been cut off in different places.
    return fuzz.ratio(one, other) >= SAME_WORDING and _details(one.rpartition(" ")[0]) == _details(
        other.rpartition(" ")[0]
    )


def _details(text: str) -> list[str]:
    return _DETAILS.findall(text)


def _share_subject(one: str, other: str) -> bool:
    if _details(one) != _details(other):
        return False
    subjects = [set(text.split()) - stop_words() for text in (one, other)]
    least = min(len(subject) for subject in subjects)
    return least > 0 and len(subjects[0] & subjects[1]) / least >= SHARED_SUBJECT


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


def merged(old: Page, new: Page, *, edited: bool) -> Page:
    """Return what is known of a story once a page of it arrives: nothing known is erased by nothing.

    A page without paragraphs (a feed's entry, a line of a list) adds to a story's text, but does not
    replace it, unless it is the very file of the story, `edited`.
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
    if edited or new.paragraphs:
        return known
    return replace(
        known,
        # Beside paragraphs that are kept, a new standfirst would say what they say already.
        standfirst=old.standfirst if old.paragraphs else new.standfirst or old.standfirst,
        paragraphs=old.paragraphs,
        teasers=new.teasers or old.teasers,
    )
