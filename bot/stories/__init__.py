"""Which reports belong to one story: copies of one text, and tellings of one event. Pure.

A `Report` is what an article says, where and when. `traits` are computed once for each report; all decisions are
made of the traits of two reports and of nothing else, so that they are the same in every store.

- `copies`: texts that share their three-word shingles, and whose names and numbers do not differ where the
  words around them agree.
- `tellings`: other sources within WINDOW whose headlines and leads name the same things.
- `landmarks`: by which the reports to compare with are found in a database.
- `choice`: the story that a newcomer joins: near its first report, and with room left.
"""

from bot.stories.choice import MOST_REPORTS, Candidate, story_of
from bot.stories.copies import is_copy
from bot.stories.landmarks import LANDMARKS, SHARED, landmarks
from bot.stories.reports import WINDOW, Report, report
from bot.stories.tellings import is_telling
from bot.stories.traits import Traits, traits

__all__ = [
    "LANDMARKS",
    "MOST_REPORTS",
    "SHARED",
    "WINDOW",
    "Candidate",
    "Report",
    "Traits",
    "is_copy",
    "is_telling",
    "landmarks",
    "report",
    "same_event",
    "story_of",
    "traits",
]


def same_event(one: Traits, other: Traits) -> bool:
    """Tell whether two reports belong to one story."""
    return is_copy(one, other) or is_telling(one, other)
