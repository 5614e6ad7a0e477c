"""Text -> sentences: one splitter for the whole project.

nupunkt finds the boundaries; what stands here takes back those that news prose disproves, and adds the
few that it misses. Where both are possible, two sentences in one piece do less harm than half a sentence.
"""

import re
from bisect import bisect_right

import nupunkt

from bot.text import squeeze

# Titles that are followed by a name and end no sentence.
_TITLES = (
    r"Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Fr|Sr|Hon|Mme|Mlle|Gen|Col|Lt|Maj|Capt|Cmdr|Cpl|Sgt|Pvt|Adm|Brig|Gov|Sen|Rep|Pres"
    r"|Amb|Supt|Insp|Det|Msgr|St|Mt|Ft|Messrs|vs"
)
# Names that carry their exclamation mark everywhere.
_EXCLAIMED = (
    r"Yahoo|Jeopardy|Wham|Oklahoma|Mamma Mia|Oliver|Moulin Rouge|Panic|Yum|Westward Ho|Airplane|Jumpers"
)
_NAMED_NEXT = re.compile(rf"(?<![\w.’'-])(?:{_TITLES})\.\Z|(?<!\w)(?:{_EXCLAIMED})!\Z")
# What a number may follow; before everything else these end a sentence.
_NUMBERED_NEXT = re.compile(r"(?<!\w)(?:Nos?|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.\Z")
# An item's number, a dash, three dots: no sentence yet.
_WORDLESS = re.compile(r"[\W\d_]+")
_LOWER_START = re.compile(r"[\"'“‘«(\[]*[a-zß-öø-ÿ](?![A-Z])|[\"'”’»)\].,;:!?…]+(?:\s|\Z)")
# An abbreviation of capitals ends a sentence when what follows can only begin one.
_MISSED = re.compile(
    r"(?<=[A-Za-z]\.[A-Za-z]\.) (?=(?:He|She|It|They|We|His|Her|Its|Their|The|This|That|These|Those|But|However"
    r"|Meanwhile|There|Neither|Both|Although|After|If|When|While)\s[a-z])"
)
_QUOTES = {"“": "”", "«": "»", "(": ")", "[": "]", '"': '"'}
_LONGEST_QUOTED = 300
"""Characters within quotation marks or brackets that are kept in one piece. Longer speeches are split."""


_LONGEST_ENDING = 20
"""Characters before and after a boundary that decide about it."""


def sentences(text: str) -> list[str]:
    """Split text into sentences; joined by single spaces they give the squeezed text back."""
    text = squeeze(text)
    enclosed = _enclosed(text)
    pieces: list[str] = []
    start = 0
    for at in _boundaries(text):
        if not (_inside(enclosed, at) or _goes_on(text[start:at], text[at + 1 : at + 1 + _LONGEST_ENDING])):
            pieces.append(text[start:at])
            start = at + 1
    if start < len(text):
        pieces.append(text[start:])
    return pieces


def _boundaries(text: str) -> list[int]:
    """Return the positions of the spaces at which a sentence may have ended, in order."""
    if not text:
        return []
    found = {start - 1 for start, _ in nupunkt.sent_spans(text) if start and text[start - 1] == " "}
    found.update(match.start() for match in _MISSED.finditer(text))
    return sorted(found)


def _goes_on(left: str, right: str) -> bool:
    """Tell whether the sentence goes on from left to right."""
    if _LOWER_START.match(right) or _WORDLESS.fullmatch(left):
        return True
    ending = left[-_LONGEST_ENDING:]
    return _NAMED_NEXT.search(ending) is not None or (
        right[:1].isdigit() and _NUMBERED_NEXT.search(ending) is not None
    )


def _enclosed(text: str) -> list[tuple[int, int]]:
    """Return the stretches between a mark that opens and the mark that closes it, in order, none overlapping.

    A quotation that is never closed goes on in the next paragraph and encloses nothing.
    """
    found: list[tuple[int, int]] = []
    at = 0
    for match in re.finditer(r"[“«(\[\"]", text):
        if match.start() < at:
            continue
        opening = match.group()
        end = text.find(_QUOTES[opening], match.start() + 1, match.start() + _LONGEST_QUOTED)
        if end != -1 and not (opening == "“" and "“" in text[match.start() + 1 : end]):
            found.append((match.start(), end))
            at = end + 1
    return found


def _inside(enclosed: list[tuple[int, int]], at: int) -> bool:
    index = bisect_right(enclosed, (at, at)) - 1
    return index >= 0 and enclosed[index][0] < at < enclosed[index][1]
