"""The arithmetic of parameters: what it computes, and all that it refuses."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.questions.expressions import ExpressionError, evaluate, fill

VALUES = {"n": 8, "d": 0.5}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3 * 4", 14),
        ("n ** 2 // 3 % 5", 1),
        ("-n + +1", -7),
        ("n / 16", 0.5),
        ("min(n, 3) + max(n, 3, 9) + abs(-2)", 14),
        ("sqrt(n * 2)", 4.0),
        ("exp(0) + log(1)", 1.0),
        ("log(n, 2)", 3.0),
        ("ceil(n * d / 3) + floor(2.9)", 4),
        ("2 ** -1", 0.5),
    ],
)
def test_values(text: str, value: float) -> None:
    result = evaluate(text, VALUES)
    assert result == pytest.approx(value)
    assert isinstance(result, int) == isinstance(value, int)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2 +",
        "m",
        "n.real",
        "n.__class__",
        "__import__('os')",
        "(lambda: 1)()",
        "[1][0]",
        "'a' * 9",
        "True",
        "n if n else 1",
        "n < 3",
        "n and 2",
        "min(*[1])",
        "min(a=1)",
        "sqrt",
        "sqrt(-1)",
        "(-8) ** 0.5",
        "1 / 0",
        "log(0)",
        "exp(1000)",
        "9 ** 9 ** 9",
        "2 ** 10000",
        "1e999",
        "sqrt(1, 2)",
        "n @ n",
        "1 << 9",
        "1j",
        "(" * 300 + ")" * 300,
        "1" * 300,
        "1;2",
        "x := 3",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, VALUES)


@given(st.text(max_size=60))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    try:
        value = evaluate(text, VALUES)
    except ExpressionError:
        return
    assert math.isfinite(value)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{n} tokens", "8 tokens"),
        ("{n * d} and {d}", "4 and 0.5"),
        (r"$\frac{{1}}{{2}}$", r"$\frac{1}{2}$"),
        (r"$x^{{{n}}}$", "$x^{8}$"),
        ("{{n}}", "{n}"),
        ("{n / 3}", "2.66667"),
    ],
)
def test_filled(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


@pytest.mark.parametrize("text", [r"\sqrt{n}", "x^{n}", "x_{n}", r"\frac{{1}}{n}", "{1}", "{", "}"])
def test_a_brace_of_latex_is_never_taken_for_a_parameter(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"write `\{\{` for a brace"):
        fill(text, VALUES)


def test_without_parameters_a_text_stays_as_it_is() -> None:
    assert fill(r"\frac{1}{2} {x", {}) == r"\frac{1}{2} {x"
