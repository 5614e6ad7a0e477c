"""What a store and its desk should know, as plain dictionaries: the model of tests/storemachine.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.article import Page
from bot.desk.guilds import KEPT
from bot.desk.identifies import SPACING, SPAN
from bot.feeds.claims import LEASE
from bot.feeds.schedule import after_failure, after_success
from bot.store.records import FeedRow

NAMES = "harbour ferry bridge library stadium orchard railway hospital theatre".split()
"""What the stories are about, by their numbers."""
FEEDS = {"https://one.example/feed": (6, 7), "https://two.example/feed": (7, 8)}
"""The numbers of the stories that feeds may have; both tell of one."""
_HOUR = timedelta(hours=1)


@dataclass
class Story:
    """What an article says now."""

    version: int
    added: datetime
    whole: bool = True
    """Whether its text goes on after its lead."""


@dataclass
class Subscription:
    """A feed that is polled."""

    row: FeedRow
    passed: set[int]
    """Entries that were there before it was added, and are not wanted."""
    seen: dict[int, int] = field(default_factory=dict)
    """The versions of entries that were read."""
    claimed_until: datetime | None = None


@dataclass
class Model:
    """All of it. What changes something says what it should answer."""

    stories: dict[str, Story] = field(default_factory=dict)
    """By their addresses."""
    removed: set[str] = field(default_factory=set)
    chosen: dict[int, dict[str, str]] = field(default_factory=dict)
    """What guilds chose, as it was typed."""
    left: dict[int, datetime] = field(default_factory=dict)
    """When guilds were left that chose something."""
    feeds: dict[str, Subscription] = field(default_factory=dict)
    """By their addresses."""
    hours: list[datetime] = field(default_factory=list)
    """Of each session that counts, the hour in which it began."""
    latest: datetime | None = None
    """When the latest session began."""

    def write(self, url: str, version: int, now: datetime) -> str:
        """Take a version of a story in."""
        if url in self.removed:
            return "rejected"
        story = self.stories.get(url)
        if story is None:
            self.stories[url] = Story(version, now)
            return "added"
        if story.version == version:
            return "unchanged"
        story.version, story.whole = version, True
        return "updated"

    def remove(self, url: str) -> None:
        """Remove a story."""
        del self.stories[url]
        self.removed.add(url)

    def undo(self, url: str) -> None:
        """Let a story come back; whatever may tell of it is read again."""
        self.removed.remove(url)
        for feed in self.feeds.values():
            feed.seen.clear()

    def drop_texts(self, before: datetime) -> int:
        """Drop the texts of old stories."""
        old = [story for story in self.stories.values() if story.whole and story.added < before]
        for story in old:
            story.whole = False
        return len(old)

    def choose(self, guild: int, name: str, typed: str) -> None:
        """Choose a setting for a guild."""
        chosen = self.chosen.setdefault(guild, {})
        chosen.pop(name, None)
        if typed != "default":
            chosen[name] = typed
        if not chosen:
            del self.chosen[guild]

    def leave(self, guild: int, now: datetime) -> None:
        """Leave a guild."""
        if guild in self.chosen:
            self.left[guild] = now

    def forget(self, now: datetime) -> None:
        """Forget the guilds that were left long ago."""
        for guild, left in list(self.left.items()):
            if left < now - KEPT:
                del self.left[guild], self.chosen[guild]

    def poll(self, url: str, entries: Mapping[int, int], error: Exception | None, now: datetime) -> list[str]:
        """Poll a feed with these versions of entries, or one that fails as if it were gone for good."""
        feed = self.feeds[url]
        feed.claimed_until = None
        if error is not None:
            feed.row = after_failure(feed.row, now, str(error), gone=True)
            return []
        outcomes = []
        for number, version in entries.items():
            if number not in feed.passed and feed.seen.get(number) != version:
                feed.seen[number] = version
                outcomes.append(self.write(address(number), version, now))
        feed.row = after_success(feed.row, now, news="added" in outcomes)
        return outcomes

    def due(self, now: datetime) -> list[int]:
        """Claim the feeds that are due and not claimed; a claim from a clock far ahead counts for nothing."""
        due = []
        for feed in self.feeds.values():
            until, next_poll = feed.claimed_until, feed.row.next_poll
            free = until is None or not now < until <= now + 2 * LEASE
            if free and next_poll is not None and next_poll <= now:
                feed.claimed_until = now + LEASE
                due.append((next_poll, feed.row.id))
        return [id_ for _, id_ in sorted(due)]

    def begin_session(self, now: datetime, budget: int) -> timedelta:
        """Begin a session, or say how long to wait."""
        self.hours = [hour for hour in self.hours if hour + _HOUR + SPAN > now]
        if len(self.hours) >= budget:
            return min(self.hours) + _HOUR + SPAN - now
        if self.latest and self.latest <= now < self.latest + SPACING:
            return self.latest + SPACING - now
        self.hours.append(now.replace(minute=0, second=0, microsecond=0))
        self.latest = now
        return timedelta()


def address(number: int) -> str:
    """Return where the story with a number is."""
    return f"https://press.example/{number}"


def page(number: int, version: int) -> Page:
    """Make up a version of a story."""
    return Page(
        headline=f"The {NAMES[number]} of ward {number} is news",
        paragraphs=(
            f"People of ward {number} saw the {NAMES[number]}.",
            f"This is version {version}.",
        ),
        url=address(number),
    )
