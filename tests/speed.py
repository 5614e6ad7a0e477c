"""How the time that something takes grows with what it is done to, whatever else the machine has to do."""

import gc
import time
from collections.abc import Callable

TIMES = 3
LINEAR = 8
"""What growth stays below where a text is four times as long: linear work takes four times as long, quadratic sixteen."""


def growth(work: Callable[[str], object], short: str, long: str) -> float:
    """Return how many times as long work takes for a long text as for a short one: the least of some tries each.

    Garbage is not collected meanwhile: how long that takes is a matter of all else that is in memory.
    """
    least = {short: float("inf"), long: float("inf")}
    gc.disable()
    try:
        for text in [short, long] * TIMES:
            before = time.thread_time()
            work(text)
            least[text] = min(least[text], time.thread_time() - before)
    finally:
        gc.enable()
    return least[long] / least[short]
