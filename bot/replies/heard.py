"""What was heard of lately. Discord may tell of an event twice: after a connection is resumed, for example."""

from collections import deque
from collections.abc import Hashable
from typing import Final

REMEMBERED: Final = 10_000
"""Events, some 2 MB. What is told again was told minutes ago: Discord keeps a session no longer for whoever resumes it."""


class Heard:
    """Remembers events for which something is done, so that none is done twice."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._events: set[Hashable] = set()
        self._order: deque[Hashable] = deque()
        self._remembered = remembered

    def again(self, event: Hashable) -> bool:
        """Note an event; tell whether it was noted before."""
        if event in self._events:
            return True
        self._events.add(event)
        self._order.append(event)
        if len(self._order) > self._remembered:
            self._events.discard(self._order.popleft())
        return False
