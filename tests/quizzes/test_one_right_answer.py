"""One right answer in every draw: no option is true by accident, no wrong formula fits."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
import torch

import reference
from quizzes.bank import load_bank
from quizzes.questions.free_response import Typed
from quizzes.questions.question import Asked, BadAnswer, Choices, Question

BANK = load_bank()
QUESTIONS = [*BANK.questions, *BANK.prerequisites]
ORDERS = range(20)  # of the same parts, shuffled

EXAMPLE = re.compile(r", as (?P<examples>.+?)(?:, or none)?\.(?:$| )")


def chosen(*wanted: bool) -> Any:
    kept = [question for question, keep in zip(QUESTIONS, wanted, strict=True) if keep]
    return pytest.mark.parametrize("question", kept, ids=lambda question: question.id)


def draws(question: Question) -> Iterator[Asked]:
    """One for each combination of its parameters."""
    for numbers in itertools.product(*question.parameters.values()):
        one_each = {n: (v,) for n, v in zip(question.parameters, numbers, strict=True)}
        yield dataclasses.replace(question, parameters=one_each).draw(0)


def is_right(asked: Asked, typed: str) -> bool:
    try:
        return asked.check(typed).right
    except BadAnswer:
        return False


@chosen(*(isinstance(question.body, Typed) for question in QUESTIONS))
def test_no_known_mistake_gives_the_right_answer(question: Question) -> None:
    for asked in draws(question):
        assert isinstance(asked.body, Typed)
        for mistake in asked.body.wrong:
            typed = ", ".join(mistake.answer) or "()"
            assert not is_right(asked, typed), f"{asked.values}: {typed} is right: {mistake.why}"


@chosen(*(True for _ in QUESTIONS))
def test_the_example_of_how_to_answer_is_no_answer(question: Question) -> None:
    for asked in [*draws(question), *(question.draw(seed) for seed in ORDERS)]:
        for example in examples_in(asked.form):
            assert not is_right(asked, example), f"{asked.values}: {asked.form}"


@chosen(*(question.kind in ("number", "shape") for question in QUESTIONS))
def test_the_examples_after_a_bad_answer_are_no_answers(question: Question) -> None:
    for asked in draws(question):
        with pytest.raises(BadAnswer) as error:
            asked.check("what?")
        for example in examples_in(str(error.value)):
            assert not is_right(asked, example), f"{asked.values}: {error.value}"


def examples_in(form: str) -> list[str]:
    """`as 42, 0.5 or 2**10` are three numbers, and `as 11, 13` is one shape or three."""
    if not (found := EXAMPLE.search(form)):
        return []
    together = found["examples"]
    return [together, *re.split(r", | or |; ", together)]


COMPUTABLE = [
    isinstance(question.body, Choices) and any(option.holds for option in question.body.options)
    for question in QUESTIONS
]


@chosen(*COMPUTABLE)
def test_exactly_the_options_that_are_marked_hold(question: Question) -> None:
    for asked in draws(question):
        assert isinstance(asked.body, Choices)
        names = after_running(question.proof or "0", dict(asked.values))
        for option in asked.body.options:
            if option.holds is not None:
                says = bool(eval(option.holds, names))
                assert says == option.right, f"{asked.values}: {option.text}"


def after_running(proof: str, values: dict[str, Any]) -> dict[str, Any]:
    """What the statements of a proof have computed."""
    torch.manual_seed(0)
    names = {"torch": torch, "math": math, "reference": reference} | values
    *statements, _ = ast.parse(proof).body
    exec(compile(ast.Module(statements, []), "proof", "exec"), names)
    return names


def test_there_are_options_that_are_computed() -> None:
    assert sum(COMPUTABLE) >= 20


def test_a_collision_would_be_noticed() -> None:
    """As in a question that once had (a + b + c) / 3 for a mistake, and drew 0.4, 0.2 and 0.15."""
    question = next(q for q in QUESTIONS if q.id == "the-weight-that-is-left")
    drawn = dataclasses.replace(question, parameters={"a": (0.4,), "b": (0.2,), "c": (0.15,)})
    with pytest.raises(AssertionError, match="no average of the others"):
        test_no_known_mistake_gives_the_right_answer(drawn)
