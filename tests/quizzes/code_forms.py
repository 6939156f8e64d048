"""Code by its form: what it computes, without names of locals, numbers, keyword arguments, spaces.

`torch.exp(x - x.amax(dim=1))` and `(s - s.max()).exp()` have one form.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MODULES = {"torch", "F", "nn", "math", "functional", "linalg"}
MAKERS = {"tensor", "ones", "zeros", "full", "randn", "rand", "arange", "eye"}
SAME = {"amax": "max", "transpose": "T", "matmul": "MatMult", "bmm": "MatMult"}

BLOCK = re.compile(r"```[^\n]*\n(?P<block>.*?)```", re.DOTALL)
PIECE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Form:
    """`size` counts the operations."""

    text: str
    size: int = 0


LEAF = Form("_")


def form(node: ast.AST, known: Mapping[str, Form]) -> Form:
    """`known` holds the forms of locals, where a line is to be seen through them."""
    match node:
        case ast.Name(id=name):
            return known.get(name, LEAF)
        case ast.Attribute(attr="T" | "mT", value=value):
            return _operation("T", form(value, known))
        case ast.Constant() | ast.Attribute():
            return LEAF
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() | ast.Attribute()):
            return LEAF
        case ast.Call(func=func, args=[ast.Constant(value=str(sum_of)), *factors]):
            name, called_on = _callee(func)
            if name == "einsum":  # the letters say what three operations would
                parts = [form(factor, known) for factor in factors]
                return _operation(f"einsum {_lettered(sum_of)}", *parts, Form("", 2))
            return _operation(name, *(form(part, known) for part in [*called_on, *factors]))
        case ast.Call(func=func, args=arguments):
            name, called_on = _callee(func)
            if name in MAKERS:
                return LEAF
            given = [*called_on, *(a for a in arguments if not _is_number(a))]
            return _operation(name, *(form(part, known) for part in given))
        case ast.BinOp(left=left, op=op, right=right):
            return _operation(type(op).__name__, form(left, known), form(right, known))
        case ast.UnaryOp(op=op, operand=operand):
            return _operation(type(op).__name__, form(operand, known))
        case ast.Subscript(value=value, slice=taken):
            adds = any(isinstance(p, ast.Constant) and p.value is None for p in ast.walk(taken))
            return _operation("unsqueeze" if adds else "part", form(value, known), _counted(taken))
    parts = [form(child, known) for child in ast.iter_child_nodes(node)]
    inside = ", ".join(part.text for part in parts)
    return Form(f"{type(node).__name__}({inside})", sum(part.size for part in parts))


def _operation(name: str, *parts: Form) -> Form:
    inside = ", ".join(part.text for part in parts if part.text)
    return Form(f"{SAME.get(name, name)}({inside})", 1 + sum(part.size for part in parts))


def _counted(taken: ast.expr) -> Form:
    """The arithmetic in a slice is work as well, though what it gives is a number."""
    return Form("", sum(isinstance(part, ast.BinOp) for part in ast.walk(taken)))


def _lettered(sum_of: str) -> str:
    """`bhtd,hde->bhte` with its letters in the order in which they come."""
    met = list(dict.fromkeys(re.findall(r"[a-zA-Z]", sum_of)))
    return re.sub(r"[a-zA-Z]", lambda letter: chr(97 + met.index(letter[0])), sum_of)


def _callee(func: ast.expr) -> tuple[str, list[ast.expr]]:
    """The last part of its name, and what it is called on unless that is a module."""
    match func:
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
            return name, [] if owner in MODULES else [func.value]
        case ast.Attribute(value=value, attr=name):
            return name, [value]
        case ast.Name(id=name):
            return name, []
    return "call", [func]


def _is_number(node: ast.expr) -> bool:
    return not any(isinstance(part, ast.Name) for part in ast.walk(node))


def value_of(statement: ast.AST) -> ast.expr | None:
    match statement:
        case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.Expr(value=value):
            return value
        case ast.Return(value=value):
            return value
    return None


def seen_through(statements: list[ast.stmt]) -> Iterator[Form]:
    """Each value with what the locals before it stand for; a function is read by itself."""
    known: dict[str, Form] = {}
    for statement in statements:
        if isinstance(statement, ast.FunctionDef):
            yield from seen_through(statement.body)
        elif (value := value_of(statement)) is not None:
            whole = form(value, known)
            yield whole
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)]):
                    known[name] = whole


def code_of(markdown: str) -> Iterator[list[ast.stmt]]:
    """What is Python in a text: its blocks, examples, `pieces` of a sentence, and bare lines."""
    for found in BLOCK.finditer(markdown):
        block = re.sub(r"(?m)^ +(?=>>>|\.\.\.)", "", found["block"])
        if block.startswith(">>>"):
            try:
                parts = doctest.DocTestParser().get_examples(block)
            except ValueError:  # an indentation that doctest does not read
                parts = []
            block = "".join(part.source for part in parts)
        yield from _parsed(block) or [s for line in block.splitlines() for s in _parsed(line)]
    rest = BLOCK.sub("", markdown)
    pieces = [piece for line in rest.splitlines() for piece in PIECE.findall(line)]
    for piece in [*pieces, *rest.splitlines()]:
        yield from _parsed(piece)
    # pieces in a list may be the lines of one function
    yield from _parsed("\n".join(pieces))


def _parsed(code: str) -> list[list[ast.stmt]]:
    try:
        return [ast.parse(code.strip()).body]
    except (SyntaxError, ValueError):
        return []
