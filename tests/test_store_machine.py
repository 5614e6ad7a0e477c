"""Any order of what happens to a store leaves it as a plain model has it; the same on both databases."""

import itertools
from pathlib import Path

import pytest

from bot.feeds.entries import Take
from tests import storemachine
from tests.databases import Server
from tests.storemodel import FEEDS


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


def test_a_feed_that_is_gone_and_comes_back_is_as_the_model_has_it(new_url: storemachine.NewUrl) -> None:
    """An order that so few random ones need not have."""
    url = min(FEEDS)
    storemachine.run_in_order(
        new_url,
        lambda machine: machine.add_feed(url=url, take=Take.NONE),
        lambda machine: machine.end_or_mend(url=url),
        lambda machine: machine.poll_feeds(),
        lambda machine: machine.poll_feeds(),
        lambda machine: machine.end_or_mend(url=url),
        lambda machine: machine.publish_or_withdraw(url=url, which=0, version=2),
        lambda machine: machine.poll_feeds(),
    )
