"""Pure functions on strings: how every part of Newsdesk normalises, splits and shortens text."""

import re
import unicodedata
from functools import lru_cache

NORMALISER = 1
"""Number of the rules by which `words` reads text. Raise it when they change: whatever the store
indexed under another number is indexed anew at the next start."""

MAX_WORD = 64
"""Characters of a word that count. Longer ones are base64, URLs or keyboard noise; PostgreSQL refuses
lexemes of more than 2,046 bytes (textsearch limitations)."""

# Letters that no Unicode decomposition takes apart, as a reader without the key on their keyboard types them.
_TRANSLITERATION = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'", "ʼ": "'"}
)
# Signs that carry a vowel or a tone and do not decompose: Python's \w leaves them out.
_MARKS = "\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962\u0963\u0980-\u0983\u09bc-\u09cd\u0a01-\u0a4d\u0a81-\u0acd\u0b01-\u0bcd\u0c00-\u0ccd\u0d00-\u0d4d\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3\u3099\u309a"
# Scripts written without spaces: their runs are cut into overlapping pairs of characters.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+"
)
# Not longer than words are, so that few of them are remembered and each is short.
_BEYOND_ASCII = re.compile("[^\x00-\x7f]{1,32}")
_ASCII_BETWEEN_WORDS = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})
_WORD = re.compile(f"[^\\W_](?:[^\\W_]|[{_MARKS}])*")
_POSSESSIVE = re.compile(r"'s(?![^\W_])")
# Soft hyphens, zero-width spaces, marks of writing direction, byte order marks, tags, fillers, and the
# control characters that are not white space: what a reader cannot see, and what can disguise other text.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_BLANKS = re.compile("[\u2800\u3164\uffa0]")
# Zero-width joiners and non-joiners mean something inside Persian or Hindi words and emoji only.
_IDLE_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
_KEPT_MARKS = frozenset("\u3099\u309a")


def normalise(text: str) -> str:
    """Fold case, accents, compatibility forms and typographic apostrophes, and drop the possessive 's."""
    text = text.casefold()
    if not text.isascii():
        # Run by run: nothing composes with an ASCII character, and a language writes the same runs again and again.
        text = _BEYOND_ASCII.sub(lambda run: _folded(run[0]), text)
    return _POSSESSIVE.sub("", text) if "'" in text else text


@lru_cache(maxsize=20_000)
def _folded(run: str) -> str:
    parts = unicodedata.normalize("NFKD", run.translate(_TRANSLITERATION))
    return unicodedata.normalize(
        "NFC", "".join(c for c in parts if not unicodedata.combining(c) or c in _KEPT_MARKS)
    )


def words(text: str) -> list[str]:
    """Split text into normalised words, in order, each at most MAX_WORD characters.

    Hyphens and apostrophes part words. Runs of scripts without spaces (Chinese, Japanese, Thai, Lao,
    Burmese, Khmer) become overlapping pairs of characters, so that any two neighbours can be found.
    """
    text = normalise(text)
    if text.isascii():
        # Three times as fast as to look for words.
        found = text.translate(_ASCII_BETWEEN_WORDS).split()
    else:
        found = [piece for word in _WORD.findall(text) for piece in _pieces(word)]
    return [word[:MAX_WORD] for word in found] if found and len(max(found, key=len)) > MAX_WORD else found


def is_unspaced(word: str) -> bool:
    """Tell whether a word is of a script without spaces, so that `words` makes pairs of its characters."""
    return _UNSPACED.fullmatch(word) is not None


def _pieces(word: str) -> list[str]:
    if word.isascii() or not _UNSPACED.search(word):
        return [word]
    pieces: list[str] = []
    at = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > at:
            pieces.append(word[at : run.start()])
        characters = run.group()
        pieces.extend(characters[i : i + 2] for i in range(max(1, len(characters) - 1)))
        at = run.end()
    if at < len(word):
        pieces.append(word[at:])
    return pieces


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return English words that say nothing of a story's subject. They are found, but never decide."""
    return frozenset(
        "a about after all also an and any are as at be because been before being between both but by can"
        " could did do does down during each for from had has have he her here him his how i if in into is it"
        " its just like made make many may me more most much my new no not now of off on one only or other our"
        " out over own s said same say says she should since so some still such t than that the their them then"
        " there these they this those through to too two under until up us very was we were what when where"
        " which while who why will with would you your".split()
    )


def clean(text: str) -> str:
    """Make one line of outside text: white space of all kinds becomes single spaces, the invisible goes."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = " ".join(_INVISIBLE.sub("", _BLANKS.sub(" ", text)).split())
    return " ".join(_IDLE_JOINERS.sub("", text).split())


def squeeze(text: str) -> str:
    """Make every run of white space, no-break spaces included, one space, and trim the ends."""
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """Cut text to at most `limit` characters, at a word where there is one, with an ellipsis for the rest."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at = cut.rfind(" ")
    # A single long word (or a script without spaces) is cut anywhere rather than lost.
    if at > limit // 2:
        cut = cut[:at]
    return cut.rstrip(" ,;:–—-") + "…"
