"""By what a story is recognised: its canonical URL, its normalised words, and the hash of all it says. Pure."""

import json
from datetime import UTC
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.agency import split_dateline
from bot.article import Page
from bot.store.records import Keys
from bot.text import normalise, squeeze, words

LEAD = 60
"""Normalised characters of the first text that its key is made of. Teasers are cut at some 120."""

# What links carry to tell where a reader came from, named by those who add it: Google Analytics and Ads,
# Facebook, Microsoft, Mailchimp, HubSpot, Matomo, Piano, TikTok, X, Instagram, Yandex.
_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid mc_cid mc_eid _hsenc _hsmi mkt_tok igshid ttclid twclid"
    " yclid at_medium at_campaign pk_campaign pk_kwd mtm_campaign mtm_source mtm_medium xtor cmpid ocid"
    " smid srnd ref_src ref_url".split()
)
_TRACKING_PREFIX = "utm_"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def digest(text: str) -> bytes:
    """Return the 16-byte key of a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def canonical_url(url: str) -> str | None:
    """Return what all addresses of one page have in common; None if it is no address of a web page.

    That is host and path without the scheme, `www.`, the fragment and trailing slashes, and the query,
    sorted, without what only tracks readers.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").casefold().rstrip(".").removeprefix("www.")
    if scheme not in _DEFAULT_PORTS or not host:
        return None
    if port and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    path = parts.path.rstrip("/")
    if not parts.query:
        return host + path
    asked = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _TRACKING and not name.lower().startswith(_TRACKING_PREFIX)
    )
    return f"{host}{path}?{urlencode(asked)}" if asked else host + path


def folded(text: str) -> str:
    """Return a text's normalised words with a space between; of a text without any, its characters."""
    return " ".join(words(text)) or squeeze(normalise(text))


def whole_words(text: str) -> str:
    """Leave out the word that a cut went through, and the dots that tell of the cut."""
    cut = text.rstrip()
    bare = cut.rstrip(".… ")
    if not cut.endswith(("...", "…")) or " " not in bare:
        return text
    return bare[: bare.rindex(" ")]


def opening(text: str) -> str:
    """Return the part of a story's first text that its page and its teasers share: no dateline, no word cut in two."""
    return split_dateline(whole_words(text)).rest


def keys_of(page: Page) -> Keys:
    """Return the keys of a page, or of a stub's."""
    url = canonical_url(page.url) if page.url else None
    headline = folded(page.headline)
    first = folded(page.first_text) if page.first_text else ""
    lead = folded(opening(page.first_text)) if page.first_text else ""
    return Keys(
        digest(url) if url else None,
        digest(f"{headline}\n{first}"),
        digest(headline),
        digest(lead[:LEAD]) if len(lead) >= LEAD else None,
    )


def content_hash(page: Page) -> bytes:
    """Return the hash of everything that the store keeps of a page."""
    published = page.published.astimezone(UTC).isoformat() if page.published else None
    return digest(
        json.dumps(
            [
                page.headline,
                page.standfirst,
                page.paragraphs,
                page.byline,
                published,
                page.source,
                page.url,
                page.language,
                page.image,
                [(teaser.headline, teaser.text, teaser.url) for teaser in page.teasers],
            ]
        )
    )
