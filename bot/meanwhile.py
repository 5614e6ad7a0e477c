"""What goes on beside something else, for as long as that lasts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, object], name: str) -> AsyncIterator[None]:
    """Do some work meanwhile, in a task of that name. In the end it is cancelled, and what it failed with is raised."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
