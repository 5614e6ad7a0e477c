"""How the time that something takes grows with what it is done to, whatever else the machine has to do."""

import time
from collections.abc import Callable

TIMES = 3
LINEAR = 8
"""What growth stays below where a text is four times as long: linear work takes four times as long, quadratic sixteen."""


def growth(work: Callable[[str], object], short: str, long: str) -> float:
    """Return how many times as long work takes for a long text as for a short one: the least of some tries each."""
    least = {short: float("inf"), long: float("inf")}
    for text in [short, long] * TIMES:
        before = time.thread_time()
        work(text)
        least[text] = min(least[text], time.thread_time() - before)
    return least[long] / least[short]
