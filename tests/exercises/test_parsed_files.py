"""What was parsed once is not parsed again until its file changes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exercises import parsed_files
from exercises.parsed_files import parsed


class Parser:
    """Gives what it is told to, and counts how often it is asked."""

    __name__ = "read"

    def __init__(self) -> None:
        self.gives: Any = {"topics": [{"id": "a", "number": 1.5, "flag": True}]}
        self.asked = 0

    def __call__(self, file: Path) -> Any:
        self.asked += 1
        return self.gives


@pytest.fixture(autouse=True)
def bytecode_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Written a minute ago."""
    made = tmp_path / "chapter.yaml"
    written(made, "topics: []")
    return made


def written(file: Path, text: str, seconds_ago: float = 60) -> None:
    file.write_text(text)
    at = time.time() - seconds_ago
    os.utime(file, (at, at))


def test_a_file_is_parsed_once_and_again_when_it_has_changed(file: Path) -> None:
    parser = Parser()
    assert [parsed(file, parser) for _ in range(3)] == [parser.gives] * 3
    assert parser.asked == 1
    written(file, "topics: 12", 30)
    parsed(file, parser)
    written(file, "topics: {}", 20)  # of the same size
    parsed(file, parser)
    assert parser.asked == 3


def test_two_readers_of_a_file_keep_what_is_theirs(file: Path) -> None:
    one, other = Parser(), Parser()
    other.__name__, other.gives = "other", []
    assert [parsed(file, one), parsed(file, other), parsed(file, one)] == [one.gives, [], one.gives]


def test_what_was_written_just_now_may_change_within_a_tick_of_the_clock(file: Path) -> None:
    parser = Parser()
    written(file, "a", 0)
    at = file.stat().st_mtime_ns
    parsed(file, parser)
    file.write_text("b")
    os.utime(file, ns=(at, at))
    parsed(file, parser)
    assert parser.asked == 2


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff" * 50, b"i\x01\x00\x00\x00"])
def test_what_is_damaged_is_made_anew(file: Path, content: bytes) -> None:
    parser = Parser()
    parsed(file, parser)
    (kept,) = (file.parent / "__pycache__").iterdir()
    kept.write_bytes(content)
    assert parsed(file, parser) == parser.gives
    parsed(file, parser)
    assert parser.asked == 2


def test_no_damaged_byte_is_taken_for_what_was_kept(file: Path) -> None:
    parser = Parser()
    parsed(file, parser)
    (kept,) = (file.parent / "__pycache__").iterdir()
    whole = kept.read_bytes()
    for place in range(len(whole)):
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        assert parsed(file, parser) == parser.gives
    assert parser.asked == 1 + len(whole)


def test_where_nothing_can_be_kept_it_is_parsed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = Parser()
    (file.parent / "__pycache__").write_text("in the way")
    assert parsed(file, parser) == parser.gives
    (file.parent / "__pycache__").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert parsed(file, parser) == parser.gives
    assert not (file.parent / "__pycache__").exists()


def test_what_cannot_be_kept_is_parsed_each_time(file: Path) -> None:
    parser = Parser()
    parser.gives = {"on": date(2017, 6, 12)}
    assert parsed(file, parser) == parsed(file, parser) == parser.gives
    assert parser.asked == 2


def test_no_parser_of_yaml_is_loaded_for_what_is_known(tmp_path: Path) -> None:
    """It takes longer than the rest of `learn next`."""
    asks = "from exercises.catalog import load_catalog; load_catalog()"
    tells = "import sys; print('yaml' in sys.modules)"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    said = [
        subprocess.run(
            [sys.executable, "-c", f"{asks}; {tells}"],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
            cwd=Path(parsed_files.__file__).parents[1],
        ).stdout.strip()
        for _ in range(2)
    ]
    assert said[1] == "False"
