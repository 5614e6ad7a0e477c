"""Articles made up from a seed: words as often as news has them, in topics and events, so that some are alike.

The words are put together of syllables. Some thousands make up the language, as unevenly spread as Zipf found;
each topic prefers some dozens of them, and each event has names of its own and is told several times.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from benchmarks.corpus import published
from bot.article import Page
from bot.text import stop_words

WORDS = 200
"""Words of an article."""
LANGUAGE, TOPIC, EVENT = 0.6, 0.25, 0.15
"""Shares of an article's words: of the language, of its topic, of its event."""
VOCABULARY = 60_000
TOPIC_WORDS = 80
EVENT_WORDS = 14
NAMES = 4
"""Words of an event that nobody has read before."""
PER_TOPIC = 100
"""Articles on a topic, on average."""
TOLD = 8
"""Reports of an event, at most."""
AT_A_TIME = 200
"""Events that are in the news."""
SENTENCE = 20
"""Words of a sentence."""
_COMMONEST = 150
"""Words that no topic has to itself."""
_BEGINNINGS = "b bl br c ch d dr f fl g gr h j k kl l m n p pr qu r s sh st t tr v w y z".split()
_MIDDLES = "a e i o u ai ea ou".split()
_ENDS = ["", *"b ck d g k l m n nd p r rt s st t x".split()]


@dataclass(frozen=True, slots=True)
class Made:
    """An article, and the number of the event that it tells of."""

    page: Page
    event: int


@dataclass(slots=True)
class _Event:
    number: int
    topic: list[str]
    words: list[str]
    left: int


class _Newsroom:
    def __init__(self, rng: random.Random, topics: int) -> None:
        self._rng = rng
        made: dict[str, None] = dict.fromkeys(sorted(stop_words()))
        while len(made) < VOCABULARY:
            made[self._word()] = None
        self._language = list(made)
        self._spread = list(accumulate(1 / rank for rank in range(3, VOCABULARY + 3)))
        self._topics = [rng.sample(self._language[_COMMONEST:], TOPIC_WORDS) for _ in range(topics)]
        self._of_topic = list(accumulate(rank**-0.6 for rank in range(1, TOPIC_WORDS + 1)))
        self._of_event = list(accumulate(rank**-0.5 for rank in range(1, EVENT_WORDS + 1)))
        self._events: list[_Event] = []
        self._begun = 0

    def article(self, at: int) -> Made:
        rng = self._rng
        if len(self._events) < AT_A_TIME:
            self._begin()
        event = rng.choice(self._events)
        event.left -= 1
        if not event.left:
            self._events.remove(event)
        said = rng.choices(self._language, cum_weights=self._spread, k=int(LANGUAGE * WORDS))
        said += rng.choices(event.topic, cum_weights=self._of_topic, k=int(TOPIC * WORDS))
        said += rng.choices(event.words, cum_weights=self._of_event, k=int(EVENT * WORDS))
        rng.shuffle(said)
        headline = rng.sample(event.words, 3) + rng.sample(event.topic, 4) + said[:2]
        sentences = (" ".join(said[at : at + SENTENCE]) for at in range(0, len(said), SENTENCE))
        page = Page(
            headline=" ".join(headline).capitalize(),
            paragraphs=tuple(f"{sentence.capitalize()}." for sentence in sentences),
            published=published(at),
            source="Made up",
            url=f"https://news.example/{at}",
            language="en",
        )
        return Made(page, event.number)

    def _begin(self) -> None:
        rng = self._rng
        names = [self._word() + self._syllable() for _ in range(NAMES)]
        words = names + rng.choices(self._language[_COMMONEST:], k=EVENT_WORDS - NAMES)
        self._events.append(_Event(self._begun, rng.choice(self._topics), words, rng.randint(1, TOLD)))
        self._begun += 1

    def _word(self) -> str:
        return "".join(self._syllable() for _ in range(self._rng.choice((1, 2, 2, 3))))

    def _syllable(self) -> str:
        return "".join(map(self._rng.choice, (_BEGINNINGS, _MIDDLES, _ENDS)))


def articles(n: int, seed: int) -> Iterator[Made]:
    """Make up `n` articles, oldest first."""
    newsroom = _Newsroom(random.Random(seed), max(1, n // PER_TOPIC))
    for at in range(n):
        yield newsroom.article(at)
