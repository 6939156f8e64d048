"""Every answer that can be computed is computed here, with torch and the reference model."""

import ast
import contextlib
import io
import math
from typing import Any

import pytest
import torch

import reference
from quizzes.bank import load_bank
from quizzes.questions.question import Asked, BadAnswer, Choices, Output, Question

SEEDS = range(10)
QUESTIONS = [*load_bank().questions, *load_bank().prerequisites]


def seeds(question: Question) -> range:
    return SEEDS if question.parameters else range(1)


def value_of(proof: str, values: dict[str, Any]) -> Any:
    """Run all of `proof`; returns what its last expression gives."""
    torch.manual_seed(0)
    names = {"torch": torch, "math": math, "reference": reference} | values
    *statements, last = ast.parse(proof).body
    assert isinstance(last, ast.Expr), "a proof ends with an expression"
    exec(compile(ast.Module(statements, []), "proof", "exec"), names)
    result = eval(compile(ast.Expression(last.value), "proof", "eval"), names)
    return result.item() if isinstance(result, torch.Tensor) and result.ndim == 0 else result


def as_typed(asked: Asked, value: Any) -> str:
    if asked.kind == "shape" and not isinstance(value, bool | int):
        return str(tuple(value))
    return value if isinstance(value, str) else repr(value)


def holds(asked: Asked, value: Any) -> bool:
    """Whether the value of a proof says what the question says."""
    if isinstance(asked.body, Choices):
        right = {option.text for option in asked.body.options if option.right}
        if isinstance(value, str):
            return {value} == right
        return value is True or (isinstance(value, list | tuple | set) and set(value) == right)
    if asked.kind in ("order", "match"):
        return value is True
    try:
        return asked.check(as_typed(asked, value)).right
    except BadAnswer:
        return False


@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if q.proof], ids=lambda question: question.id
)
def test_proof(question: Question) -> None:
    assert question.proof
    for seed in seeds(question):
        asked = question.draw(seed)
        value = value_of(question.proof, dict(asked.values))
        assert holds(asked, value), f"{asked.values}: the proof gives {value!r}"


@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if q.kind == "output"], ids=lambda question: question.id
)
def test_output(question: Question) -> None:
    for seed in seeds(question):
        asked = question.draw(seed)
        assert isinstance(asked.body, Output)
        torch.manual_seed(0)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(asked.body.code, question.id, "exec"), {"__name__": "__main__"})
        assert asked.check(printed.getvalue()).right, f"it prints {printed.getvalue()!r}"


def test_a_wrong_proof_would_be_noticed() -> None:
    for question in QUESTIONS:
        asked = question.draw(0)
        assert not holds(asked, False)
        if question.kind in ("number", "shape"):
            assert not holds(asked, -12345 if question.kind == "number" else (9, 9, 9, 9, 9))


def test_what_can_be_computed_is_proved() -> None:
    """Numbers and shapes can always be computed."""
    bare = [q.id for q in QUESTIONS if q.kind in ("number", "shape") and not q.proof]
    assert bare == []
