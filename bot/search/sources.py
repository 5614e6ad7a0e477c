"""The names of sources, by number."""

from collections.abc import Iterable

NO_SOURCE = 0
"""The number of what has no source."""


class Sources:
    """Names of sources. A number never changes."""

    def __init__(self, names: Iterable[str | None] = ()) -> None:
        """Give names the numbers from 1 on, in their order."""
        self.names: list[str | None] = [None]
        """By number; the first stands for no source."""
        self._numbers: dict[str | None, int] = {None: NO_SOURCE}
        for name in names:
            self.add(name)

    def add(self, name: str | None) -> int:
        """Return the number of a name, which is given one if it has none."""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self.names)
            self.names.append(name)
        return number

    def copy(self) -> "Sources":
        """Return the same names under the same numbers."""
        return Sources(self.names[1:])
