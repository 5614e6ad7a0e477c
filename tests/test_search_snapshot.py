"""The headline index in a file: what is read is what was written, or nothing at all."""

import json
import os
import subprocess
import sys
import zlib
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search import Headlines, Row, parse_query, snapshot
from bot.search.snapshot import Unusable

HEADLINES = (
    "Syria talks resume in Geneva",
    "Oil prices climb as Syria talks stall, and talks on talks",
    "Erdoğan meets Merkel over refugees",
    "中国経済が減速",
    "Война и мир в новом театре",
    "?!",
)


def _rows(headlines: Sequence[str] = HEADLINES) -> list[Row]:
    return [
        Row(at, headline, 1_000 - at, source=("A\n“B”" if at % 2 else None), published=at if at % 3 else None)
        for at, headline in enumerate(headlines, 1)
    ]


@pytest.fixture
def index() -> Headlines:
    return Headlines.build(_rows())


@pytest.fixture
def file(index: Headlines, tmp_path: Path) -> Path:
    path = tmp_path / "headlines.snapshot"
    snapshot.write(path, index.columns(), store="this", position=7)
    return path


def _state(thing: Any) -> Any:
    """Take an index apart, down to what compares by value."""
    match thing:
        case np.ndarray():
            return [str(thing.dtype), *thing.tolist()]
        case array():
            return thing.tolist()
        case list() | tuple() | set():
            return [_state(part) for part in thing]
        case dict():
            return {key: _state(value) for key, value in thing.items()}
        case _ if type(thing).__module__.startswith("bot.search."):
            return {name: _state(value) for name, value in vars(thing).items()}
        case _:
            return thing


@pytest.mark.parametrize("headlines", [HEADLINES, HEADLINES[:1], ("",), ()])
def test_nothing_of_an_index_is_left_out(headlines: Sequence[str], tmp_path: Path) -> None:
    """A column that is added to the index and not to the snapshot fails here."""
    index = Headlines.build(_rows(headlines))
    path = tmp_path / "new folder" / "headlines.snapshot"
    snapshot.write(path, index.columns(), store="this", position=7)
    restored, position = snapshot.read(path, store="this")
    assert _state(restored) == _state(index)
    assert position == 7
    restored.put([Row(1, "Floods in Peru", 5)])
    assert [match.id for match in restored.search(parse_query("peru"), 5).hits] == [1]


_WORDS = st.lists(st.sampled_from("syria siria talks oil the 2019".split()), max_size=4).map(" ".join)
_CHANGES = st.lists(
    st.one_of(st.builds(Row, st.integers(1, 9), _WORDS, st.integers(0, 3)), st.integers(1, 9)), max_size=20
)


@given(_CHANGES, _CHANGES)
def test_changes_since_the_build_are_not_part_of_it_and_can_be_made_again(
    before: list[Row | int], after: list[Row | int]
) -> None:
    index = Headlines.build(row for row in before if isinstance(row, Row))
    columns = index.columns()
    apart = {name: column.copy() for name, column in columns.items()}
    _apply(index, after)
    later = index.columns()
    for name, column in apart.items():
        assert np.array_equal(columns[name], column), name
        # Names of sources may come; they are of no harm.
        assert name == "sources.names" or np.array_equal(later[name], column), name
    restored = Headlines.restored(apart)
    _apply(restored, after)
    for text in ("syria", "siria talks", "oil the", "20"):
        assert restored.search(parse_query(text), 9) == index.search(parse_query(text), 9)


def _apply(index: Headlines, changes: Sequence[Row | int]) -> None:
    for change in changes:
        if isinstance(change, Row):
            index.put([change])
        else:
            index.drop([change])


def test_every_damaged_byte_is_noticed(file: Path) -> None:
    whole = file.read_bytes()
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        with pytest.raises(Unusable):
            snapshot.read(file, store="this")


def test_a_file_cut_short_or_grown_is_noticed(file: Path) -> None:
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(Unusable):
            snapshot.read(file, store="this")
    file.write_bytes(whole + b"\0")
    with pytest.raises(Unusable, match="cut short"):
        snapshot.read(file, store="this")


def _rewritten(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the description of a file and give it the right checksum."""
    _, line, columns = file.read_bytes().split(b"\n", 2)
    described = json.loads(line)
    change(described)
    line = json.dumps(described).encode()
    file.write_bytes(
        b"newsdesk headlines %d %d\n" % (snapshot.FORMAT, zlib.crc32(line)) + line + b"\n" + columns
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda described: described.update(store="that"), "another store"),
        (lambda described: described.update(normaliser=0), "other rules"),
        (lambda described: described.pop("position"), "another format"),
        (lambda described: described["columns"][0].__setitem__(0, "rows.more"), "another format"),
        (lambda described: described["columns"][0].__setitem__(0, "more"), "another format"),
        (lambda described: described["columns"][0].__setitem__(1, "|O"), "another format"),
        (lambda described: described["columns"][0].__setitem__(1, "<f8"), "another format"),
        (lambda described: described["columns"][0].__setitem__(2, 10**15), "cut short"),
        (lambda described: described.update(columns=None), "another format"),
        (lambda described: described.clear(), "another format"),
        (lambda _: None, None),
    ],
)
def test_what_is_not_ours_is_not_read(
    file: Path, change: Callable[[dict[str, Any]], None], why: str | None
) -> None:
    _rewritten(file, change)
    if why is None:
        assert snapshot.read(file, store="this")[1] == 7
        return
    with pytest.raises(Unusable, match=why):
        snapshot.read(file, store="this")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"PK\x03\x04", b"newsdesk headlines", b"newsdesk headlines 1 x\n\n"]
)
def test_a_foreign_file_is_not_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    with pytest.raises(Unusable):
        snapshot.read(path, store="this")
    path.unlink()
    with pytest.raises(FileNotFoundError):
        snapshot.read(path, store="this")
    path.mkdir()
    with pytest.raises(Unusable):
        snapshot.read(path, store="this")


_WRITE_UNTIL_KILLED = """
import os, signal, sys
from pathlib import Path
from bot.search import Headlines, Row, snapshot

def stand_still(_descriptor):
    print("written", flush=True)
    signal.pause()

os.fsync = stand_still
index = Headlines.build([Row(1, "Floods in Peru", 5)])
snapshot.write(Path(sys.argv[1]), index.columns(), store="this", position=8)
"""


def test_a_process_that_is_killed_while_writing_leaves_the_old_one(file: Path, index: Headlines) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WRITE_UNTIL_KILLED, file], stdout=subprocess.PIPE, text=True
    ) as writing:
        assert writing.stdout is not None
        assert writing.stdout.readline() == "written\n"
        writing.kill()
    restored, position = snapshot.read(file, store="this")
    assert (len(restored), position) == (len(HEADLINES), 7)
    (left,) = set(file.parent.iterdir()) - {file}
    # Another process may be writing it: only what is old is swept away.
    snapshot.write(file, index.columns(), store="this", position=9)
    assert left.exists()
    os.utime(left, (0, 0))
    snapshot.write(file, index.columns(), store="this", position=9)
    assert list(file.parent.iterdir()) == [file]


def test_a_write_that_fails_leaves_nothing_behind(
    file: Path, index: Headlines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        snapshot.write(file, index.columns(), store="this", position=8)
    assert list(file.parent.iterdir()) == [file]
    assert snapshot.read(file, store="this")[1] == 7
