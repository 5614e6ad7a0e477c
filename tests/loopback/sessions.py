"""Sessions of the gateway (Discord's documentation: events/gateway.mdx): how they begin, what they see, what they replay."""

from collections import deque
from typing import Any, Final

from tests.loopback import world as here
from tests.loopback.permissions import VIEW_CHANNEL
from tests.loopback.state import MESSAGE_CONTENT, World

_GUILDS, _GUILD_MESSAGES, _DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
_PRIVILEGED: Final = 1 << 1 | 1 << 8 | MESSAGE_CONTENT
_INTENTS: Final = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
"""All that there are ("List of Intents")."""
WRONG_TOKEN, WRONG_SHARD, WRONG_INTENTS, NO_SUCH_INTENTS = 4004, 4010, 4014, 4013

Event = dict[str, Any]


class Session:
    """What a client was told, as far back as it is kept for whoever resumes."""

    def __init__(self, asked: dict[str, Any], replay: int) -> None:
        self.id = f"session{here.snowflake()}"
        self.shard: list[int] = asked.get("shard", [0, 1])
        self.intents: int = asked["intents"]
        self.last = 0
        """The sequence number of the newest event."""
        self._events: deque[Event] = deque(maxlen=replay)

    def serves(self, guild: int | None) -> bool:
        """Tell whether events of a guild are for this shard; direct messages are for the first one."""
        number, count = self.shard
        return ((guild or 0) >> 22) % count == number

    def sees(self, name: str, data: dict[str, Any], denied: int) -> dict[str, Any] | None:
        """Return what this session is told of an event; None if it is none of its business."""
        guild = data.get("guild_id") or (data["id"] if name == "GUILD_CREATE" else None)
        if not self.serves(int(guild) if guild else None):
            return None
        match name:
            case "GUILD_CREATE":
                return data if self.intents & _GUILDS else None
            case "MESSAGE_CREATE":
                needed = _GUILD_MESSAGES if guild else _DIRECT_MESSAGES
                if not self.intents & needed or denied & VIEW_CHANNEL:
                    return None
                if self.intents & MESSAGE_CONTENT or not guild or f"<@{here.BOT}>" in data["content"]:
                    return data
                return data | {"content": "", "embeds": [], "components": []}
        return data

    def note(self, name: str, data: dict[str, Any]) -> Event:
        """Make an event, and keep it for whoever resumes."""
        self.last += 1
        event = {"op": 0, "t": name, "s": self.last, "d": data}
        self._events.append(event)
        return event

    def since(self, seq: int, repeats: int) -> list[Event] | None:
        """Return what was told after an event, and `repeats` events of before; None if it is not kept any more."""
        oldest = self.last - len(self._events) + 1
        if seq < oldest - 1:
            return None
        # What a session begins with is never told again.
        return [event for event in self._events if event["s"] > seq - repeats and event["t"] != "READY"]

    def has(self, id_: str) -> bool:
        """Tell whether the message or interaction of an id is among the events that are kept."""
        return any(event["d"].get("id") == id_ for event in self._events)


class Starts:
    """Who may begin a session: Session Start Limit Object, Identifying, Gateway Intents."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._latest: dict[int, float] = {}
        """When the latest session of each identify bucket was begun."""
        self._told_of_intents = False

    def refuse(self, asked: dict[str, Any]) -> int | None:
        """Return the close code for an IDENTIFY that can never succeed."""
        intents: int = asked["intents"]
        number, count = asked.get("shard", [0, 1])
        if self._world.token_reset:
            return WRONG_TOKEN
        if not 0 <= number < count:
            self._world.violate(f"there is no shard {number} of {count}")
            return WRONG_SHARD
        if intents & ~_INTENTS:
            self._world.violate("an intent is none")
            return NO_SUCH_INTENTS
        if intents & _PRIVILEGED & ~self._world.privileged:
            # Nobody can know before they try.
            if self._told_of_intents:
                self._world.violate("intents were asked for again that are not granted")
            self._told_of_intents = True
            return WRONG_INTENTS
        return None

    def too_soon(self, asked: dict[str, Any]) -> bool:
        """Count an IDENTIFY; tell whether it came too soon after another one of its bucket."""
        now = self._world.now()
        bucket = asked.get("shard", [0, 1])[0] % self._world.max_concurrency
        before = self._latest.get(bucket)
        self._world.identified += 1
        self._world.identified_at.append(now)
        self._latest[bucket] = now
        if self._world.identified > self._world.sessions_a_day:
            self._world.violate("more sessions were begun than a day has")
            self._world.token_reset = True
        if before is not None and now - before < self._world.identify_spacing:
            self._world.violate("two sessions were begun too soon after one another")
            return True
        return False
