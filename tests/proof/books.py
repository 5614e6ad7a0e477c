"""What a victim told of its work, and what of it must be in the store."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.desk import Desk
from bot.settings import Settings
from bot.store.store import Store
from tests.proof.proving import Figures
from tests.proof.victim import URL


def read(told: bytes) -> Iterable[Mapping[str, Any]]:
    """Read the lines of a victim; the last one may be cut."""
    return [json.loads(line) for line in told.split(b"\n")[:-1]]


class Books:
    """What each article may be now, and which backups there must be."""

    def __init__(self, folder: Path, figures: Figures) -> None:
        """Take the victim's folder, and the figures to count in."""
        self._folder = folder
        self._figures = figures
        self._kept: dict[int, set[int | None]] = {}
        """By an article's number, the versions that it may have now; None: it may be absent."""
        self._backups: set[str] = set()

    def keep(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Note what a victim told."""
        for line in lines:
            match line:
                case {"does": "write", "numbers": numbers, "version": version}:
                    for number in numbers:
                        self._kept.setdefault(number, {None}).add(version)
                case {"did": "write", "number": number, "version": version, "outcome": outcome}:
                    assert outcome in {"added", "updated"}, line
                    self._kept[number] = {version}
                    self._figures["acknowledged"] += 1
                case {"does": "remove", "number": number}:
                    self._kept[number].add(None)
                case {"did": "remove", "number": number}:
                    self._kept[number] = {None}
                    self._figures["acknowledged"] += 1
                case {"did": "backup", "path": path}:
                    self._backups.add(path)
                    self._figures["backups"] += 1

    async def look(self) -> None:
        """Open the store as the next start would, and compare."""
        settings = Settings(data_dir=self._folder / "data", seeds_dir=None)
        async with Desk.open(settings) as desk:
            self._figures["differences"] += len(await desk.check())
            found = await _versions(desk.store)
        for number, may_be in self._kept.items():
            is_now = found.pop(URL.format(number), None)
            self._figures["lost"] += is_now not in may_be
            # What was not acknowledged is settled now.
            self._kept[number] = {is_now}
        self._figures["lost"] += len(found)
        await self._look_at_backups()

    async def _look_at_backups(self) -> None:
        # What is there and was not told of was published, and its word was not heard.
        there = {str(path) for path in self._folder.glob("backup-*.db")}
        self._figures["bad_backups"] += len(self._backups - there)
        for path in sorted(there):
            async with Store.open(f"sqlite:///{path}") as store:
                self._figures["bad_backups"] += bool(await store.check())
            Path(path).unlink()
        self._backups.clear()


async def _versions(store: Store) -> dict[str, int]:
    """Return the version of every article, by its address."""
    found = {}
    async for batch in store.headlines():
        for row in batch:
            article = await store.article(row[0])
            assert article is not None
            said = article.page.paragraphs[-1]
            found[str(article.page.url)] = int(said.removeprefix("This is version ").rstrip("."))
    return found
