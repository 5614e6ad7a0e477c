"""How newsrooms say the same in other words: numerals, house styles, and words that every report has."""

NUMERALS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen twenty".split()
    )
} | {
    "dozen": "12",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
}

_GROUPS = (
    "earthquak quak tremor temblor",
    "die dead death kill fatal",
    "win won victori",
)
SAME = {stem: group.split()[0] for group in _GROUPS for stem in group.split()}

GENERIC = frozenset(
    "told report news accord offici monday tuesday wednesday thursday friday saturday sunday week day year month".split()
)
