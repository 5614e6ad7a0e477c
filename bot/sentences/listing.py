"""Items of a list that stand in one line: `1. Rice 2. Beans`, `a) one b) two`, `• one • two`."""

import re
from collections.abc import Iterator

_BULLETS = "•⁃▪‣◦●∙"
_BULLET = re.compile(f" (?=[{_BULLETS}])")
_MARK = re.compile(
    r"(?:\A|(?<=[^\s,;:(]) )(?P<number>\d{1,3}|[a-z])(?P<close>\.\)|\.|\))(?= [\"“‘(]?[^\W\d_])"
)
_AND = re.compile(r"(?:\A|\s)(?:and|or|und|oder|et|ou|y|o|e)\Z")


def items(text: str) -> Iterator[int]:
    """Give the positions of the spaces before the second item and each later one, in order.

    A list begins where the text does; the numbers or letters of its items follow each other.
    """
    if text[:1] and text[0] in _BULLETS:
        yield from (match.start() for match in _BULLET.finditer(text))
        return
    first = _MARK.match(text)
    if first is None:
        return
    number, close = first.group("number", "close")
    for match in _MARK.finditer(text, first.end()):
        before = text[max(0, match.start() - 5) : match.start()]
        if match.group("number", "close") == (_next(number), close) and not _AND.search(before):
            number = _next(number)
            yield match.start()


def _next(number: str) -> str:
    return str(int(number) + 1) if number.isdigit() else chr(ord(number) + 1)
