"""The real content: every exercise of the course, held against the audit and against its stub."""

import ast
import doctest
import types
from collections.abc import Iterator

import pytest
import torch

from exercises.catalog import Exercise, load_catalog
from grader import Grader
from grader.examiner.answer_key import solution_path
from grader.proving.audit import audit, orphans
from grader.proving.audit_cache import local_cache

CATALOG = load_catalog()
each_exercise = pytest.mark.parametrize(
    "exercise", CATALOG.exercises, ids=lambda exercise: exercise.id
)
# Whose audits take a minute and more: who shares a run begins with them.
LONGEST = {
    *("beam_search", "bpe", "decoder", "decoder_layer", "encoder_layer", "gpt"),
    *("multi_head_attention_layer", "sublayer_connection", "tiled_attention", "train"),
    "transformer",
}


@pytest.mark.parametrize(
    "exercise",
    [
        pytest.param(one, marks=[pytest.mark.slow] * (one.id in LONGEST), id=one.id)
        for one in CATALOG.exercises
    ],
)
def test_the_audit_finds_no_problem(exercise: Exercise, grader: Grader) -> None:
    """The stub fails, right answers pass, and each misconception is caught and named.

    An exercise that has not changed since it passed here is not graded again; in CI all are.
    """
    found = audit(grader, CATALOG, [exercise], local_cache())
    assert found.problems == []
    assert found.exercises == found.stubs_failed == found.solutions_passed == 1
    assert found.empty_answers == found.empty_answers_failed == 5
    assert found.alternatives == found.alternatives_passed >= 2
    assert found.misconceptions == found.caught == found.named >= 4


def test_no_file_is_without_its_exercise() -> None:
    """What the audit of all exercises at once asks besides."""
    assert list(orphans(CATALOG)) == []


@each_exercise
def test_the_stubs_examples_hold_for_the_solution(exercise: Exercise) -> None:
    module = types.ModuleType(exercise.id)
    source = solution_path(exercise).read_text("utf-8")
    exec(compile(source, f"{exercise.id}.py", "exec"), module.__dict__)
    stub = ast.parse(exercise.stub.read_text("utf-8"))
    said: list[str] = []
    tried = 0
    for name, text in docstrings(stub):
        torch.manual_seed(0)
        example = doctest.DocTestParser().get_doctest(
            text, dict(vars(module)), name, str(exercise.stub), 0
        )
        result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(
            example, out=said.append
        )
        tried += result.attempted
    assert not said, "".join(said)
    assert tried, "The stub shows no example."


@pytest.mark.parametrize(
    "exercise", [pytest.param(e, id=e.id) for e in CATALOG.exercises if e.forbidden]
)
def test_what_is_forbidden_is_said_in_the_stub(exercise: Exercise) -> None:
    """Nobody learns of a rule from having broken it."""
    stub = exercise.stub.read_text("utf-8").lower()
    assert "off limits" in stub or "not allowed here" in stub


@each_exercise
def test_the_solution_is_the_stub_filled_in(exercise: Exercise) -> None:
    """The same names, signatures and docstrings, whatever the bodies hold."""
    stub = dict(definitions(ast.parse(exercise.stub.read_text("utf-8"))))
    solution = dict(definitions(ast.parse(solution_path(exercise).read_text("utf-8"))))
    assert stub == {name: solution.get(name) for name in stub}
    assert set(exercise.entry) <= set(stub)


def docstrings(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield getattr(node, "name", "module"), ast.get_docstring(node) or ""


def definitions(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each function and class by its full name: its signature and its docstring."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            returns = ast.unparse(node.returns) if node.returns else ""
            head = f"({ast.unparse(node.args)}) -> {returns}"
            yield f"{prefix}{node.name}", f"{head}\n{ast.get_docstring(node)}"
        elif isinstance(node, ast.ClassDef):
            bases = ", ".join(map(ast.unparse, node.bases))
            yield f"{prefix}{node.name}", f"({bases})\n{ast.get_docstring(node)}"
            yield from definitions(node, f"{prefix}{node.name}.")
