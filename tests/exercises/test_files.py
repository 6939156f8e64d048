"""Files are written whole or not at all, and nothing is written over by a name."""

import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exercises.files import (
    all_or_none,
    replaced_at_end,
    unused_path,
    write_all,
    write_atomically,
    write_output,
)


def test_a_write_that_fails_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    write_atomically(file, b"old")
    with pytest.raises(OSError), replaced_at_end(file) as temporary:
        temporary.write_bytes(b"ne")
        raise OSError("the disk is full")
    assert file.read_bytes() == b"old"
    write_atomically(file, b"new")
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]


ROOM = 4096


@contextmanager
def little_room() -> Iterator[None]:
    """No file may grow beyond so many bytes: as on a disk that is nearly full.

    Not for longer than the call: pytest's own output may be such a file.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("old", [b"old", None])
def test_without_room_there_is_no_half_file(tmp_path: Path, old: bytes | None) -> None:
    file = tmp_path / "report.json"
    if old:
        file.write_bytes(old)
    with pytest.raises(OSError), little_room():
        write_output(file, b"x" * (ROOM + 1))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([old] if old else [])


def test_files_that_belong_together_are_all_there_or_none(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    old = tmp_path / "there" / "old.txt"
    old.write_bytes(b"old")
    new = {old: b"new", tmp_path / "there" / "a": b"", tmp_path / "x" / "y" / "b": b"b"}
    with pytest.raises(OSError), little_room():
        write_all({**new, tmp_path / "x" / "c": b"x" * (ROOM + 1)})
    with pytest.raises(ValueError), all_or_none(new):
        raise ValueError("what was written is no course")
    assert {path: path.is_dir() or path.read_bytes() for path in tmp_path.rglob("*")} == {
        old.parent: True,
        old: b"old",
    }
    write_all(new)
    assert {path: path.read_bytes() for path in new} == new


def test_an_error_names_the_file_that_one_knows(tmp_path: Path) -> None:
    """Not the one beside it, to which is written first."""
    file = tmp_path / "report.json"
    for name, content in ((tmp_path / "none" / "x", b""), (file, b"x" * (ROOM + 1))):
        with pytest.raises(OSError) as caught, little_room():
            write_atomically(name, content)
        assert str(caught.value.filename) == str(name)


def test_an_output_goes_where_its_name_leads(tmp_path: Path) -> None:
    """Through a link; and a device or a pipe stays what it is."""
    file, link, pipe = tmp_path / "file", tmp_path / "link", tmp_path / "pipe"
    file.touch(0o600)
    link.symlink_to("file")
    write_output(link, b"new")
    assert (file.read_bytes(), link.is_symlink()) == (b"new", True)
    assert file.stat().st_mode & 0o777 == 0o600

    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_output(pipe, b"through")
    reader.join()
    assert (read, pipe.is_fifo()) == ([b"through"], True)


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        path = unused_path(tmp_path / "softmax-1.5.py")
        path.touch()
        names.append(path.name)
    assert names == ["softmax-1.5.py", "softmax-1.5-2.py", "softmax-1.5-3.py"]
