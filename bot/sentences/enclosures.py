"""What stands between quotation marks or brackets."""

import re
from bisect import bisect_right
from typing import NamedTuple

_CLOSING = {
    "“": "”", "„": "“”", "«": "»", '"': '"', "(": ")", "[": "]",
    "「": "」", "『": "』", "（": "）", "《": "》", "〈": "〉", "【": "】",
}  # fmt: skip
_BRACKETS = "([（【"
_OPENING = re.compile("[" + re.escape("".join(_CLOSING)) + "]")
_LONGEST = 300
"""Characters between two marks that can be one sentence's. Longer speeches are split."""
_SENTENCE_BEFORE = re.compile(r"(?:[.!?…。！？।؟۔][\"'”’»)\]]*|\A)\s*\Z")
_SPEECH_BEFORE = re.compile(r"(?:[.!?…:,：，।؟۔][\"'”’»)\]]*|[–—-]|\A)\s*\Z")
_LOOKED_BACK = 8
"""Characters before an opening mark that tell what it stands behind."""


class Enclosure(NamedTuple):
    """A stretch of text from the mark that opens it to the mark that closes it, both included."""

    start: int
    end: int
    embedded: bool
    """Whether the sentence around it goes on behind it, or (for brackets) began before it."""


class Enclosures:
    """The quotations and brackets of a text, in order, none within another.

    A quotation that is never closed goes on in the next paragraph and encloses nothing.
    """

    def __init__(self, text: str) -> None:
        self._found = list(_enclosures(text))
        self._starts = [enclosure.start for enclosure in self._found]

    def around(self, at: int) -> Enclosure | None:
        """Return what encloses the position, if anything does."""
        index = bisect_right(self._starts, at - 1) - 1
        if index >= 0 and at <= self._found[index].end:
            return self._found[index]
        return None


def _enclosures(text: str) -> list[Enclosure]:
    found: list[Enclosure] = []
    at = 0
    for match in _OPENING.finditer(text):
        start = match.start()
        if start < at:
            continue
        opening = match.group()
        ends = [text.find(closing, start + 1, start + _LONGEST) for closing in _CLOSING[opening]]
        end = min((end for end in ends if end != -1), default=-1)
        if end != -1 and not (opening == "“" and "“" in text[start + 1 : end]):
            found.append(Enclosure(start, end, _is_embedded(text, start, end)))
            at = end + 1
    return found


def _is_embedded(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _LOOKED_BACK) : start]
    if text[start] in _BRACKETS:
        return _SENTENCE_BEFORE.search(before) is None
    after = text[end + 1 : end + 3].lstrip()
    return _SPEECH_BEFORE.search(before) is None and (
        after[:1].islower() or after[:1] in {",", ";", ".", ":", "!", "?"}
    )
