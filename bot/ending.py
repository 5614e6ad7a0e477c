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

INTERRUPTED = 130
"""The exit status after Ctrl-C: 128 and the number of SIGINT, as shells know it."""

_TOLD_WITHIN = 0.3
"""Seconds that the log may take for the last word."""


class Ending:
    """What is to be done when the process is told to end. It is told once; more of it changes nothing."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self.stop = stop
        """Called in the event loop."""
        self.told = False
        self.status = 0
        """With what status the process is to exit."""
        self._loop = asyncio.get_running_loop()

    def tell(self, number: int, _: object) -> None:
        """Stop, and see to it that the process ends in time; a handler of signals."""
        if self.told:
            return
        self.told = True
        self.status = INTERRUPTED if number == signal.SIGINT else 0
        if _minds_ctrl_c():
            # Pressed now, it ends the process at once, whatever holds the interpreter.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        # In a thread: what hangs may be the event loop.
        last_resort = Timer(ENDED_WITHIN, _cut_off, [self.status])
        last_resort.daemon = True
        last_resort.start()
        self._loop.call_soon_threadsafe(self.stop)


@asynccontextmanager
async def told_to_end() -> AsyncIterator[Ending]:
    """Let SIGTERM or Ctrl-C end what is done meanwhile: by what `stop` of the ending was set to, until then by cancelling it.

    Who enters this is about to end the process: once told, it ends ENDED_WITHIN seconds later at the latest, and at once
    if Ctrl-C is pressed then.
    """
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - for the type checker: a coroutine runs in a task
    ending = Ending(task.cancel)
    # The event loop's own handlers wait for the loop, which may be what hangs.
    numbers = [signal.SIGTERM, *([signal.SIGINT] if _minds_ctrl_c() else [])]
    before = {number: signal.signal(number, ending.tell) for number in numbers}
    try:
        yield ending
    except asyncio.CancelledError:
        if not ending.told:
            raise
    finally:
        if ending.told:
            # Told again while the interpreter ends, it would count as killed.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        else:
            for number, handler in before.items():
                signal.signal(number, handler)


def _minds_ctrl_c() -> bool:
    """Tell whether Ctrl-C is for this process: a shell lets those ignore it that it runs in the background."""
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def _cut_off(status: int) -> None:
    # In a thread: what hangs may be whoever reads the log.
    telling = Thread(
        target=log.error, args=["Something hangs: what was under way is cut off after %s s", ENDED_WITHIN]
    )
    telling.daemon = True
    telling.start()
    telling.join(_TOLD_WITHIN)
    # The store forgives it, as it does kill -9; and whoever asked for this end got it.
    os._exit(status)
