"""What all tests share: databases, the newsroom over them, and a watch over what is logged."""

import gc
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has no types

pytest_plugins = [
    "tests.databases",
    "tests.newsroom",
    "tests.canaries",
    "tests.loopback.running",
    "tests.loopback.client",
]

# How long one example takes is the machine's business, and what else it has to do.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

_ON_ONE_WORKER = ("tests/test_proof_load.py",)
"""Modules whose tests share what takes long to make."""


class _Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # so it has no types either
    """Give each worker a test at a time, or a module of those above."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in _ON_ONE_WORKER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Schedule the tests. pytest-xdist's own `xdist_group` has no effect since pytest 9.2 (pytest-dev/pytest-xdist#1386)."""
    return _Scheduling(config, log)


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of garbage collections: else walking through it takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 100)
