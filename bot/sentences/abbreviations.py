"""Which full stops belong to a word, and which of these may end a sentence as well."""

import re

# Followed by what they belong to: a name, an example, an amount. They never end a sentence.
_LEADING = (
    # English titles and ranks; comparisons.
    "mr mrs ms mx messrs dr drs prof profs rev fr msgr lt maj capt cmdr cmdt cdr cpl cst const sgt ssgt pvt pfc adm vadm brig"
    " gov govs supt insp asst treas ald cllr commr smt mt vs eg ie cf viz approx esp incl excl resp"
    # German, Dutch, Scandinavian.
    " hr frl abg bgm bzw ggf vgl sog geb inkl evtl ehem hrsg kap bijv dhr mevr dvs"
    # French, Spanish, Portuguese, Italian.
    " mme mmes mlle mgr env éd chap boul sra srta dra núm nro pág págs avda gral sig dott avv ing"
    # Polish, Czech, Russian.
    " tzw tzv np ul ks płk św godz ул им проф акад гос тыс млн млрд стр рис"
)
# The same, when capitalised; words otherwise.
_LEADING_CAPITALISED = (
    "Gen Col Sen Sens Rep Reps Pres Amb Det Sec Min Dep Dir Eng Adv Comm Hon Pte Cap Fig Ft Adj"
)
# Followed by what they belong to, or by another sentence. What follows decides.
_TRAILING = (
    "inc corp ltd co cos bros assn assoc univ dept govt natl intl mfg plc llc ave blvd rd hwy pkwy sq bldg apt jr sr st"
    " no atty esq etc al ed eds misc ext tel temp avg pct pts lbs hrs mins yrs vol vols figs pp janv févr avr juil ecc usw mwst руб"
)
_TRAILING_CAPITALISED = (
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Dez Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun Ala Ariz Ark Cal"
    " Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ont Ore Pa Penn Que"
    " Tenn Tex Va Vt Wash Wis Wyo Dist Div Ste Str Art Abs Est"
)
_NEVER_LAST = frozenset((*_LEADING.split(), *_LEADING_CAPITALISED.split()))
_KNOWN = _NEVER_LAST.union(_TRAILING.split(), _TRAILING_CAPITALISED.split())

# What a number may follow; before everything else these end a sentence, or are words.
_NUMBERED_NEXT = re.compile(
    r"(?<!\w)(?:nos?|n[°ºr]|№|jan|janv|feb|févr|mar|apr|avr|jun|jul|juil|aug|sept?|oct|okt|nov|d[eé][cz]|pp?|st|avg|tel|s|vols?"
    r"|ca|c|arts?|ch|sec|pars?|figs?|tab|abb|mins?|max|est|abs|kl|rev|ver|st|art|núm|nro)\.\Z",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d|(?:[IVXLC]{2,}|[VX])\b")
# e.g., i.e., z. B., d. h., т. е.
_LETTERED = re.compile(
    r"(?<!\w)(?:e\.\s?g|i\.\s?e|z\.\s?B|d\.\s?h|u\.\s?U|o\.\s?ä|т\.\s?е|т\.\s?н|p\.\s?ex|por ej|p\. ?ej)\.\Z"
)
# EE. UU., FF. AA.: Spanish writes the plural of an initial twice.
_DOUBLED = re.compile(r"(?<!\w)([A-Z])\1\. (?=([A-Z])\2\.)")
# A capital and consonants only: Cst., Hptm., Bgm., but neither FBI nor Ph.D.
_VOWELLESS = re.compile(r"(?<![\w.’'-])[B-DF-HJ-NP-TV-XZ][b-df-hj-np-tv-xz]{1,4}\.\Z")
_LAST_WORD = re.compile(r"(?<![\w.@/])([^\W\d_]+)\.\Z")
# Words that go on with a name or begin with one, and no abbreviation in front ends before them.
_OFFICE = re.compile(
    r"(?:Ambassador|Admiral|Captain|Chair(?:man|woman|person)?|Chancellor|Chief|Colonel|Commissioner|Congress(?:man|woman)"
    r"|Consul|Delegate|Detective|Director|Envoy|Founder|General|Governor|Justice|Mayor|Minister|President|Representative"
    r"|Secretary|Senator|Spokes(?:man|woman|person)|Vice)\b"
)
_DOTTED = re.compile(r"(?<![\w.])(?:\w\.){2,}\Z")
# A.C.L.U. and the like, of which nupunkt knows few, stand before names more often than at an end.
_LONG_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.){3,}\Z")
# Names that carry their exclamation mark everywhere.
_EXCLAIMED = re.compile(
    r"(?<!\w)(?:Yahoo|Jeopardy|Wham|Oklahoma|Mamma Mia|Oliver|Moulin Rouge|Panic|Yum|Westward Ho|Airplane|Jumpers)!\Z"
)
# An ordinal number of German: "am 3. Oktober", "der 2. Weltkrieg".
_ORDINAL = re.compile(r"(?<![\w.,])\d{1,2}\.\Z")
_ORDINAL_AFTER = re.compile(
    r"(?<!\w)(?:(?<!I )am|[Vv]om|[Zz]um|[Zz]ur|[Bb]eim|[Ii]m|[Dd]e[mnrs]|[Dd]ie|[Dd]as|und|bis|[Ss]eit|ab|jede[mnrs]?)"
    r" \d{1,2}\.\Z"
)
_MONTH = re.compile(
    r"(?:Jan(?:uar|\.)|Jänner|Feb(?:ruar|\.)|März|April|Mai|Juni|Juli|Aug(?:ust|\.)|Sept(?:ember|\.)|Okt(?:ober|\.)"
    r"|Nov(?:ember|\.)|Dez(?:ember|\.))(?!\w)"
)


def is_plain_word(word: str) -> bool:
    """Tell whether a word of letters alone is no abbreviation, so that a full stop behind it is one."""
    return not _is_one_of(word, _KNOWN) and not _VOWELLESS.search(f"{word}.")


def ends_open(ending: str, following: str, *, opener: bool) -> bool:
    """Tell whether the sentence goes on because its last characters call for what follows.

    `opener` says that what follows can hardly be anything but the beginning of a sentence.
    """
    if any(rule(ending, following) for rule in (_is_named, _is_numbering, _is_doubled, _is_ordinal)):
        return True
    found = _LAST_WORD.search(ending)
    last = found.group(1) if found else ""
    if not last.isupper() and _is_one_of(last, _NEVER_LAST):
        return True
    if opener:
        return False
    if _LONG_DOTTED.search(ending):
        return True
    if _OFFICE.match(following):
        return _DOTTED.search(ending) is not None or _is_one_of(last, _KNOWN)
    return not _is_one_of(last, _KNOWN) and _VOWELLESS.search(ending) is not None


def _is_named(ending: str, _following: str) -> bool:
    return _EXCLAIMED.search(ending) is not None or _LETTERED.search(ending) is not None


def _is_numbering(ending: str, following: str) -> bool:
    return _NUMBER.match(following) is not None and _NUMBERED_NEXT.search(ending) is not None


def _is_ordinal(ending: str, following: str) -> bool:
    if not _ORDINAL.search(ending):
        return False
    return _MONTH.match(following) is not None or _ORDINAL_AFTER.search(ending) is not None


def _is_doubled(ending: str, following: str) -> bool:
    return _DOUBLED.search(f"{ending[-4:]} {following[:4]}") is not None


def _is_one_of(word: str, abbreviations: frozenset[str]) -> bool:
    return word.casefold() in abbreviations or (not word.islower() and word.capitalize() in abbreviations)
