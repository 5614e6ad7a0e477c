"""Which passages are the story's text: what trafilatura takes, mended by the order of the page.

trafilatura judges elements by their names and their links. It is mostly right, but it drops a paragraph for
an unlucky class name, and takes along what stands around the text. Both show in the order of the page: a
paragraph among paragraphs of the story is the story's.
"""

import logging
from collections.abc import Sequence

from trafilatura import bare_extraction
from trafilatura.settings import Document

from bot.pages.html.passages import Passage
from bot.pages.html.tree import Element
from bot.text import words

# What it has to say is meant for its makers, and would stand on a user's terminal.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_RUN = 4
"""Words in a row that are compared where a passage does not stand in the text as a whole."""
_ALIKE = 0.6
"""Share of a passage's runs of words that trafilatura took, from which it took the passage."""


def taken(root: Element, passages: Sequence[Passage]) -> list[bool]:
    """Tell for each passage whether trafilatura takes it for the page's text; where it takes nothing, all count."""
    document = bare_extraction(root, include_comments=False, favor_recall=True)
    if not isinstance(document, Document) or document.body is None:
        return [True] * len(passages)
    read = words(" ".join(document.body.itertext()))
    runs = [set(zip(*(read[start:] for start in range(length)), strict=False)) for length in range(_RUN + 1)]
    return [_is_in(passage.words, runs) for passage in passages]


def _is_in(said: list[str], runs: Sequence[set[tuple[str, ...]]]) -> bool:
    """Tell whether words stand in the text of which all runs are given, by their length."""
    if len(said) <= _RUN:
        return tuple(said) in runs[len(said)]
    own = list(zip(*(said[start:] for start in range(_RUN)), strict=False))
    return sum(run in runs[_RUN] for run in own) >= _ALIKE * len(own)
