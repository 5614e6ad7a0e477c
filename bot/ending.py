"""The end of the process, when it is told to end: gracefully, once, and in time."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Thread, Timer

log = logging.getLogger(__name__)

ENDED_WITHIN = 9.5
"""Seconds after which the process is gone, whatever still hangs: Docker kills after ten, systemd (as shipped) later."""

_TOLD_WITHIN = 0.3
"""Seconds that the log may take for the last word."""


class Ending:
    """What is to be done when the process is told to end. It is told once; more of it changes nothing."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self.stop = stop
        """Called in the event loop."""
        self.told = False
        self._loop = asyncio.get_running_loop()

    def tell(self, *_: object) -> None:
        """Stop, and see to it that the process ends in time; a handler of signals."""
        if self.told:
            return
        self.told = True
        # In a thread: what hangs may be the event loop.
        last_resort = Timer(ENDED_WITHIN, _cut_off)
        last_resort.daemon = True
        last_resort.start()
        self._loop.call_soon_threadsafe(self.stop)


@asynccontextmanager
async def told_to_end() -> AsyncIterator[Ending]:
    """Let SIGTERM end what is done meanwhile: by what `stop` of the ending was set to, until then by cancelling it.

    Who enters this is about to end the process: once told, it ends ENDED_WITHIN seconds later at the latest.
    """
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - for the type checker: a coroutine runs in a task
    ending = Ending(task.cancel)
    # The event loop's own handlers wait for the loop, which may be what hangs.
    before = signal.signal(signal.SIGTERM, ending.tell)
    try:
        yield ending
    except asyncio.CancelledError:
        if not ending.told:
            raise
    finally:
        # Told again while the interpreter ends, it would count as killed.
        signal.signal(signal.SIGTERM, signal.SIG_IGN if ending.told else before)


def _cut_off() -> None:
    # In a thread: what hangs may be whoever reads the log.
    telling = Thread(
        target=log.error, args=["Something hangs: what was under way is cut off after %s s", ENDED_WITHIN]
    )
    telling.daemon = True
    telling.start()
    telling.join(_TOLD_WITHIN)
    # The store forgives it, as it does kill -9; and whoever asked for this end got it.
    os._exit(0)
