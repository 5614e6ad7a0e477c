"""The names of sources, by number, and which of them a typed one means."""

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from bot.text import normalise, squeeze, words

NO_SOURCE = 0
"""The number of what has no source."""

LEAST_LIKENESS = 0.5
"""Likeness, from 0 to 1, below which no source is near to a typed name."""


class Sources:
    """Names of sources. A number never changes."""

    def __init__(self, names: Iterable[str | None] = ()) -> None:
        """Give names the numbers from 1 on, in their order."""
        self.names: list[str | None] = [None]
        """By number; the first stands for no source."""
        self._numbers: dict[str | None, int] = {None: NO_SOURCE}
        self._words: list[tuple[str, ...]] = [()]
        for name in names:
            self.add(name)

    def add(self, name: str | None) -> int:
        """Return the number of a name, which is given one if it has none."""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self.names)
            self.names.append(name)
            self._words.append(_words(name or ""))
        return number

    def copy(self) -> "Sources":
        """Return the same names under the same numbers."""
        return Sources(self.names[1:])

    def meant(self, typed: str) -> set[int]:
        """Return the numbers of the names that have the typed words side by side, the last perhaps unfinished.

        Case, accents and punctuation do not matter.
        """
        wanted = _words(typed)
        return {
            number
            for number, name in enumerate(self._words)
            if any(
                name[at : at + len(wanted) - 1] == wanted[:-1]
                and name[at + len(wanted) - 1].startswith(wanted[-1])
                for at in range(len(name) - len(wanted) + 1)
            )
        }

    def nearest(self, typed: str, among: Iterable[int]) -> str | None:
        """Return the name that is most like a typed one, or one of whose words is; None if none is like it."""
        wanted = " ".join(_words(typed))
        best, found = LEAST_LIKENESS, None
        for number in among:
            name = self._words[number]
            for part in {" ".join(name), *name}:
                likeness = OSA.normalized_similarity(wanted, part)
                if likeness > best:
                    best, found = likeness, self.names[number]
        return found


def _words(name: str) -> tuple[str, ...]:
    # A name of signs alone is taken as one word.
    return tuple(words(name)) or (squeeze(normalise(name)),)
