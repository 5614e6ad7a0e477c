"""Secrets that tests use, and a watch over every log of the suite: none of them may ever be in one."""

import logging
from collections.abc import Iterator

import pytest

from bot.logs import JsonLines
from bot.secrecy import Redaction

TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAw.Canary.a-token-that-no-log-may-ever-show"  # noqa: S105 - made up
PASSWORD = "hunter2"  # noqa: S105 - made up


class Watch(logging.Handler):
    """Notes the records in which a secret is left, as they would be logged."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines(Redaction()))
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if TOKEN in line or PASSWORD in line:
            self.leaks.append(line)


@pytest.fixture(autouse=True)
def _no_secret_is_logged() -> Iterator[None]:
    watch = Watch()
    root = logging.getLogger()
    root.addHandler(watch)
    yield
    root.removeHandler(watch)
    assert watch.leaks == []
