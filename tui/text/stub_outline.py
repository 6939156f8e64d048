"""A stub as it is read in the app: signatures, and docstrings wrapped to any width.

Examples, tables and code stay as they are; prose is filled again, an item of a list with its own
indent.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from exercises.wrapping import wrap

StubBlockKind = Literal["code", "prose", "example"]

DOCSTRING_ITEM = re.compile(r"(\d+\.|[-*]|\w[\w.]*( \([^)]*\))?:)\s")
DOCSTRING_HEADING = re.compile(r"\w+:$")
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
    for paragraph in re.split(r"\n\s*\n", text):
        if ">>>" in paragraph:
            yield StubBlock("example", indent, paragraph)
        elif DOCSTRING_TABLE.search(paragraph):
            yield StubBlock("code", indent, paragraph)
        else:
            yield StubBlock("prose", indent, paragraph)


def fill(paragraph: str, width: int) -> list[str]:
    """The lines of a paragraph of prose, none longer than `width` if its words allow it."""
    items: list[str] = []
    for line in paragraph.splitlines():
        starts = DOCSTRING_ITEM.match(line.lstrip()) or DOCSTRING_HEADING.match(line.strip())
        if items and not starts and not DOCSTRING_HEADING.match(items[-1].strip()):
            items[-1] += f" {line.strip()}"
        else:
            items.append(line)
    return [line for item in items for line in _wrapped(item, width)]


def _wrapped(item: str, width: int) -> list[str]:
    text = item.lstrip()
    indent = " " * (len(item) - len(text))
    hang = indent + " " * (STUB_INDENT if DOCSTRING_ITEM.match(text) else 0)
    return wrap(text, max(20, width), indent, hang)
