"""A stub as it is read in the app: signatures, and docstrings wrapped to any width.

Examples, tables, formulas and code stay as they are; prose is filled again, an item of a list with
its own indent.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from exercises.wrapping import wrap

StubBlockKind = Literal["code", "prose", "example"]

DOCSTRING_ITEM = re.compile(r"(\d+\.|[-*]|\w[\w.]*( \([^)]*\))?:)\s")
DOCSTRING_TABLE = re.compile(r"\S {3,}\S")
STUB_INDENT = 4


@dataclass(frozen=True)
class StubBlock:
    """Some lines of one kind. `indent` is that of the definition they belong to."""

    kind: StubBlockKind
    indent: int
    text: str


def blocks(source: str) -> tuple[StubBlock, ...]:
    """The definitions of a stub. Its imports and module docstring say nothing new."""
    tree = ast.parse(source)
    return tuple(_of_body(tree.body, source.splitlines(), 0))


def _of_body(body: list[ast.stmt], lines: list[str], indent: int) -> Iterator[StubBlock]:
    if fields := [ast.unparse(node) for node in body if isinstance(node, ast.AnnAssign)]:
        yield StubBlock("code", indent, "\n".join(fields))
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            signature = "\n".join(lines[first - 1 : node.body[0].lineno - 1])
            yield StubBlock("code", indent, textwrap.dedent(signature).rstrip())
            if text := ast.get_docstring(node):
                yield from _of_docstring(text, indent + STUB_INDENT)
            if isinstance(node, ast.ClassDef):
                yield from _of_body(node.body, lines, indent + STUB_INDENT)


def _of_docstring(text: str, indent: int) -> Iterator[StubBlock]:
    in_section = False
    for paragraph in re.split(r"\n\s*\n", text):
        is_indented = paragraph.startswith(" ")
        in_section = in_section if is_indented else _has_heading(paragraph.splitlines())
        if ">>>" in paragraph:
            yield StubBlock("example", indent, paragraph)
        elif DOCSTRING_TABLE.search(paragraph) or (is_indented and not in_section):
            yield StubBlock("code", indent, paragraph)
        else:
            yield StubBlock("prose", indent, paragraph)


def fill(paragraph: str, width: int) -> list[str]:
    """The lines of a paragraph of prose, none longer than `width` if its words allow it.

    What comes first, behind a heading, tells whether the lines are a list, such as `x: a number`
    or `weight (D);`. In other prose a line may as well begin with "0." or end with ";".
    """
    lines = paragraph.splitlines()
    first = 1 if _has_heading(lines) else 0
    has_items = _is_item(lines[first])
    has_semicolons = first > 0 and lines[first].endswith(";")
    items = lines[: first + 1]
    for before, line in pairwise(lines[first:]):
        if (has_items and _is_item(line)) or (has_semicolons and before.endswith(";")):
            items.append(line)
        else:
            items[-1] += f" {line.strip()}"
    return [line for item in items for line in _wrapped(item, width)]


def _has_heading(lines: list[str]) -> bool:
    """Whether the first line is the heading of a section, such as `Args:`, which is indented."""
    return len(lines) > 1 and lines[0].endswith(":") and _indent(lines[1]) > _indent(lines[0])


def _is_item(line: str) -> bool:
    return DOCSTRING_ITEM.match(line.lstrip()) is not None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _wrapped(item: str, width: int) -> list[str]:
    indent = " " * _indent(item)
    hang = indent + " " * (STUB_INDENT if _is_item(item) else 0)
    return wrap(item.lstrip(), max(20, width), indent, hang)
