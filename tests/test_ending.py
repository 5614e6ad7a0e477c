"""How a process ends that is told to (SIGTERM): a real one each, told while it does something."""

import signal
import subprocess
import sys
import time

import pytest

BEGIN = """
import asyncio, logging, os, signal, sys, threading, time
from bot import ending
logging.basicConfig(format="%(message)s")
ending.ENDED_WITHIN = float(sys.argv[1])

async def main():
    async with ending.told_to_end() as end:
"""
BEGUN = """
        print("begun", flush=True)
"""
WORKS = f"""{BEGUN}
        try:
            await asyncio.sleep(60)
        finally:
            print("tidied up", flush=True)
"""
STOPS_BY_ITSELF = """
        stopped = asyncio.Event()
        end.stop = stopped.set
        print("begun", flush=True)
        await stopped.wait()
        print("stopped", flush=True)
"""
IS_SLOW_TO_STOP = f"""{BEGUN}
        try:
            await asyncio.sleep(60)
        finally:
            print("told", flush=True)
            await asyncio.sleep(0.15)
            print("tidied up", flush=True)
"""
HANGS = f"""{BEGUN}
        try:
            await asyncio.sleep(60)
        finally:
            print("told", flush=True)
            await asyncio.sleep(60)
"""
HOLDS_THE_LOOP = f"""{BEGUN}
        print("told", flush=True)
        time.sleep(60)  # what hangs: it is cut off long before
"""
LEAVES_A_THREAD = f"""{BEGUN}
        threading.Thread(target=time.sleep, args=[60]).start()
        await asyncio.sleep(60)
"""
WHOSE_LOG_HANGS = f"""
        class Hanging(logging.Handler):
            def emit(self, record):
                print("asked to log", flush=True)
                time.sleep(60)
        logging.getLogger().handlers[:] = [Hanging()]
{BEGUN}
        time.sleep(60)  # it hangs as its log does
"""
END = "asyncio.run(main())\n"


def ended(doing: str, times: int = 1, within: float = 10) -> tuple[int, list[str], str, float]:
    """Tell a process so often to end `within` seconds; return its exit status, what it printed and logged, and how long it took."""
    with subprocess.Popen(
        [sys.executable, "-c", BEGIN + doing + END, str(within)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        told = []
        for _ in range(times - 1):
            told.append(process.stdout.readline())
            process.send_signal(signal.SIGTERM)
        printed, logged = process.communicate(timeout=30)
        return process.returncode, "".join([*told, printed]).splitlines(), logged, time.monotonic() - began


@pytest.mark.parametrize(
    ("doing", "printed"), [(WORKS, ["tidied up"]), (STOPS_BY_ITSELF, ["stopped"])], ids=["work", "own way"]
)
def test_it_ends_well(doing: str, printed: list[str]) -> None:
    assert ended(doing)[:3] == (0, printed, "")


def test_told_twice_it_still_ends_in_its_own_time() -> None:
    assert ended(IS_SLOW_TO_STOP, times=2)[:3] == (0, ["told", "tidied up"], "")


@pytest.mark.parametrize("doing", [HANGS, HOLDS_THE_LOOP, LEAVES_A_THREAD], ids=["task", "loop", "thread"])
def test_whatever_hangs_it_ends_in_time(doing: str) -> None:
    status, _, logged, took = ended(doing, within=0.3)
    assert (status, "cut off" in logged) == (0, True)
    # Far less than what it would have waited for.
    assert took < 20


def test_a_log_that_hangs_keeps_it_no_longer() -> None:
    status, printed, logged, took = ended(WHOSE_LOG_HANGS, within=0.3)
    assert (status, printed, logged) == (0, ["asked to log"], "")
    assert took < 20
