"""Any order of what happens to a store leaves it as a plain model has it; the same on both databases."""

import itertools
from pathlib import Path

import pytest

from tests import storemachine
from tests.databases import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> storemachine.NewUrl:
    """Return what makes an empty store, and tells its URL."""
    numbers = itertools.count()
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db"
    server: Server = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("postgres_template")
    return lambda: server.copy_of(template)


def test_any_order_of_events_leaves_the_store_as_a_plain_model_has_it(new_url: storemachine.NewUrl) -> None:
    storemachine.run(new_url, examples=6, steps=20)
