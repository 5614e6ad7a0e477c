"""Who wrote a story: the names in a byline, and the house that stands beside them."""

import re
from dataclasses import dataclass

_PARTICLES = "de|da|do|dos|das|del|della|di|du|van|von|der|den|ter|la|le|el|al|bin|ibn|ben|bint|af|av|zu|y"
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_WORD = rf"(?:(?:al|el|ad|as|d|l)[-'’])?{_CAPITAL}[\w.'’-]*"
_NAME = re.compile(rf"{_WORD}(?:\s(?:{_WORD}|{_PARTICLES})){{1,4}}")
_HOUSE = re.compile(
    rf"(?:The\s)?(?:{_WORD}\s(?:of\s(?:the\s)?|and\s)?)*(?:"
    r"(?i:news\w*|times|post|herald|guardian|telegraph|journal|tribune|gazette|chronicle|observer|press|agency|agencies"
    r"|express|mirror|standard|reuters|bloomberg|desk|bureau|online|daily|weekly|magazine|service|network|wire"
    r"|media|tv|radio|monitor|today|review|bulletin|broadcasting)"
    r"|AP|AFP|BBC|CNN|NPR|PTI|ANI|IANS|UPI|dpa|DPA|EFE|ANSA|KUNA|TASS|Xinhua|TNN|CBC|ABC|NBC|CBS|PBS|ITV|DW"
    r"|Al Jazeera|Sky|Axios|Politico|Kyodo|Yonhap|Vox|[\w-]+\.(?:com|org|net|news|info|co\.\w\w))"
    rf"(?:\s{_WORD}){{0,3}}"
)
_POST = re.compile(
    r"(?i).*\b(?:correspondent|editor|reporter|writer|columnist|contributor|producer|analyst|fellow|staff)s?\b.*"
)
_LABEL = re.compile(
    r"(?:(?:(?i:written|reported|posted|story|text|words|analysis|opinion|report|compiled)\s)?(?:By|BY|by)\b\s*:?"
    r"|(?i:authors?|byline|reporters?|writers?)\s*:)\s*(?=\S)"
)
_CREDITS = re.compile(
    r"(?i:\W*(?:additional\s)?(?:reporting|writing|compiled|written|edited|editing)\sby\s)(?P<names>[^;()]+)(?P<rest>.*)"
)
_BETWEEN = re.compile(r"\s*(?:[,;&]|\b(?i:and|with)\b)\s*")
_PLACED = re.compile(rf"\s(?:in|at|for|from)\s{_CAPITAL}.*\Z")
_LONGEST_NAME = 3
"""Words of a name that nothing else tells to be one; a headline's beginning has more."""
_LONGEST_BYLINE = 140
"""Characters of a byline: five names and a house."""


@dataclass(frozen=True, slots=True)
class Byline:
    """The names of a byline, and the house if there is one beside them; without a name, house or post is one."""

    names: tuple[str, ...]
    house: str | None = None


def is_house(text: str) -> bool:
    """Tell whether text is the name of a paper, a station or an agency."""
    return len(text) <= _LONGEST_BYLINE and _HOUSE.fullmatch(text) is not None


def read_byline(text: str) -> Byline | None:
    """Read `By Jane Roe and John Doe, Reuters`, `Written by …`, `Author: …`; None for what is no byline."""
    label = _LABEL.match(text) if len(text) <= _LONGEST_BYLINE else None
    return _read_names(text[label.end() :]) if label else None


def read_unlabelled(text: str) -> Byline | None:
    """Read `Jane Roe`, `Jane Roe, Reuters`. Other things look like it too: ask below a headline only."""
    parts = [part for part in _BETWEEN.split(text) if part]
    if len(text) > _LONGEST_BYLINE or any(
        len(part.split()) > _LONGEST_NAME for part in parts if not is_house(part)
    ):
        return None
    return _read_names(text)


def read_credits(text: str) -> Byline | None:
    """Read the closing line of an agency's story: `(Reporting by Jane Roe; Editing by John Doe)`."""
    match = _CREDITS.fullmatch(text)
    if match is None or len(text) > 3 * _LONGEST_BYLINE:
        return None
    return _read_names(match["names"].strip().rstrip("."))


def _read_names(text: str) -> Byline | None:
    names: list[str] = []
    posts: list[str] = []
    house: str | None = None
    for part in filter(None, _BETWEEN.split(text)):
        name = _PLACED.sub("", part)
        if _POST.fullmatch(name):
            posts.append(name)
        elif is_house(name):
            house = house or name
        elif _NAME.fullmatch(name):
            names.append(name)
        else:
            return None
    unnamed = [house] if house else posts[:1]
    return Byline(tuple(names or unnamed), house) if names or unnamed else None
