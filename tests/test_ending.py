"""How a process ends that is told to (SIGTERM, Ctrl-C): a real one each, told while it does something."""

import signal
import subprocess
import sys
import time

import pytest

BEGIN = """
import asyncio, logging, os, signal, sys, threading, time
from bot import ending
logging.basicConfig(format="%(message)s")
signal.signal(signal.SIGINT, signal.SIG_IGN if "ignores" in sys.argv else signal.default_int_handler)
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
PRESSES_CTRL_C = f"""
        os.kill(os.getpid(), signal.SIGINT)
{IS_SLOW_TO_STOP}"""
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
                time.sleep(60)  # what hangs: nobody waits for it to the end
        logging.getLogger().handlers[:] = [Hanging()]
{BEGUN}
        time.sleep(60)  # it hangs as its log does
"""
END = """
    return end.status

sys.exit(asyncio.run(main()))
"""
SIGTERM, CTRL_C = signal.SIGTERM, signal.SIGINT


def ended(
    doing: str, *signals: signal.Signals, within: float = 10, ctrl_c: str = "ends it"
) -> tuple[int, list[str], str, float]:
    """Tell a process to end `within` seconds, by each signal; return its exit status, what it printed and logged, and how long it took."""
    with subprocess.Popen(
        [sys.executable, "-c", BEGIN + doing + END, str(within), ctrl_c],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        began = time.monotonic()
        first, *others = signals
        process.send_signal(first)
        told = []
        for other in others:
            told.append(process.stdout.readline())
            process.send_signal(other)
        printed, logged = process.communicate(timeout=30)
        return process.returncode, "".join([*told, printed]).splitlines(), logged, time.monotonic() - began


how_it_is_told = pytest.mark.parametrize(
    ("told", "status"), [(SIGTERM, 0), (CTRL_C, 130)], ids=["SIGTERM", "Ctrl-C"]
)


@how_it_is_told
@pytest.mark.parametrize(
    ("doing", "printed"), [(WORKS, ["tidied up"]), (STOPS_BY_ITSELF, ["stopped"])], ids=["work", "own way"]
)
def test_it_ends_well(doing: str, printed: list[str], told: signal.Signals, status: int) -> None:
    assert ended(doing, told)[:3] == (status, printed, "")


@how_it_is_told
def test_told_twice_it_still_ends_in_its_own_time(told: signal.Signals, status: int) -> None:
    assert ended(IS_SLOW_TO_STOP, told, SIGTERM)[:3] == (status, ["told", "tidied up"], "")


@pytest.mark.parametrize("told", [SIGTERM, CTRL_C], ids=["SIGTERM", "Ctrl-C"])
def test_another_ctrl_c_ends_it_at_once(told: signal.Signals) -> None:
    status, printed, logged, took = ended(HANGS, told, CTRL_C)
    # As shells tell it, that is 130, too.
    assert (status, printed, logged) == (-signal.SIGINT, ["told"], "")
    assert took < 8, "it was cut off"


def test_in_the_background_ctrl_c_is_for_others() -> None:
    assert ended(PRESSES_CTRL_C, SIGTERM, CTRL_C, ctrl_c="ignores")[:3] == (0, ["told", "tidied up"], "")


@how_it_is_told
@pytest.mark.parametrize("doing", [HANGS, HOLDS_THE_LOOP, LEAVES_A_THREAD], ids=["task", "loop", "thread"])
def test_whatever_hangs_it_ends_in_time(doing: str, told: signal.Signals, status: int) -> None:
    ended_with, _, logged, took = ended(doing, told, within=0.3)
    assert (ended_with, "cut off" in logged) == (status, True)
    # Far less than what it would have waited for.
    assert took < 20


def test_a_log_that_hangs_keeps_it_no_longer() -> None:
    status, printed, logged, took = ended(WHOSE_LOG_HANGS, SIGTERM, within=0.3)
    assert (status, printed, logged) == (0, ["asked to log"], "")
    assert took < 20
