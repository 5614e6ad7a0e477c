"""The headline search: all headlines in memory, forgiving of typos, exact when the query was exact.

A query is parsed into words (`query`). For each word the headline words that may be meant are looked up
in the vocabulary (`readings`, `vocabulary`): the word itself; if it is the last one, the words that begin
with it; if no headline has it, the words within an edit or two (`deletes` proposes them, OSA distance
verifies them, `slips` says how likely the slip of the keys was, and of words equally near the more
frequent is taken). The headlines that have a word for every typed word are found through postings and
the forward index (`postings`, `rows`, `rank`): rarest word first, then the other words are checked.

This is lazy. Only when no headline has a good word for every typed one are known words doubted too,
neighbours joined and unknown words split, and each such reading is looked up in turn. Only when none of
them finds a headline for the whole query may headlines lack a word, and then they have to carry a good
part of the query's weight: words weigh by how few headlines have them (idf), stop words hardly at all,
and a word that nothing explains weighs as a rare one, so that it tells.

Coverage ranks: the share of the query's weight that a headline's words carry, each as far as it fits. An
exact word fits fully, a completed one less, a misspelled one less still. Among the best few dozen the
resemblance of whole headline and whole query decides what coverage leaves open; then the newer wins.

A query may have operators besides (`query`, `dates`). Sources, days, unwelcome words and what the asker's scope
does not show become one mask over the rows (`screen`), phrases are looked for among the rows that have all their
words (`phrases`), and what the mask leaves is searched as always (`searching`).

New headlines are appended and found at once; removed ones are marked, and words that no headline has any
more are neither corrected nor completed to. `Headlines.folded` builds the index anew from itself.
"""

from bot.search.found import Found, Match, Row
from bot.search.headlines import Headlines
from bot.search.phrases import has_phrase
from bot.search.query import MAX_WORDS, Filters, Phrase, Query, Term, parse_query
from bot.search.searching import Admitted

__all__ = [
    "MAX_WORDS",
    "Admitted",
    "Filters",
    "Found",
    "Headlines",
    "Match",
    "Phrase",
    "Query",
    "Row",
    "Term",
    "has_phrase",
    "parse_query",
]
