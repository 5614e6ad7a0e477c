"""The proof of backups in small, and that it would notice a copy of no moment."""

import random
from pathlib import Path

import pytest

from bot.store.store import Store
from tests.databases import Server, take_in
from tests.proof import backup
from tests.proof.backup import Copier
from tests.proof.proving import Figures
from tests.proof.writer import page, state


@pytest.fixture(autouse=True)
def _one_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "WRITERS", 1)


def _well(figures: Figures) -> bool:
    bad = figures["unequal"], figures["differences"], figures["otherwise"]
    return figures["copies"] == 1 and figures["moments"] > 0 and bad == (0, 0, 0)


async def test_a_backup_under_load_is_the_store_of_one_moment(tmp_path: Path) -> None:
    copier = Copier(tmp_path, random.Random(1))
    assert _well(await copier.copy(1)), copier.figures
    # That it is compared at all: nobody told of any moment.
    copier._moments.clear()
    await copier._compare(copier._settings)
    assert copier.figures["unequal"] == 1


async def test_so_is_one_that_postgresql_makes_itself(
    tmp_path: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres_server.run("CREATE DATABASE newsdesk")
    monkeypatch.setenv("NEWSDESK_DATABASE_URL", postgres_server.url("newsdesk"))
    try:
        copier = Copier(tmp_path, random.Random(1), postgres_server)
        assert _well(await copier.copy(1)), copier.figures
    finally:
        for name in ("newsdesk", "restored"):
            postgres_server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def test_a_state_is_every_row(store: Store) -> None:
    await take_in(store, page(1, 1))
    before = await store._database.read(state)
    assert await store._database.read(state) == before
    await store.meta_set("key", "value")
    assert await store._database.read(state) != before
