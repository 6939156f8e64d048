"""What a formula is made of: tokens as pylatexenc's parser finds them, atoms as they are set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pylatexenc.latexwalker import (  # type: ignore[import-untyped,unused-ignore]
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexSpecialsNode,
)

from tui.latex.boxes import EMPTY, Box
from tui.latex.symbols import ORDINARY

Nodes = Sequence[Any]
DERIVATIVES = ("∂", "d")
TOKEN = re.compile(r"\d+(?:\.\d+)?|\S")


@dataclass(frozen=True)
class Atom:
    """A part of a formula, set.

    `plain` atoms need no parentheses, not even below a slash; a `product` needs none above it.
    `open_ended` ones end so that the next letter could be read into them: `d_model`, `√2`.
    """

    box: Box = EMPTY
    kind: str = ORDINARY
    plain: bool = True
    product: bool = True
    fraction: bool = False
    open_ended: bool = False

    @property
    def text(self) -> str:
        return str(self.box)


@dataclass(frozen=True)
class Token:
    """A character, a macro, a group, an environment, or the end of a cell or row."""

    kind: str
    text: str = ""
    node: Any = None


def tokens(nodes: Nodes) -> Iterator[Token]:
    for node in nodes:
        if isinstance(node, LatexCharsNode):
            for match in TOKEN.finditer(node.chars):
                yield Token("character", match[0])
        elif isinstance(node, LatexMacroNode):
            yield Token("row" if node.macroname == "\\" else "macro", node.macroname, node)
        elif isinstance(node, LatexGroupNode):
            yield Token("group", node=node.nodelist)
        elif isinstance(node, LatexEnvironmentNode):
            yield Token("environment", node.environmentname, node)
        elif isinstance(node, LatexSpecialsNode):
            yield from _special(node.specials_chars)


def _special(text: str) -> Iterator[Token]:
    if text == "&":
        yield Token("cell", text)
        return
    # The parser takes '' for a quotation mark; in a formula it is two primes.
    for character in text:
        yield Token("character", character)


def argument(token: Token, index: int, rest: list[Token]) -> Nodes:
    """The nodes of a macro's argument, whether the parser knows that it takes one or not."""
    given = token.node.nodeargd.argnlist if token.node.nodeargd else []
    given = [node for node in given if node is not None]
    if index < len(given):
        return children(given[index])
    if not rest:
        return []
    following = rest.pop(0)
    if following.kind == "group":
        return list(following.node)
    return [following.node or LatexCharsNode(chars=following.text)]


def options(token: Token) -> list[Any]:
    """All arguments in their places, None for an optional one that is not given."""
    return list(token.node.nodeargd.argnlist) if token.node.nodeargd else []


def children(node: Any) -> Nodes:
    return list(node.nodelist) if isinstance(node, LatexGroupNode) else [node]


def cells(nodes: Nodes) -> list[list[list[Token]]]:
    """The rows of an environment, each a list of cells, each a list of tokens."""
    rows: list[list[list[Token]]] = [[[]]]
    for token in tokens(nodes):
        if token.kind == "row":
            rows.append([[]])
        elif token.kind == "cell":
            rows[-1].append([])
        else:
            rows[-1][-1].append(token)
    return [row for row in rows if any(row)]
