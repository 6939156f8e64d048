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

Kind = Literal["code", "prose", "example"]

ITEM = re.compile(r"(\d+\.|[-*]|\w[\w.]*( \([^)]*\))?:)\s")
HEADING = re.compile(r"\w+:$")
TABLE = re.compile(r"\S {3,}\S")
INDENT = 4


@dataclass(frozen=True)
class Block:
    """Some lines of one kind. `indent` is that of the definition they belong to."""

    kind: Kind
    indent: int
    text: str


def blocks(source: str) -> tuple[Block, ...]:
    """The definitions of a stub. Its imports and module docstring say nothing new."""
    tree = ast.parse(source)
    return tuple(_of_body(tree.body, source.splitlines(), 0))


def _of_body(body: list[ast.stmt], lines: list[str], indent: int) -> Iterator[Block]:
    if fields := [ast.unparse(node) for node in body if isinstance(node, ast.AnnAssign)]:
        yield Block("code", indent, "\n".join(fields))
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            signature = "\n".join(lines[first - 1 : node.body[0].lineno - 1])
            yield Block("code", indent, textwrap.dedent(signature).rstrip())
            if text := ast.get_docstring(node):
                yield from _of_docstring(text, indent + INDENT)
            if isinstance(node, ast.ClassDef):
                yield from _of_body(node.body, lines, indent + INDENT)


def _of_docstring(text: str, indent: int) -> Iterator[Block]:
    for paragraph in re.split(r"\n\s*\n", text):
        if ">>>" in paragraph:
            yield Block("example", indent, paragraph)
        elif TABLE.search(paragraph):
            yield Block("code", indent, paragraph)
        else:
            yield Block("prose", indent, paragraph)


def fill(paragraph: str, width: int) -> list[str]:
    """The lines of a paragraph of prose, none longer than `width` if its words allow it."""
    items: list[str] = []
    for line in paragraph.splitlines():
        starts = ITEM.match(line.lstrip()) or HEADING.match(line.strip())
        if items and not starts and not HEADING.match(items[-1].strip()):
            items[-1] += f" {line.strip()}"
        else:
            items.append(line)
    return [line for item in items for line in _wrapped(item, width)]


def _wrapped(item: str, width: int) -> list[str]:
    text = item.lstrip()
    indent = " " * (len(item) - len(text))
    hang = indent + " " * (INDENT if ITEM.match(text) else 0)
    return textwrap.wrap(
        text,
        max(20, width),
        initial_indent=indent,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
