"""A story's summary: its lead, which journalists write so that a reader may stop there."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from bot.agency import ends_in_credit, split_dateline
from bot.article import Page
from bot.sentences import passages
from bot.text import shorten, stop_words, words

MAX_SENTENCES = 3
MAX_CHARACTERS = 600
"""Characters of a summary, its sentences joined by spaces; what a phone shows without scrolling."""

_PARAGRAPHS_READ = 5
"""Paragraphs in which the lead is looked for; what comes later is background."""
_CHARACTERS_READ = 5 * MAX_CHARACTERS
"""Characters of a paragraph that are split; a megabyte in one paragraph would keep a thread for seconds."""
_NEWS_WORDS = 3
"""Words by which a sentence must outgrow the headline that it contains to say something new."""
_FEWEST_WORDS = 3
"""Words of a sentence that can be told again within another; fewer are an answer or a cry."""
_SHARED = 0.7
"""Share of the shorter sentence's words, stop words aside, from which two sentences say the same, unless it has a
number of its own or the other is twice as long. Of 2,964 sentences at the heads of 167 pages five were taken for
another that said something else; at 0.6 it was eight."""
_FEWEST_SHARED = 5
"""Words that two sentences must share to say the same; short ones are alike by chance."""
_FULL_STOP = re.compile(r"[.!?。！？।؟۔…][\"'”’»)\]」』）]*\Z")
_ELLIPSIS = re.compile(r" *(?:\.{3,}|…|\[(?:\.{3}|…)\])([\"'”’»)\]]*)\Z")
_BULLET = re.compile(r"\A(?:[•▪‣◦●·*]|[-–—](?=\s))\s*")
# What a site says to its readers, or of itself, in a sentence of its own. Only what no story says is named here.
_ADDRESSED = re.compile(
    r"[(\[]?(?:"
    r"(?:please |to [^.,]{1,60}, )?(?:sign up|subscribe|register|log in)(?: (?:to|for|here|now|today|with|and)\b|[.!])"
    r"|(?:please )?(?:click|tap) (?:here|below|(?:on )?the (?:link|button|image|photo)|to)\b"
    r"|(?:get|receive|download|install) (?:our|the|all the|more|breaking)\b[^.]*\b(?:newsletters?|inbox|apps?|alerts)\b"
    r"|(?:like|follow|join|find) us\b|follow (?:@|[\w ]{1,40} on (?:twitter|x|facebook|instagram|youtube|telegram|whatsapp)\b)"
    r"|(?:share|print|save|e-?mail) this (?:story|article|post|page)|scroll (?:down|on|to)\b|swipe (?:left|right|to)\b"
    r"|(?:also |related )?(?:read|see|watch|listen)(?: (?:more|also|next|now|here|this))?(?: (?:on|about)\b[^:]{0,40})?:"
    r"|(?:read|find out|learn|see) (?:more|the full (?:story|article|report))(?: (?:here|about|on|at|below)\b|[.!]|\Z)"
    r"|this (?:article|story|post|page) (?:was |has been |is )?(?:originally |first |last )(?:appeared|published|posted|updated)"
    r"|this (?:article|story|post|page) (?:may |might )?contains? (?:affiliate|sponsored)"
    r"|the post\b.*\b(?:appeared first|first appeared) on\b"
    r"|(?:advertisement|advertorial)\b[.:]?\Z|(?:image|photo) (?:source|caption|credit)\b|all rights reserved|copyright (?:©|\d)|©"
    r"|(?-i:(?:Additional r|R)eporting by [A-Z]|(?:Writing|Editing) by [A-Z]|Compiled by [A-Z])[^.]*(?:[;)]|(?i:editing|writing) by)"
    r")",
    re.IGNORECASE,
)
_MARKS = {"“": "”", "«": "»", "„": "“", '"': '"'}
# Where a speech begins: elsewhere a mark without its other half is a slip or an inch.
_OPENS = re.compile(r"(?:\A|(?<=[:,] )|(?<=[:,]))[“«„\"]")


class _Piece(NamedTuple):
    text: str
    words: list[str]
    telling: set[str]
    """The words that say something of the story."""
    numbers: set[str]

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a sentence."""
        said = words(text)
        telling = set(said) - stop_words()
        return cls(text, said, telling, {word for word in telling if word.isdecimal()})


def summarise(page: Page) -> tuple[str, ...]:
    """Return the lead: at most MAX_SENTENCES whole sentences, the standfirst's first.

    Left out are datelines, photo credits, what the site says to its readers, and what repeats the headline or
    another sentence. A quotation stays whole; what stands of one that is longer has marks at both ends. A first
    sentence longer than MAX_CHARACTERS is shortened. Headings, list items and unfinished pieces are used only if
    there is nothing else, as in a stub's teaser; what breaks off ends in “…”. A headline alone has no summary.
    """
    standfirst = list(_sentences(page.standfirst or ""))
    paragraphs = [list(_sentences(paragraph)) for paragraph in page.paragraphs[:_PARAGRAPHS_READ]]
    finished = [[piece for piece in found if _FULL_STOP.search(piece)] for found in paragraphs]
    whole = [piece for found in [standfirst, *finished] for piece in found if not _ELLIPSIS.search(piece)]
    # Scripts like Thai have no full stops: then every paragraph counts.
    pieces = whole or [piece for found in [standfirst, *paragraphs] for piece in found]
    return tuple(_within_limits(_without_repeats(page.headline, pieces)))


def _sentences(text: str) -> Iterator[str]:
    """Give a paragraph's sentences, without what belongs to the page rather than to the story."""
    text = split_dateline(_BULLET.sub("", text)).rest
    found = passages(text[:_CHARACTERS_READ])
    if len(text) > _CHARACTERS_READ and len(found) > 1:
        found.pop()
    for sentence in _quoted(found):
        if not ends_in_credit(sentence) and not _ADDRESSED.match(sentence) and words(sentence):
            yield _ELLIPSIS.sub(r"…\1", sentence)


def _quoted(sentences: Iterable[str]) -> Iterator[str]:
    """Give sentences of a speech that goes on over several of them quotation marks of their own."""
    mark = ""
    for sentence in sentences:
        before = mark
        mark = _left_open(before + sentence)
        yield before + sentence + _MARKS.get(mark, "")


def _left_open(sentence: str) -> str:
    """Return the mark of a speech that begins in a sentence and does not end there; nothing if there is none."""
    for match in reversed(list(_OPENS.finditer(sentence))):
        mark = match.group()
        rest = sentence[match.end() :]
        if mark == '"' and sentence.count(mark) % 2 == 0:
            continue
        return "" if _MARKS[mark] in rest or (mark == "„" and "”" in rest) else mark
    return ""


def _without_repeats(headline: str, pieces: Sequence[str]) -> list[str]:
    """Leave out what says no more than the headline or another piece; of two the fuller one stays."""
    title = words(headline)
    kept: list[_Piece] = []
    for text in pieces:
        piece = _Piece.of(text)
        retold = bool(title) and _contains(piece.words, title) and len(piece.words) < len(title) + _NEWS_WORDS
        if retold or _contains(title, piece.words):
            continue
        same = next((nth for nth, other in enumerate(kept) if _say_the_same(other, piece)), None)
        if same is None:
            kept.append(piece)
        elif len(piece.words) > len(kept[same].words):
            kept[same] = piece
    return [piece.text for piece in kept]


def _say_the_same(one: _Piece, other: _Piece) -> bool:
    shorter, longer = sorted((one, other), key=lambda piece: len(piece.words))
    if shorter.words == longer.words:
        return True
    if len(shorter.words) >= _FEWEST_WORDS and _contains(longer.words, shorter.words):
        return True
    shared = len(shorter.telling & longer.telling)
    fewest, most = sorted((len(shorter.telling), len(longer.telling)))
    return shorter.numbers <= longer.numbers and shared >= max(_FEWEST_SHARED, _SHARED * fewest, most / 2)


def _contains(outer: list[str], inner: list[str]) -> bool:
    """Tell whether the words of one stand in the other, all together and in this order."""
    return any(outer[at : at + len(inner)] == inner for at in range(len(outer) - len(inner) + 1))


def _within_limits(pieces: list[str]) -> Iterator[str]:
    left = MAX_CHARACTERS
    for piece in [shorten(piece, MAX_CHARACTERS) for piece in pieces[:1]] + pieces[1:MAX_SENTENCES]:
        if len(piece) > left:
            return
        yield piece
        left -= len(piece) + 1
