"""Arithmetic in a question's texts: `h * n * n * 4`, evaluated without `eval`.

Only numbers, the names of parameters, `+ - * / // % **` and the functions below mean anything.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

Scalar = int | float
Values = Mapping[str, Scalar]

MAX_LENGTH = 200
MAX_POWER_BITS = 1024

FUNCTIONS: dict[str, Callable[..., Scalar]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "ceil": math.ceil,
    "floor": math.floor,
}

BRACES = re.compile(r"\{\{|\}\}|\{(?P<inside>[^{}]*)\}|[{}]")
# What comes before a brace that belongs to LaTeX.
LATEX = re.compile(r"(?:\\[A-Za-z]+|[\^_}])\Z")


class ExpressionError(ValueError):
    """Says in half a sentence what is wrong with an expression."""


def evaluate(text: str, values: Values) -> Scalar:
    """The number that `text` stands for; `values` gives the names in it their numbers."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"is longer than {MAX_LENGTH} characters")
    try:
        result = _value(ast.parse(text.strip(), mode="eval").body, values)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"`{text}` is not arithmetic") from error
    except (ArithmeticError, ValueError, TypeError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError(f"`{text}` has no value: {error}") from error
    if isinstance(result, complex) or not math.isfinite(result):
        raise ExpressionError(f"`{text}` is not a finite real number")
    return result


def _value(node: ast.expr, values: Values) -> Scalar:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Name(id=name):
            known = ", ".join(values) or "none"
            raise ExpressionError(f"`{name}` is no parameter (there are: {known})")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, values)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_value(argument, values) for argument in arguments))
    allowed = ", ".join(FUNCTIONS)
    raise ExpressionError(f"may only use + - * / // % ** and {allowed}, not `{ast.unparse(node)}`")


def _power(base: Scalar, exponent: Scalar) -> Scalar:
    # A whole number grows without end: 9 ** 9 ** 9 would take the memory of the machine.
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and int(base).bit_length() * abs(exponent) > MAX_POWER_BITS:
        raise ExpressionError("holds a power that is too large")
    power: Scalar = base**exponent
    return power


OPERATORS: dict[type[ast.operator], Callable[[Scalar, Scalar], Scalar]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}


def fill(text: str, values: Values) -> str:
    """`text` with each `{expression}` replaced by its value, and doubled braces by single ones.

    A text without parameters has no expressions, and stays as it is.
    """
    if not values:
        return text
    return BRACES.sub(lambda found: _filled(found, values), text)


def _filled(found: re.Match[str], values: Values) -> str:
    if found[0] in ("{{", "}}"):
        return found[0][0]
    inside = found["inside"] or ""
    of_latex = LATEX.search(found.string, 0, found.start())
    if of_latex or not re.search(r"[A-Za-z]", inside):
        raise ExpressionError(
            f"`{of_latex[0] if of_latex else ''}{found[0]}`: write `{{{{` for a brace,"
            " and put a space between LaTeX and a parameter"
        )
    return shown(evaluate(inside, values))


def shown(number: Scalar) -> str:
    """A number as a text shows it: six digits are enough for a reader."""
    return str(number) if isinstance(number, int) else f"{number:.6g}"
