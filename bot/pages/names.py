"""Who wrote a story: the names in a byline, and the house that stands beside them."""

import re
from dataclasses import dataclass

from bot.pages.wording import labels, one_of, plain
from bot.text import is_unspaced

_PARTICLES = frozenset(
    "de da do dos das del della di du van von der den ter la le el al bin ibn ben bint af av zu y".split()
)
_PREFIX = re.compile(r"(?:al|el|ad|as|d|l)[-'’](?=.)")
_NAME_WORD = re.compile(r"[^\W\d_][^\s\d,;:|()/?!\"“”«»]*")
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_WORD = rf"(?:(?:al|el|ad|as|d|l)[-'’])?{_CAPITAL}[\w.'’-]*"
_HOUSE = re.compile(
    rf"(?:The\s)?(?:{_WORD}\s(?:of\s(?:the\s)?|and\s)?)*(?:"
    r"(?i:news\w*|times|post|herald|guardian|telegraph|journal|tribune|gazette|chronicle|observer|press|agency|agencies"
    r"|express|mirror|standard|reuters|bloomberg|desk|bureau|online|daily|weekly|magazine|service|network|wire"
    r"|media|tv|radio|monitor|today|review|bulletin|broadcasting)"
    r"|AP|AFP|BBC|CNN|NPR|PTI|ANI|IANS|UPI|dpa|DPA|EFE|ANSA|KUNA|TASS|Xinhua|TNN|CBC|ABC|NBC|CBS|PBS|ITV|DW"
    r"|Al Jazeera|Sky|Axios|Politico|Kyodo|Yonhap|Vox|[\w-]+\.(?:com|org|net|news|info|co\.\w\w))"
    rf"(?:\s{_WORD}){{0,3}}"
)
_OTHER_HOUSE = re.compile(one_of("house"))
_POST = re.compile(rf"(?i).*(?<!\w){one_of('post')}(?!\w).*")
_LABEL = re.compile(rf"(?i:{labels('byline')})\s*(?=\S)")
_CREDITS = re.compile(
    r"(?i:\W*(?:additional\s)?(?:reporting|writing|compiled|written|edited|editing)\sby\s)(?P<names>[^;()]+)(?P<rest>.*)"
)
_BETWEEN = re.compile(rf"\s*[,;&،、]\s*|\s+(?![A-Z]\s)(?i:{one_of('and')})\s+")
_PLACED = re.compile(rf"\s(?:in|at|for|from)\s{_CAPITAL}.*\Z")
_WORDS_OF_NAME = range(2, 6)
_LONGEST_UNSPACED = 8
"""Characters of a name in a script without spaces."""
_LONGEST_BYLINE = 140
"""Characters of a byline: five names and a house."""


@dataclass(frozen=True, slots=True)
class Byline:
    """The names of a byline, and the house if there is one beside them; without a name, house or post is one."""

    names: tuple[str, ...]
    house: str | None = None


def is_house(text: str) -> bool:
    """Tell whether text is the name of a paper, a station or an agency."""
    if len(text) > _LONGEST_BYLINE:
        return False
    return _HOUSE.fullmatch(text) is not None or _OTHER_HOUSE.fullmatch(plain(text)) is not None


def read_byline(text: str) -> Byline | None:
    """Read `By Jane Roe and John Doe, Reuters`, `Written by …`, `Author: …`; None for what is no byline."""
    label = _LABEL.match(text) if len(text) <= _LONGEST_BYLINE else None
    return _read_names(text[label.end() :]) if label else None


def read_unlabelled(text: str) -> Byline | None:
    """Read `Jane Roe`, `Jane Roe, Reuters`. Other things look like it too: ask below a headline only."""
    parts = [part for part in _BETWEEN.split(text) if part]
    named = [part for part in parts if not is_house(part) and not _POST.fullmatch(part)]
    if (
        len(text) > _LONGEST_BYLINE
        or text.endswith(("?", "!"))
        or not all(any(map(str.isupper, part)) for part in named)
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
        elif _is_name(name):
            names.append(name)
        elif _is_name(text):
            # `José Ortega y Gasset`
            return Byline((text,))
        else:
            return None
    unnamed = [house] if house else posts[:1]
    return Byline(tuple(names or unnamed), house) if names or unnamed else None


def _is_name(text: str) -> bool:
    parts = text.split()
    if is_unspaced(text):
        return len(text) <= _LONGEST_UNSPACED
    return len(parts) in _WORDS_OF_NAME and not parts[0].islower() and all(map(_is_of_name, parts))


def _is_of_name(word: str) -> bool:
    bare = _PREFIX.sub("", word)
    return _NAME_WORD.fullmatch(bare) is not None and (not bare[:1].islower() or word in _PARTICLES)
