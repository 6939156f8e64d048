"""Parsed LaTeX as boxes. `flat` keeps a formula on one line, `tight` leaves out its spaces."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

from pylatexenc.latexwalker import (  # type: ignore[import-untyped,unused-ignore]
    LatexCharsNode,
    LatexGroupNode,
)

from tui.latex import symbols
from tui.latex.atoms import Atom, Nodes, Token, argument, cells, children, options, tokens
from tui.latex.boxes import beside, delimited, fraction, grid, root, text_box, width_of, with_middle
from tui.latex.rows import above_slash, join, operand
from tui.latex.scripts import with_limits, with_scripts
from tui.latex.symbols import FENCED, OPERATOR, ORDINARY, PUNCTUATION, SPACE


class UnknownMacro(ValueError):
    """A command that has no rendering; the text names it."""


class Composer:
    def __init__(self, flat: bool, tight: bool = False) -> None:
        self._flat = flat
        self._tight = tight

    def compose(self, nodes: Nodes | None) -> Atom:
        return self._row(list(tokens(nodes or [])))

    def _row(self, rest: list[Token]) -> Atom:
        return join(self._atoms(rest), self._flat, self._tight)

    def _atoms(self, rest: list[Token]) -> list[Atom]:
        atoms: list[Atom] = []
        while rest:
            token = rest.pop(0)
            if token.text == "left" and token.kind == "macro":
                atoms.append(self._fenced(rest))
            elif token.kind == "character" and token.text in "^_":
                base = atoms.pop() if atoms else Atom()
                atoms.append(self._scripts(base, token.text, rest))
            elif token.kind in ("row", "cell"):
                atoms.append(Atom(text_box("; " if token.kind == "row" else " "), PUNCTUATION))
            elif (atom := self._atom(token, rest)) is not None:
                atoms.append(atom)
        return atoms

    def _atom(self, token: Token, rest: list[Token]) -> Atom | None:
        if token.kind == "group":
            # Braces make an ordinary letter of what they hold: the comma of 8{,}000.
            return replace(self.compose(token.node), kind=ORDINARY)
        if token.kind == "environment":
            return self._environment(token.text, token.node)
        if token.kind == "macro":
            return self._macro(token, rest)
        text, kind = symbols.CHARACTERS.get(token.text, (token.text, ORDINARY))
        return Atom(text_box(text), kind)

    def _macro(self, token: Token, rest: list[Token]) -> Atom | None:
        name = token.text
        if name in symbols.SYMBOLS:
            text, kind = symbols.SYMBOLS[name]
            return Atom(text_box(text), kind)
        if name in symbols.DRAWS_NOTHING:
            return None
        if name in symbols.SPACES:
            return Atom(text_box(symbols.SPACES[name]), SPACE)
        if name in symbols.LARGE_OPERATORS:
            return Atom(text_box(symbols.LARGE_OPERATORS[name]), OPERATOR)
        if name in symbols.FUNCTIONS:
            return Atom(text_box(name), OPERATOR)
        return self._with_arguments(name, token, rest)

    def _with_arguments(self, name: str, token: Token, rest: list[Token]) -> Atom:
        if name in symbols.FRACTIONS:
            return self._fraction(argument(token, 0, rest), argument(token, 1, rest))
        if name == "binom":
            return self._binomial(argument(token, 0, rest), argument(token, 1, rest))
        if name == "sqrt":
            return self._root(token, rest)
        if name in symbols.ACCENTS:
            return self._accent(name, argument(token, 0, rest))
        if name in symbols.BOLD:
            return self.compose(argument(token, 0, rest))
        if name in symbols.ALPHABETS:
            return _lettered(symbols.ALPHABETS[name], argument(token, 0, rest))
        if name in symbols.UPRIGHT:
            return _upright(name, argument(token, 0, rest))
        raise UnknownMacro(f"\\{name}")

    def _fraction(self, above: Nodes, below: Nodes) -> Atom:
        top, bottom = self.compose(above), self.compose(below)
        if not self._flat:
            return Atom(fraction(top.box, bottom.box))
        text = f"{above_slash(top)}/{operand(bottom)}"
        return Atom(text_box(text), plain=False, product=False, fraction=True)

    def _binomial(self, above: Nodes, below: Nodes) -> Atom:
        top, bottom = self.compose(above), self.compose(below)
        return Atom(text_box(f"C({top.text}, {bottom.text})"), FENCED)

    def _root(self, token: Token, rest: list[Token]) -> Atom:
        degree, radicand = [*options(token), None, None][:2]
        body = self.compose(children(radicand) if radicand else argument(token, 0, rest))
        index = self.compose(children(degree)).text if degree else ""
        sign = symbols.ROOTS.get(index)
        if sign is None:
            sign = "".join(symbols.SUPERSCRIPTS.get(letter, letter) for letter in index) + "√"
        if not body.box.is_line:
            return Atom(root(body.box, sign))
        return Atom(text_box(sign + operand(body)), open_ended=body.plain)

    def _accent(self, name: str, nodes: Nodes) -> Atom:
        body = self.compose(nodes)
        if width_of(body.text) == 1:
            marked = unicodedata.normalize("NFC", body.text + symbols.ACCENTS[name])
            return Atom(text_box(marked))
        called = symbols.LONG_ACCENTS.get(name, name)
        return Atom(beside([text_box(f"{called}("), body.box, text_box(")")]), FENCED)

    def _scripts(self, base: Atom, mark: str, rest: list[Token]) -> Atom:
        """`base` with the one or two scripts that follow."""
        found = {mark: self._script(rest)}
        while rest and rest[0].kind == "character" and rest[0].text in {"^", "_", "'"} - {*found}:
            second = rest.pop(0).text
            if second == "'":  # x_i' is x'_i
                base = replace(base, box=beside([base.box, text_box("′")]))
            else:
                found[second] = self._script(rest)
        if base.kind == OPERATOR and base.text in symbols.TAKES_LIMITS and not self._flat:
            return with_limits(base, found)
        return with_scripts(base, found, self._flat)

    def _script(self, rest: list[Token]) -> Atom:
        tight = Composer(flat=True, tight=True)
        return (tight._atom(rest.pop(0), rest) if rest else None) or Atom()

    def _fenced(self, rest: list[Token]) -> Atom:
        """What stands between `\\left` and its `\\right`."""
        left = _delimiter(rest)
        inside: list[Token] = []
        depth = 1
        while rest:
            token = rest.pop(0)
            depth += {"left": 1, "right": -1}.get(token.text, 0) if token.kind == "macro" else 0
            if not depth:
                break
            inside.append(token)
        right = _delimiter(rest)
        return Atom(delimited(left, self._row(inside).box, right), FENCED)

    def _environment(self, name: str, node: Any) -> Atom:
        rows = [[self._row(cell) for cell in row] for row in cells(node.nodelist)]
        if name in symbols.ALIGNED:
            return self._aligned(rows)
        if name not in symbols.MATRICES:
            raise UnknownMacro(f"\\begin{{{name}}}")
        left, right = symbols.MATRICES[name]
        if self._flat:
            lines = [", ".join(cell.text for cell in row) for row in rows]
            closing = right or ("}" if left else "")
            return Atom(text_box(f"{left}{'; '.join(lines)}{closing}"), FENCED)
        boxes = [[cell.box for cell in row] for row in rows]
        space = text_box(" ")
        if name == "cases":
            body = beside([space, with_middle(grid(boxes, ["left"], 3))])
        else:
            body = beside([space, grid(boxes, ["centre"], 2), space])
        return Atom(delimited(left, body, right), FENCED)

    def _aligned(self, rows: list[list[Atom]]) -> Atom:
        if self._flat:
            lines = [" ".join(cell.text for cell in row) for row in rows]
            return Atom(text_box("; ".join(lines)), plain=False, product=False)
        return Atom(grid([[cell.box for cell in row] for row in rows], ["right", "left"], 1))


def _lettered(alphabet: dict[str, str], nodes: Nodes) -> Atom:
    """Blackboard and script letters have signs of their own."""
    return Atom(text_box("".join(alphabet.get(letter, letter) for letter in _raw(nodes))))


def _upright(name: str, nodes: Nodes) -> Atom:
    """Words keep their letters together; one that names a function stands apart like `exp`."""
    text = re.sub(r"\s+", " ", _raw(nodes))
    is_prose = name in symbols.PROSE or len(text.strip()) == 1
    return Atom(text_box(text), ORDINARY if is_prose or not text.isalpha() else OPERATOR)


def _raw(nodes: Nodes) -> str:
    return "".join(_raw_node(node) for node in nodes)


def _raw_node(node: Any) -> str:
    if isinstance(node, LatexCharsNode):
        return str(node.chars)
    if isinstance(node, LatexGroupNode):
        return _raw(node.nodelist)
    return Composer(flat=True).compose([node]).text


def _delimiter(rest: list[Token]) -> str:
    token = rest.pop(0) if rest else Token("character", ".")
    if token.kind == "macro":
        return symbols.SYMBOLS[token.text][0]
    return "" if token.text == "." else token.text
