"""How a desk is."""

from dataclasses import dataclass
from pathlib import Path

from bot.store import records


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What is in the store and how fresh the index in memory is."""

    store: records.Stats
    indexed: int
    """Headlines in memory, stubs included."""
    behind: int
    """Changes in the store that the index in memory has not seen."""
    database: str
    """The database's URL without its password."""
    data_dir: Path
    version: str
