"""`make test-fast` picks tests by names: what it picks for a file of each kind."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("touched", ROOT / ".ci" / "touched.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def touched(script: Any) -> Any:
    return lambda file: list(script.touched(Path(file)))


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
        ("tui/app/screens/named_by_no_test.py", ["tests/tui/test_screens.py"]),
        ("README.md", []),
    ],
)
def test_what_is_picked(touched: Any, file: str, tests: list[str]) -> None:
    assert touched(file) == tests


def test_content_is_checked_where_content_is(touched: Any) -> None:
    for file in (
        "exercises/ch01_attention/lesson.md",
        "quizzes/ch01_attention/quiz.yaml",
        "exercises/ch01_attention/softmax.py",
        "grader/suites/ch01_attention/softmax/misconceptions.yaml",
    ):
        assert "tests/exercises" in touched(file)
        of_an_exercise = file.endswith("softmax.py") or "suites" in file
        assert ("tests/grader/test_suites.py" in touched(file)) == of_an_exercise
        assert ("tests/quizzes" in touched(file)) != of_an_exercise


def test_a_module_that_no_test_names_is_tested_by_who_uses_it(touched: Any) -> None:
    """Not by all tests of a package as large as the terminal, and never by the audit."""
    assert "tests/tui/test_math.py" in touched("tui/latex/atoms.py")
    assert "tests/tui/test_screens.py" in touched("tui/app/widgets/verdict.py")
    for module in sorted((ROOT / "tui" / "app").rglob("[a-z]*.py")):
        assert "tests/tui" not in touched(module.relative_to(ROOT))
    assert "tests/grader/test_suites.py" not in touched("grader/proving/audit.py")


def test_what_uses_a_package_from_elsewhere_does_not_test_it(touched: Any) -> None:
    """No test names the reader of YAML, and the whole course uses it."""
    assert all(test.startswith("tests/exercises") for test in touched("exercises/yaml_mapping.py"))
    assert all(test.startswith("tests/exercises") for test in touched("exercises/catalog.py"))


def test_every_path_exists(touched: Any) -> None:
    files = ("exercises/ch01_attention/lesson.md", "grader/suites/x.py", "tui/app/styles/map.tcss")
    assert all((ROOT / test).exists() for file in files for test in touched(file))


def test_a_module_is_found_by_the_tests_that_name_it(touched: Any) -> None:
    assert "tests/test_touched.py" not in touched("grader/proving/audit.py")
    assert "tests/grader/test_audit.py" in touched("grader/proving/audit.py")
    assert touched("tui/progress/progress.py") == ["tests/tui/test_progress.py"]


def test_a_test_of_another_module_of_that_name_is_not_meant(touched: Any) -> None:
    """There are masks of the reference, and the figures of them."""
    assert touched("reference/masks.py") == ["tests/reference/test_masks.py"]
    assert touched("reference/figures/masks.py") == ["tests/reference/test_lab_figures.py"]


def test_the_face_of_a_package_is_not_its_every_module(touched: Any) -> None:
    assert "tests/tui" not in touched("tui/__init__.py")


def test_no_test_runs_twice_and_the_audit_only_for_the_content(script: Any) -> None:
    audit = "tests/grader/test_suites.py"
    assert script.arguments(set()) == []
    both = {"tests/grader", "tests/grader/test_cli.py", "tests/tui/test_math.py"}
    chosen = ["tests/grader", "tests/tui/test_math.py"]
    assert script.arguments(both) == [*chosen, f"--ignore={audit}"]
    assert script.arguments(both | {audit}) == chosen
    assert script.arguments({audit}) == [audit]
