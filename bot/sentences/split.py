"""Where sentences end."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import nupunkt

from bot.sentences.abbreviations import ends_open, is_plain_word
from bot.sentences.enclosures import Enclosure, Enclosures
from bot.sentences.listing import items
from bot.text import squeeze

_CLOSING = "\"'”’»)]」』）》〉】"
_OPENING = "\"'“‘«„([¿¡"
_OPENERS = f"[{re.escape(_OPENING)}]*"
# What can hardly be anything but the beginning of a sentence.
_BEGINNING = re.compile(
    _OPENERS
    + r"(?:(?:I|He|She|It|They|We|You|His|Her|Its|Their|Our|My|This|That|These|Those|There|Here|The|A|An|And|But|Or|So|Yet"
    r"|However|Meanwhile|Neither|Both|Although|Though|After|Before|Until|If|Unless|When|While|Since|Because|As|At|By|During"
    r"|Despite|For|From|In|On|Under|With|Without|To|Not|No|What|Who|Where|Why|How|Did|Does|Do|Is|Are|Was|Were|Has|Have|Had"
    r"|Will|Would|Can|Could|Should|Also|Still|Then|Now|Later|Earlier|Once|Instead|Even|Some|Many|Most|All|Several|Another|Such"
    r"|Others|Nobody|Nothing|Everyone|Officials)(?: [a-z]|[’'][a-z]|, [a-z])"
    r"|(?:He|She|They|We) [A-Z])"
)
# "J. An said", "George F. Will wrote": some of these are surnames.
_SURNAMED = re.compile(
    r"(?:\A|\W)[A-Z]\. (?:An|Will|Can|Do|So|My|Most|Now|Still|Even|Such|No|Not|As|All|Many|Has) \Z"
)
# A full stop behind a word of letters; nupunkt takes some words for abbreviations.
_WORD_STOP = re.compile(
    r"(?:\A|(?<=[\s\"“‘'«(\[–—/’-]))(?P<word>[^\W\d_]{3,}|[A-Z]{2}|(?<!\d )(?:am|at|in|me|or|so|ok))\.[\"'”’»)\]]* "
)
_ANY_STOP = re.compile(r"(?<=[^\W_])\.[\"'”’»)\]]* ")
# "left at 6 p.m. Mr. Smith": a title can begin a sentence; "At 6 p.m. Mr. Smith left": after an opening phrase it does not.
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Dr|Sen|Gov|Rep|Gen|Prof)\. ")
_TIME_STOP = re.compile(rf"(?<=\d [AaPp]\.[Mm])\. (?={_TITLE.pattern})")
_TIME = re.compile(r"\d ?[AaPp]\.[Mm]\.\Z")
_OPENING_PHRASE = re.compile(
    r"(?:At|By|On|In|Around|About|Shortly|Just|Before|After|Until|Since|From|Between|Every)\b"
)
# The marks of other scripts, before a space; and those that no space follows.
_SPACED_STOP = re.compile(r"(?<![؟!?])[؟۔।॥။።។։][!?؟]*+[\"'”’»)\]]*+ ")
_UNSPACED_STOP = re.compile(
    r"(?<![。！？｡])(?:[。｡]|(?<![A-Za-z])[！？])[。！？｡]*+(?P<closers>[”’」』）》〉】\"]*+) ?(?=[^\s。！？｡，、；：])"
)
_UNSPACED_MARKS = ("。", "！", "？", "｡")
_COLONS = frozenset("：:")
# An item's number or letter, a dash, three dots: no sentence yet.
_WORDLESS = re.compile(r"(?!.*\d{4})[\W\d_]*[a-z]?[\W_]+")
_CONTINUED = re.compile(r"[\"'”’»)\].,;:!?…]+(?:\s|\Z)")
# al-Assad, de Blasio, von der Leyen begin sentences in lower case; so do eBay and web addresses.
_LOWER_NAME = re.compile(
    r"(?:[ae]l-|(?:de|del|della|di|da|dos|du|le|la|van|von|ter|ten|bin|ibn|af|zu)(?: de[nr]?| l[ao])? )[A-Z]|[a-z][A-Z]"
    r"|https?:|www\.|[\w.-]+\.(?:com|org|net|gov)\b"
)
# “Why?” Mr. Smith asked.
_ASKED = re.compile(r"[!?…][\"”’»]+\Z")
_ATTRIBUTION = re.compile(
    r"(?:[A-Z][\w.’'-]* ){1,4}(?:said|says|asked|asks|told|added|wrote|writes|shouted|cried|yelled|replied|responded|recalled"
    r"|exclaimed|wondered)(?:[.,:;]|\Z| (?:in|on|at|to|as|after|during|before|while|when|from|of|with|by|\w+ly)\b)"
)
# Lt. Col. (Ret.) Allen West.
_BRACKETED_WORD = re.compile(r"[(\[][^\W\d_]+\.[)\]]\Z")
_LONGEST_ENDING = 24
"""Characters before a boundary that decide about it: the longest abbreviation with what stands before it."""
_LONGEST_BEGINNING = 60
"""Characters after a boundary that decide about it."""
_LONGEST_WORD = 100
"""Characters of a word that nupunkt is given. It looks at the whole word for each mark in it: a megabyte of
exclamation marks would take hours."""
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")


class _Cut(NamedTuple):
    """Where a sentence ends, and where the next one starts: behind the space, if there is one."""

    end: int
    start: int


def sentences(text: str) -> list[str]:
    """Split text into sentences, in order. Nothing is lost but white space.

    A quotation or bracket within a sentence stays in it; of a speech each sentence is one.
    """
    text = squeeze(text)
    return _pieces(text, _cuts(text, Enclosures(text)))


def passages(text: str) -> list[str]:
    """Split text into sentences, but leave together what stands between quotation marks or brackets.

    A speech of more than 300 characters is split all the same.
    """
    text = squeeze(text)
    enclosures = Enclosures(text)
    return _pieces(text, [cut for cut in _cuts(text, enclosures) if enclosures.around(cut.end) is None])


def _pieces(text: str, cuts: list[_Cut]) -> list[str]:
    starts = [0, *(cut.start for cut in cuts)]
    ends = [*(cut.end for cut in cuts), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True) if end > start]


def _cuts(text: str, enclosures: Enclosures) -> list[_Cut]:
    certain = {_Cut(at, at + 1) for at in items(text)}
    cuts: list[_Cut] = []
    start = 0
    for cut in sorted(certain.union(_candidates(text, enclosures))):
        if cut in certain or not _goes_on(text, start, cut, enclosures):
            cuts.append(cut)
            start = cut.start
    return cuts


def _candidates(text: str, enclosures: Enclosures) -> Iterator[_Cut]:
    """Give the places at which a sentence may have ended."""
    if not text:
        return
    for start, _ in nupunkt.sent_spans(_LONG_WORD.sub(_masked, text)):
        if start and text[start - 1] == " ":
            yield _Cut(start - 1, start)
    for pattern in (_TIME_STOP, _SPACED_STOP):
        yield from (_Cut(match.end() - 1, match.end()) for match in pattern.finditer(text))
    for match in _WORD_STOP.finditer(text):
        if is_plain_word(match["word"]):
            yield _Cut(match.end() - 1, match.end())
    for match in _ANY_STOP.finditer(text):
        found = _BEGINNING.match(text, match.end())
        if found and not _SURNAMED.search(text, max(0, match.start() - 2), found.end() - 1):
            yield _Cut(match.end() - 1, match.end())
    yield from _unspaced(text, enclosures)


def _unspaced(text: str, enclosures: Enclosures) -> Iterator[_Cut]:
    """Give the places behind the full stops of Chinese and Japanese."""
    for match in _UNSPACED_STOP.finditer(text):
        closed = match.end("closers")
        if not match["closers"] or _ends_with(text, enclosures.around(closed - 1)):
            yield _Cut(closed, match.end())


def _masked(match: re.Match[str]) -> str:
    word = match.group()
    return "x" * (len(word) - _LONGEST_WORD) + word[-_LONGEST_WORD:]


def _ends_with(text: str, enclosure: Enclosure | None) -> bool:
    """Tell whether a sentence ends with its quotation: behind a colon it does, else its speaker follows."""
    return enclosure is not None and text[max(0, enclosure.start - 1)] in _COLONS


def _goes_on(text: str, start: int, cut: _Cut, enclosures: Enclosures) -> bool:
    """Tell whether the sentence that began at `start` goes on at a cut."""
    before = text[max(start, cut.end - _LONGEST_ENDING) : cut.end]
    following = text[cut.start : cut.start + _LONGEST_BEGINNING]
    if cut.end - start < _LONGEST_ENDING and _WORDLESS.fullmatch(before):
        return True
    ending = before.rstrip(_CLOSING)
    enclosure = enclosures.around(cut.end)
    if enclosure is not None and (enclosure.embedded or ending.endswith(_UNSPACED_MARKS)):
        return True
    if _continues(following) or _BRACKETED_WORD.search(before):
        return True
    if _TIME.search(ending) and _TITLE.match(following):
        return _OPENING_PHRASE.match(text, start) is not None
    if _ASKED.search(before) and _ATTRIBUTION.match(following):
        return True
    return ends_open(ending, following, opener=_BEGINNING.match(following) is not None)


def _continues(following: str) -> bool:
    """Tell whether text goes on in lower case or with a mark that closes."""
    if _CONTINUED.match(following):
        return True
    word = following.lstrip(_OPENING)
    return word[:1].islower() and not _LOWER_NAME.match(word)
