"""Files are written whole or not at all, and nothing is written over by a name."""

from pathlib import Path

import pytest

from exercises.files import replaced_at_end, unused_path, write_atomically


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


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        path = unused_path(tmp_path / "softmax-1.5.py")
        path.touch()
        names.append(path.name)
    assert names == ["softmax-1.5.py", "softmax-1.5-2.py", "softmax-1.5-3.py"]
