"""`make fuzz`: read generated and broken feeds, and say for which seeds something is wrong.

FUZZ="--count 200000 --seed 0" chooses how many, and from which seed on.
"""

import argparse
import sys
import time
from itertools import islice
from multiprocessing import get_context

from tests.fuzzing import faults

_PROGRESS = 10_000
"""Documents after which it says how far it is."""
_SLOW = 2.0
"""Seconds of processor time for one small document that are a fault."""


def judged(seed: int) -> tuple[int, list[str]]:
    """Return a seed and what is wrong with its document, exceptions and slowness included."""
    start = time.process_time()
    try:
        found = faults(seed)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        found = [f"raised {error!r}"]
    if time.process_time() - start > _SLOW:
        found.append("slow")
    return seed, found


def main() -> None:
    """Read them all; exit status 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=None)
    asked = parser.parse_args()
    wrong = 0
    start = time.perf_counter()
    with get_context("spawn").Pool(asked.processes) as pool:
        results = pool.imap_unordered(judged, range(asked.seed, asked.seed + asked.count), chunksize=100)
        read = 0
        while batch := list(islice(results, _PROGRESS)):
            read += len(batch)
            for seed, found in batch:
                wrong += bool(found)
                if found:
                    sys.stdout.write(f"seed {seed}: {'; '.join(found[:3])}\n")
            sys.stdout.write(f"{read:,} read, {wrong} wrong, {time.perf_counter() - start:.0f} s\n")
            sys.stdout.flush()
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
