"""`learn dispute`: a learner says that a verdict is wrong."""

import json
from pathlib import Path
from typing import Any

WRONG = "def softmax(x, dim=-1):\n    return x  # \\x1b\n"


def test_file_report_and_reason_are_packed_and_nothing_is_overwritten(
    warm_learn: Any, softmax: Path, folder: Path
) -> None:
    softmax.write_text(WRONG)
    for name in ("softmax.dispute.json", "softmax.dispute-2.json"):
        done = warm_learn("dispute", "softmax", "--reason", "It sums to 1.", "--seed", "7")
        assert done.returncode == 0, done.stderr
        assert f"Wrote {name}." in done.stdout
        packed = json.loads((folder / name).read_text("utf-8"))
        assert packed["files"] == {"softmax.py": WRONG}
        assert packed["reason"] == "It sums to 1."
        assert (packed["report"]["outcome"], packed["report"]["seed"]) == ("failed", 7)


def test_without_a_reason_nothing_is_written(warm_learn: Any, softmax: Path, folder: Path) -> None:
    softmax.write_text(WRONG)
    assert warm_learn("dispute", "softmax").returncode == 2
    done = warm_learn("dispute", "softmax", "--reason", " ")
    assert done.returncode == 2 and "Say why" in done.stderr
    assert not list(folder.glob("*.json"))


def test_it_does_not_replace_the_file_that_is_disputed(warm_learn: Any, softmax: Path) -> None:
    softmax.write_text(WRONG)
    done = warm_learn("dispute", "softmax", "--reason", "It is right.", "--output", softmax)
    assert done.returncode == 2 and "is read here" in done.stderr
    assert softmax.read_text() == WRONG
