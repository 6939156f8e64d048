"""What a long proof of one exercise may leave out: only what has passed here, and is as it was."""

from pathlib import Path

import pytest

from exercises.catalog import Exercise, load_catalog
from tests.unchanged import skipped_while_unchanged

SOFTMAX, COSTS = map(load_catalog().exercise, ("softmax", "layer_costs"))


def test_what_has_passed_is_skipped_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    answers, made = tmp_path / "answers", []
    answers.mkdir()
    (answers / "softmax.py").write_text("def softmax(x, dim): ...")

    def outcomes(*exercises: Exercise) -> list[str]:
        """Of a run of its own, as each `make test` is one."""

        @skipped_while_unchanged(answers)
        def proof(exercise: Exercise) -> None:
            made.append(exercise)
            assert "wrong" not in (answers / "softmax.py").read_text()

        found = []
        for exercise in exercises:
            try:
                proof(exercise=exercise)
                found.append("passed")
            except AssertionError:
                found.append("failed")
            except pytest.skip.Exception:
                found.append("skipped")
        return found

    assert outcomes(SOFTMAX) == ["passed"]
    assert outcomes(SOFTMAX, COSTS) == ["skipped", "passed"]
    (answers / "softmax.py").write_text("wrong")
    assert outcomes(SOFTMAX) == outcomes(SOFTMAX) == ["failed"]
    (answers / "softmax.py").write_text("right")
    assert outcomes(SOFTMAX) == ["passed"]
    monkeypatch.setenv("CI", "true")
    assert outcomes(SOFTMAX, COSTS) == ["passed", "passed"]
    assert len(made) == 7
