"""Thousands of orders of whatever can happen to a store, on each database, against a plain model."""

import itertools
import tempfile
from collections.abc import Mapping, Sequence

import pytest

from tests import storemachine
from tests.databases import on_postgresql
from tests.proof.proving import Claim, Figures, total

TITLE = "Any order of events"
PIECES = 3
"""On each database."""
ORDERS, STEPS = 40, 50
"""In each piece, and of each of them, at most."""
_NOTHING = dict.fromkeys(("orders", "steps", "otherwise"), 0)


def pieces() -> Sequence[str]:
    """Name the seeds."""
    return [f"{database}-{seed}" for database in ("sqlite", "postgresql") for seed in range(1, PIECES + 1)]


def run(piece: str) -> Figures:
    """Let the machine of the suite run in as many orders."""
    database, _, seed = piece.partition("-")
    numbers = itertools.count()
    if database == "sqlite":
        with tempfile.TemporaryDirectory(prefix="newsdesk-machine-") as folder:
            return _run(lambda: f"sqlite:///{folder}/{next(numbers)}.db", int(seed))
    with pytest.MonkeyPatch.context() as chosen, on_postgresql(chosen) as server:
        chosen.delenv("NEWSDESK_DATABASE_URL")

        def create() -> str:
            name = f"machine_{next(numbers)}"
            server.run(f"CREATE DATABASE {name}")
            return server.url(name)

        return _run(create, int(seed))


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Add the seeds up."""
    sums = total(found, _NOTHING)
    there = sum(figures["steps"] for piece, figures in found.items() if piece.startswith("postgresql"))
    return [
        Claim(
            says="Whatever the order in which stories come, change, age, go and come back, feeds are polled, guilds choose and leave,"
            " the clock jumps and the bot is restarted: the store and its desk know what a model of plain dictionaries does",
            figure=f"{sums['steps']} steps in {sums['orders']} orders, {there} of them on PostgreSQL; {sums['otherwise']} pieces"
            " found an order that left something otherwise",
            kept=sums["otherwise"] == 0,
            test="tests/test_store_machine.py",
        )
    ]


def _run(new_url: storemachine.NewUrl, seed: int) -> Figures:
    figures: Figures = dict(_NOTHING)
    done = storemachine.Done()
    try:
        storemachine.run(new_url, examples=ORDERS, steps=STEPS, seed=seed, done=done)
    except AssertionError as found:
        # Hypothesis prints the shortest order that shows it.
        print(*getattr(found, "__notes__", ()), sep="\n")  # noqa: T201
        figures["otherwise"] = 1
    return figures | {"orders": done.orders, "steps": done.steps}
