"""`make test-fast` picks tests by names: what it picks for a file of each kind."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def touched() -> Any:
    spec = importlib.util.spec_from_file_location("touched", ROOT / ".ci" / "touched.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda file: list(module.touched(Path(file)))


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("tests/test_touched.py", ["tests/test_touched.py"]),
        ("tests/tui/pages/small_texts.py", ["tests/tui/pages"]),
        ("tests/hostile/submissions/sleep.py", ["tests/hostile"]),
        ("tests/conftest.py", ["tests"]),
        ("tests/test_that_was_removed.py", []),
        ("pyproject.toml", ["tests"]),
        ("tui/named_by_no_test.py", ["tests/tui"]),
        ("README.md", []),
    ],
)
def test_what_is_picked(touched: Any, file: str, tests: list[str]) -> None:
    assert touched(file) == tests


def test_content_is_checked_where_content_is(touched: Any) -> None:
    for file in ("exercises/ch01_attention/quiz.yaml", "grader/suites/ch01_attention/softmax/x.py"):
        assert "tests/quizzes" in touched(file)
        assert "tests/grader/test_suites.py" in touched(file)


def test_every_path_exists(touched: Any) -> None:
    assert all((ROOT / test).exists() for test in touched("exercises/ch01_attention/lesson.md"))


def test_a_module_is_found_by_the_tests_that_name_it(touched: Any) -> None:
    assert "tests/test_touched.py" not in touched("grader/audit.py")
    assert "tests/grader/test_audit.py" in touched("grader/audit.py")
