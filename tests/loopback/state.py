"""What happened on this Discord, what its rules are set to, and what is to go wrong."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.loopback.world import GUILD, OTHER_GUILD, words

MESSAGE_CONTENT = 1 << 15
"""The intent to read what others write."""


@dataclass
class Asked:
    """An interaction, and what became of it."""

    payload: dict[str, Any]
    clicked: dict[str, Any] | None = None
    """The message whose control was used."""
    answered: int | None = None
    """The type of its first answer."""
    original: dict[str, Any] | None = None
    """The message that is its answer."""
    choices: list[dict[str, Any]] | None = None
    """What completes an argument."""
    unsure: bool = False
    """Whether the bot was kept from hearing that its answer was taken, so that it may well give it again."""
    told: asyncio.Transport | None = None
    """The line on which it was to hear of it; one that is closed was given up by the bot."""
    refused: bool = False
    """Whether the bot was told that its token is worth nothing."""
    at: float = 0.0
    """When it was told, on the world's clock."""


@dataclass
class World:
    """What happened, what the rules are, and what is to go wrong. All times are of its clock, in seconds, but for `silence`."""

    now: Callable[[], float] = time.monotonic
    """The clock that the rules are kept by."""

    guilds: list[int] = field(default_factory=lambda: [GUILD, OTHER_GUILD])
    denied: dict[int, int] = field(default_factory=dict)
    """Permissions that the bot lacks in the channel of a guild."""
    privileged: int = MESSAGE_CONTENT
    """Privileged intents that are switched on in the developer portal."""

    posted: list[dict[str, Any]] = field(default_factory=list)
    """Messages of the bot in the channels."""
    answered_at: dict[str, float] = field(default_factory=dict)
    """When a message was answered, by its id."""
    answers: Counter[str] = field(default_factory=Counter)
    """How many messages answer a message, by its id."""
    interactions: dict[str, Asked] = field(default_factory=dict)
    """By their tokens."""
    identified: int = 0
    identified_at: list[float] = field(default_factory=list)
    resumed: int = 0
    limited: int = 0
    """Requests that were told to wait since there were too many in their bucket."""
    invalid: int = 0
    """Answers 401, 403 and 429."""
    violations: list[str] = field(default_factory=list)

    answer_within: float = 3.0
    """Seconds until which an interaction has to be answered, or at least an answer announced."""
    token_lives: float = 900.0
    """Seconds for which what follows the first answer is taken."""
    nonce_lives: float = 180.0
    """Seconds for which a nonce is remembered: Discord says "a few minutes"."""
    per_second: int | None = 50
    """Requests a second that are taken of a bot; interactions do not count."""
    invalid_limit: int = 10_000
    """Answers 401, 403 and 429 within `banned_for` after which nothing of that address is taken."""
    banned_for: float = 600.0
    identify_spacing: float = 0.0
    """Seconds between two sessions of one identify bucket; on Discord, five."""
    max_concurrency: int = 1
    """Identify buckets: the shards with the same `shard_id % max_concurrency` share one."""
    sessions_a_day: int = 1_000
    """Sessions that may be begun in a day; whoever begins more loses the token."""
    replay: int = 1_000
    """Events that are kept for whoever resumes."""
    silence: float = 5.0
    """Seconds without a heartbeat after which a connection is given up: a machine that is busy with tests stands still at times."""
    token_reset: bool = False
    """Whether Discord took the token back."""

    faults: deque[str] = field(default_factory=deque)
    """What happens to the next requests that say something, one each: names of faults.FAULTS, or "" for nothing."""
    closes_with: int | None = None
    """The close code that every IDENTIFY and RESUME gets."""
    repeats: int = 0
    """Events that a RESUME replays though the client has them."""
    late_guilds: bool = False
    """Whether guilds become available only when they are told to."""

    def violate(self, rule: str) -> None:
        """Note that a rule was broken."""
        self.violations.append(rule)

    @property
    def said(self) -> list[str]:
        """All words of every message that is shown: those in the channel, and answers to interactions."""
        originals = [asked.original for asked in self.interactions.values() if asked.original]
        return [words(shown) for shown in [*self.posted, *originals]]
