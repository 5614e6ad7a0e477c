"""A page's headline: its `h1` where that is the story's, else what its head says, without the site's name."""

import re
from collections.abc import Sequence
from itertools import permutations

from bot.pages.html.metadata import Head
from bot.pages.names import is_house
from bot.text import words

_PARTED = re.compile(r"\s+[|–—•·»:-]+\s+|\s*\|\s*")
_MARKS = " |–—•·»:-"
_ALIKE = 0.3
"""Likeness from which a heading and a title are of one story: sites shorten and sharpen titles for searchers."""
_LONGEST_SITE = 5
"""Words of a site's name."""
_FEW_WORDS = 3
"""Words that a headline keeps at least when something that may be the site's name is taken from it."""


def choose_headline(headings: Sequence[str], head: Head, told: str | None) -> str | None:
    """Choose among the page's first headings (in order) and the headlines that its head gives.

    The heading that says what the head says is the headline as the site prints it; one that has
    hardly a word in common is the site's name or a section's.
    """
    declared = [
        text for text in (told, *head.titles, head.title) if text and (len(words(text)) > 1 or not headings)
    ]
    sites = [*_left_over(declared), *filter(None, [head.site])]
    bare = [_without_site(text, head.host, sites) for text in declared]
    own = [heading for heading in headings if not (bare and _names(words(heading), head.host, sites))]
    scored = [(max((alike(heading, text) for text in bare), default=1.0), heading) for heading in own]
    score, heading = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    if score < _ALIKE:
        return next(iter(bare), None)
    heading = _without_site(heading, head.host, sites)
    if heading.isupper():
        # Capitals are the looks of the page; its head has the headline as it was typed.
        return next((text for text in bare if words(text) == words(heading)), heading)
    return heading


def site_in_title(title: str | None, headline: str) -> str | None:
    """Return the site's name where the window's title has it behind the headline."""
    rest = (title or "").removeprefix(headline)
    parts = _PARTED.split(rest)
    name = parts[-1].strip()
    return name if rest != title and len(parts) > 1 and 0 < len(words(name)) <= _LONGEST_SITE else None


def alike(heading: str, title: str) -> float:
    """Return the share of the shorter one's words that both have; of the longer one's for a word or two.

    A single word in common says nothing.
    """
    first, second = set(words(heading)), set(words(title))
    shorter, longer = sorted((len(first), len(second)))
    both = len(first & second)
    if shorter < _FEW_WORDS:
        return both / max(1, longer)
    return both / shorter if both > 1 else 0.0


def _left_over(declared: Sequence[str]) -> list[str]:
    """Return what a title has more than another that it begins or ends with: the site's name."""
    found: list[str] = []
    for long, short in permutations(dict.fromkeys(declared), 2):
        rests = (long.removesuffix(short), long.removeprefix(short))
        found += [rest.strip(_MARKS) for rest in rests if rest != long and rest.strip() != rest.strip(_MARKS)]
    return [name for name in found if name]


def _without_site(text: str, host: str | None, sites: Sequence[str]) -> str:
    """Take the site's name from the end or the beginning of a headline."""
    while parts := list(_PARTED.finditer(text)):
        last, first = parts[-1], parts[0]
        if _is_site(text[last.end() :], text[: last.start()], host, sites, bar="|" in last.group()):
            text = text[: last.start()]
        elif _is_site(text[: first.start()], text[first.end() :], host, sites, bar=False):
            text = text[first.end() :]
        else:
            break
    return text


def _is_site(part: str, rest: str, host: str | None, sites: Sequence[str], *, bar: bool) -> bool:
    """Tell whether a part of a title is the site's name; behind a bar whatever is short is."""
    name, kept = words(part), words(rest)
    if not name or not kept:
        return False
    if _names(name, host, sites):
        return True
    return len(kept) >= _FEW_WORDS and len(name) < len(kept) and (bar or is_house(part))


def _names(name: list[str], host: str | None, sites: Sequence[str]) -> bool:
    """Tell whether words are the site's name, its whole name with something else, or its host."""
    if host and name and "".join(name) in host.replace("-", "").replace(".", ""):
        return True
    known = (set(words(site)) for site in sites)
    return bool(name) and any(site and (set(name) <= site or site <= set(name)) for site in known)
