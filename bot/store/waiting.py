"""Waiting for the store, but no longer than one wants to."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, asking: Coroutine[Any, Any, T]) -> T:
    """Return what is answered; raise TimeoutError if that takes longer.

    A database that hangs is not waited for even to break off: psycopg gives it ten seconds for that.
    """
    task = asyncio.create_task(asking)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.add_done_callback(_forget)
            task.cancel()
    if not task.done():
        raise TimeoutError
    return task.result()


def _forget(task: asyncio.Task[Any]) -> None:
    # Asked for its error, asyncio does not log that nobody asked.
    if not task.cancelled():
        task.exception()
