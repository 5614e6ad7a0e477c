"""Secrets that tests use, and a watch over every log of the suite: none of them may ever be in one."""

import logging
from collections.abc import Generator, Iterator

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
    # What nobody logs at the usual level may be logged when somebody looks for a fault.
    ours = logging.getLogger("bot")
    level = ours.level
    ours.setLevel(logging.DEBUG)
    yield
    ours.setLevel(level)
    root.removeHandler(watch)
    assert watch.leaks == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that printed a secret, or a process that it started: their logs are caught with its own output."""
    report = yield
    printed = report.capstdout + report.capstderr
    if report.outcome != "failed" and (TOKEN in printed or PASSWORD in printed):
        report.outcome = "failed"
        report.longrepr = f"A secret was printed:\n{printed}"
    return report
