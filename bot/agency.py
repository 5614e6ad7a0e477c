"""What agencies leave on their copy beside its sentences: datelines and photo credits."""

import re
from typing import NamedTuple

# In any language; what stands around it, capitals or an agency, says that it is a month.
_MONTH = r"[^\W\d_][^\s\d,;:()/]{2,9}"
_DAY = rf"(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\.?\s+(?:de\s+)?{_MONTH})(?:,?\s+(?:de\s+)?\d{{4}})?"
_CAPITALS = r"[A-ZÀ-ÖØ-ÞА-ЯЁ][A-ZÀ-ÖØ-ÞА-ЯЁ.'’-]+"
# JERUSALEM; TEL AVIV, Israel; WASHINGTON/MOSCOW; U.N. HEADQUARTERS.
_PRINTED_PLACE = (
    rf"(?=\S{{4}}|\S+ \S{{3}}){_CAPITALS}(?:[\s/]+{_CAPITALS}){{0,3}}(?:,\s[A-Z][\w.]+(?:\s[A-Z][\w.]+)?)?"
)
_WORD = r"[^\W\d_][^\s\d,;:()/]*"
_PLACE = rf"{_WORD}(?:[\s/,]+{_WORD}){{0,4}}"
_AGENCIES = (
    r"(?:Reuters|AP|The Associated Press|AFP|ANI|PTI|IANS|UNI|TNN|UPI|dpa|DPA|EFE|ANSA|KUNA|SPA|WAM|IRNA|Xinhua"
    r"|TASS|RIA|Interfax|Kyodo|Jiji|Yonhap|Bernama|Antara|AAP|PA|CP|ATS|APA|Belga|Ritzau|TT|NTB|STT|Anadolu"
    r"|Bloomberg|CNN|BBC|NPR|RFE/RL|VOA|DW|Al Jazeera|Europa Press|Notimex|Télam|Lusa|Agência Brasil|Adnkronos|AGI"
    r"|KNA|epd|SDA|ANP|PAP|MTI|ТАСС|РИА Новости|Интерфакс|رويترز|أ ف ب|أ ب|د ب أ|واس|भाषा|पीटीआई|एएनआई|时事|共同)"
)
_DASH = r"\s*(?:\.?-{1,2}|–|—|:)\s+"
# What follows a dateline begins a sentence; "NASA — the American agency —" does not.
_START = r"(?=[\"“‘'«(]?[^\W_a-zß-öø-ÿа-яё])"
_DATELINES = tuple(
    re.compile(pattern + _START)
    for pattern in (
        rf"(?:{_PLACE},?\s+)?(?:{_DAY}\s+)?\((?P<agency>{_AGENCIES})\){_DASH}",
        rf"(?:{_PLACE},?\s+)?{_DAY}\s+\((?P<agency>{_AGENCIES})\)\s+",
        rf"{_PRINTED_PLACE}(?:,\s+{_DAY})?(?:\s*[–—-]\s*|\.\s+/)(?P<agency>{_AGENCIES})(?:\.|/\.)\s+",
        rf"{_PRINTED_PLACE}(?:,\s+{_DAY})?\s+\((?P<agency>[A-Z][\w.&/ -]{{1,30}})\){_DASH}",
        rf"{_PRINTED_PLACE}(?:,\s+{_DAY})?\s*(?:--|–|—)\s+",
        rf"{_PRINTED_PLACE}(?:,\s+{_DAY})?\s+-\s+",
        rf"(?:[A-Z]{{5,}}|[A-Z]{{2,}}\s[A-Z]{{3,}})(?:,\s+{_DAY})?:\s+",
    )
)
_LONGEST_DATELINE = 100
"""Characters from which a dateline would be a sentence."""
_LONGEST_CREDIT = 200
"""Characters at a caption's end among which its credit stands."""

# (File photo), [Image: Getty], (Photo by Jane Roe), (AP Photo/Jane Roe), (Jane Roe/Reuters), © AFP.
_CREDIT = re.compile(
    r"[(\[]\s*(?:"
    r"(?i:(?:file|representational|representative)?\s*(?:photo|photograph|image|picture|pic|file|credit|screengrab)s?)"
    r"(?:\s*[:/|]|\s+(?i:by|via|credit|courtesy|from)\b|\s*[)\]])"
    r"|[A-Z][\w.’' /-]*\s(?i:photo|image|pic)s?\b(?:\s*[/:]|\s+by\b|\s*[)\]])"
    rf"|(?:[A-Z][\w.’' -]*/)+\s*(?i:{_AGENCIES}|Getty Images|Pool|Handout|Shutterstock|EPA)\b"
    r"|(?i:source|courtesy)\s*:"
    r")[^()\[\]]*[)\]]?\.?\Z"
    r"|\b(?:REUTERS|AFP|AP|EPA)/[A-Z][\w.’' -]+(?:/[\w.’' -]+)*\.?\Z"
    r"|(?:(?<!\w)©|\([cC]\)|\bGetty Images|\b[Ff]ile [Pp]hoto\b)[^.!?]{0,60}\Z"
    r"|(?:[.!?]|\s[|–—-])\s+(?i:(?:photo|photograph|image|picture|pic)s?(?:\s+(?:credit|courtesy|by))?\s*:)[^.!?]{2,60}\Z"
)


class Dateline(NamedTuple):
    """The place, the day and the agency that stand before a story's first sentence."""

    agency: str | None
    rest: str


def split_dateline(text: str) -> Dateline:
    """Part text from a dateline like `JERUSALEM (Reuters) - `, `March 3 (AP) — ` or `PARIS — ` at its start."""
    head = text[:_LONGEST_DATELINE]
    for pattern in _DATELINES:
        if match := pattern.match(head):
            return Dateline(match.groupdict().get("agency"), text[match.end() :])
    return Dateline(None, text)


def ends_in_credit(text: str) -> bool:
    """Tell whether text closes with a photo's credit: `(AP Photo/Jane Roe)`, `REUTERS/Jane Roe`."""
    return _CREDIT.search(text[-_LONGEST_CREDIT:]) is not None
