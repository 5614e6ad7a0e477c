"""How much memory a process with a desk holds: `python -m benchmarks.resident`, over NEWSDESK_DATA_DIR."""

import asyncio
import gc
import resource
import sys
from pathlib import Path

from bot.desk import Desk
from bot.search import parse_query
from bot.settings import read_settings


def megabytes() -> float:
    """Return what this process holds now; where the system does not say, the most that it ever held."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmRSS"].split()[0]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, the others kilobytes.
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


async def _main() -> None:
    async with Desk.open(read_settings()) as desk:
        await desk.search(parse_query("syria"))
        gc.collect()
        print(megabytes())  # noqa: T201 - what it is for


if __name__ == "__main__":
    asyncio.run(_main())
