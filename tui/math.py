"""LaTeX formulas as Unicode text, for a terminal and for a screen reader.

    render(r"\\frac{QK^\\top}{\\sqrt{d_k}}")             (QKᵀ)/√dₖ
    display(r"\\frac{QK^\\top}{\\sqrt{d_k}}")            the same over three lines
    render_text("about $d_k$ and $$…$$")              a text with all its formulas rendered

pylatexenc parses; what a formula means, and where it needs parentheses on one line, is decided here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexSpecialsNode,
    LatexWalker,
)

from tui import math_symbols as symbols
from tui.math_boxes import (
    EMPTY,
    Box,
    beside,
    delimited,
    fraction,
    grid,
    root,
    stacked,
    text_box,
    width_of,
)
from tui.math_symbols import (
    BINARY,
    CLOSE,
    FENCED,
    OPEN,
    OPERATOR,
    ORDINARY,
    PUNCTUATION,
    RELATION,
    SPACE,
)

FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$\w])\$(?!\s)([^$\n]+?(?:\n[^$\n]+?)?)(?<![\s\\])\$(?!\d)", re.S)
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.S)
INDENT = "    "


class UnknownMacro(ValueError):
    """A command that has no rendering; the text names it."""


def render(latex: str) -> str:
    """The formula on one line. Raises `UnknownMacro`."""
    return str(_build(latex, flat=True))


def display(latex: str, width: int = 80) -> str:
    """The formula over several lines where that reads better and fits; else on one."""
    box = _build(latex, flat=False)
    return str(box) if box.width <= width else render(latex)


def render_text(text: str, width: int = 80) -> str:
    """Markdown with each `$…$` on the line and each `$$…$$` set apart; code stays as it is."""

    def replace_formula(match: re.Match[str]) -> str:
        if match[1] is None:
            return render(match[2])
        lines = display(match[1], width - len(INDENT)).splitlines()
        return "\n".join(["", *(INDENT + line for line in lines), ""])

    parts = CODE.split(text)
    parts[::2] = [FORMULA.sub(replace_formula, part) for part in parts[::2]]
    return "".join(parts)


def formulas(text: str) -> Iterator[str]:
    """Every formula of a Markdown text, code left out."""
    for part in CODE.split(text)[::2]:
        for match in FORMULA.finditer(part):
            yield match[1] or match[2]


@lru_cache(maxsize=512)
def _build(latex: str, flat: bool) -> Box:
    nodes, _, _ = LatexWalker(latex.strip()).get_latex_nodes()
    return _Composer(flat).compose(nodes).box


@dataclass(frozen=True)
class Atom:
    """A part of a formula. `plain` atoms need no parentheses, `open_ended` ones end in a script that
    the next letter could be read into."""

    box: Box
    kind: str = ORDINARY
    plain: bool = True
    fraction: bool = False
    open_ended: bool = False


@dataclass(frozen=True)
class Token:
    """A character, a macro, a group or a mark between cells."""

    kind: str
    text: str = ""
    node: Any = None


def _tokens(nodes: Sequence[Any]) -> Iterator[Token]:
    for node in nodes:
        if isinstance(node, LatexCharsNode):
            for match in re.finditer(r"\d+(?:\.\d+)?|\S", node.chars):
                yield Token("character", match[0])
        elif isinstance(node, LatexMacroNode):
            yield Token("row" if node.macroname == "\\" else "macro", node.macroname, node)
        elif isinstance(node, LatexGroupNode):
            yield Token("group", node=node.nodelist)
        elif isinstance(node, LatexEnvironmentNode):
            yield Token("environment", node.environmentname, node)
        elif isinstance(node, LatexSpecialsNode):
            yield Token("cell" if node.specials_chars == "&" else "character", node.specials_chars)


class _Composer:
    """Turns parsed nodes into boxes. `flat` keeps everything on one line, `tight` without spaces."""

    def __init__(self, flat: bool, tight: bool = False) -> None:
        self._flat = flat
        self._tight = tight

    def compose(self, nodes: Sequence[Any] | None) -> Atom:
        return self._join(self._atoms(list(_tokens(nodes or []))))

    def _atoms(self, tokens: list[Token]) -> list[Atom]:
        atoms: list[Atom] = []
        while tokens:
            token = tokens.pop(0)
            if token.text == "left" and token.kind == "macro":
                atoms.append(self._fenced(tokens))
            elif token.kind == "character" and token.text in "^_":
                base = atoms.pop() if atoms else Atom(EMPTY)
                atoms.append(self._scripts(base, token.text, tokens))
            elif token.kind in ("row", "cell"):
                atoms.append(Atom(text_box("; " if token.kind == "row" else " "), PUNCTUATION))
            elif (atom := self._atom(token, tokens)) is not None:
                atoms.append(atom)
        return atoms

    def _atom(self, token: Token, rest: list[Token]) -> Atom | None:
        if token.kind == "group":
            return self.compose(token.node)
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
        if name in symbols.NO_SPACES or name in symbols.SIZES:
            return None
        if name in symbols.SPACES:
            return Atom(text_box(symbols.SPACES[name]), SPACE)
        if name in symbols.LARGE_OPERATORS:
            return Atom(text_box(symbols.LARGE_OPERATORS[name]), OPERATOR)
        if name in symbols.FUNCTIONS:
            return Atom(text_box(name), OPERATOR)
        if name in ("frac", "tfrac", "dfrac"):
            return self._fraction(self._argument(token, 0, rest), self._argument(token, 1, rest))
        if name == "sqrt":
            return self._root(token, rest)
        if name in symbols.ACCENTS:
            return self._accent(name, self._argument(token, 0, rest))
        if name in symbols.UPRIGHT or name in symbols.BOLD or name in ("mathbb", "mathcal"):
            return self._letters(name, self._argument(token, 0, rest))
        raise UnknownMacro(f"\\{name}")

    def _argument(self, token: Token, index: int, rest: list[Token]) -> Sequence[Any]:
        """The nodes of an argument, whether pylatexenc knows that the macro takes it or not."""
        given = token.node.nodeargd.argnlist if token.node.nodeargd else []
        given = [node for node in given if node is not None]
        if index < len(given):
            node = given[index]
            return node.nodelist if isinstance(node, LatexGroupNode) else [node]
        if not rest:
            return []
        following = rest.pop(0)
        if following.kind == "group":
            return following.node  # type: ignore[no-any-return]
        return [following.node or LatexCharsNode(chars=following.text)]

    def _join(self, atoms: Sequence[Atom]) -> Atom:
        """One row of atoms, with the spaces that their kinds ask for."""
        parts: list[Box] = []
        kinds = [_in_context(atoms, i) for i in range(len(atoms))]
        for i, atom in enumerate(atoms):
            box = atom.box
            if self._flat and atom.fraction and _is_factor(atoms, kinds, i):
                box = _parenthesised(box)
            if i and not self._tight and _needs_space(atoms[i - 1], kinds[i - 1], atom, kinds[i]):
                parts.append(text_box(" "))
            elif i and atoms[i - 1].open_ended and _begins_like_a_word(atom):
                parts.append(text_box(" "))
            parts.append(box)
        if len(atoms) == 1:
            return replace(atoms[0], kind=ORDINARY) if atoms[0].kind == OPERATOR else atoms[0]
        derivative = len(atoms) == 2 and atoms[0].box.rows[0] in ("∂", "d", "−") and atoms[1].plain
        last = atoms[-1] if atoms else Atom(EMPTY)
        return Atom(beside(parts), plain=derivative or not atoms, open_ended=last.open_ended)

    def _fraction(self, above: Sequence[Any], below: Sequence[Any]) -> Atom:
        top, bottom = self.compose(above), self.compose(below)
        if not self._flat:
            return Atom(fraction(top.box, bottom.box))
        text = f"{_operand(top)}/{_operand(bottom)}"
        return Atom(text_box(text), plain=False, fraction=True)

    def _root(self, token: Token, rest: list[Token]) -> Atom:
        arguments = token.node.nodeargd.argnlist if token.node.nodeargd else [None, None]
        index = str(self.compose(arguments[0].nodelist).box) if arguments and arguments[0] else ""
        radicand = arguments[1] if len(arguments) > 1 and arguments[1] is not None else None
        if radicand is None:
            body = self.compose(self._argument(token, 0, rest))
        else:
            body = self.compose(
                radicand.nodelist if isinstance(radicand, LatexGroupNode) else [radicand]
            )
        sign = symbols.ROOTS.get(index)
        if sign is None:
            sign = "".join(symbols.SUPERSCRIPTS.get(letter, letter) for letter in index) + "√"
        if body.box.is_line:
            return Atom(text_box(sign + _operand(body)))
        return Atom(root(body.box, sign))

    def _accent(self, name: str, nodes: Sequence[Any]) -> Atom:
        body = self.compose(nodes)
        text = str(body.box)
        if width_of(text) == 1:
            return Atom(text_box(unicodedata.normalize("NFC", text + symbols.ACCENTS[name])))
        return Atom(beside([text_box(f"{name}("), body.box, text_box(")")]))

    def _letters(self, name: str, nodes: Sequence[Any]) -> Atom:
        """Words keep their letters together; blackboard and script letters have signs of their own."""
        if name in symbols.BOLD:
            return self.compose(nodes)
        text = "".join(_raw(node) for node in nodes)
        if name in ("mathbb", "mathcal"):
            letters = symbols.BLACKBOARD if name == "mathbb" else symbols.SCRIPT
            return Atom(text_box("".join(letters.get(letter, letter) for letter in text)))
        text = re.sub(r"\s+", " ", text)
        is_name = name not in ("text", "textrm") and text.strip().isalpha() and len(text.strip()) > 1
        return Atom(text_box(text), OPERATOR if is_name else ORDINARY)

    def _scripts(self, base: Atom, mark: str, tokens: list[Token]) -> Atom:
        """`base` with the one or two scripts that follow."""
        found = {mark: self._script(tokens)}
        if len(tokens) > 1 and tokens[0].kind == "character" and tokens[0].text in "^_":
            if tokens[0].text not in found:
                second = tokens.pop(0).text
                found[second] = self._script(tokens)
        sign = str(base.box)
        takes_limits = sign in symbols.LARGE_OPERATORS.values() or sign in symbols.LIMIT_OPERATORS
        if takes_limits and base.kind == OPERATOR and not self._flat:
            return self._limits(base, found)
        lower, upper = found.get("_"), found.get("^")
        if base.fraction or (base.kind == ORDINARY and not base.plain):
            base = Atom(_parenthesised(base.box))
        texts = [
            _script_text(atom, letters, sign)
            for atom, letters, sign in (
                (lower, symbols.SUBSCRIPTS, "_"),
                (upper, symbols.SUPERSCRIPTS, "^"),
            )
            if atom is not None
        ]
        if self._flat or (base.box.is_line and not any(text[:1] == "^" for text in texts)):
            if all(atom.box.is_line for atom in found.values()):
                box = beside([base.box, *map(text_box, texts)])
                return replace(base, box=box, open_ended=any(text[:1] in "_^" for text in texts))
        return replace(base, box=_attached(base.box, lower, upper))

    def _script(self, tokens: list[Token]) -> Atom:
        tight = _Composer(flat=True, tight=True)
        if not tokens:
            return Atom(EMPTY)
        token = tokens.pop(0)
        atom = tight._atom(token, tokens)
        return atom if atom is not None else Atom(EMPTY)

    def _limits(self, base: Atom, found: dict[str, Atom]) -> Atom:
        boxes = [found["^"].box] if "^" in found else []
        boxes.append(base.box)
        boxes += [found["_"].box] if "_" in found else []
        return replace(base, box=stacked(boxes, 1 if "^" in found else 0))

    def _fenced(self, tokens: list[Token]) -> Atom:
        """What stands between `\\left` and its `\\right`."""
        left = _delimiter(tokens.pop(0)) if tokens else ""
        inside: list[Token] = []
        depth = 1
        while tokens:
            token = tokens.pop(0)
            depth += {"left": 1, "right": -1}.get(token.text, 0) if token.kind == "macro" else 0
            if not depth:
                break
            inside.append(token)
        right = _delimiter(tokens.pop(0)) if tokens else ""
        body = self._join(self._atoms(inside))
        return Atom(delimited(left, body.box, right), FENCED)

    def _environment(self, name: str, node: Any) -> Atom:
        rows: list[list[list[Token]]] = [[[]]]
        for token in _tokens(node.nodelist):
            if token.kind == "row":
                rows.append([[]])
            elif token.kind == "cell":
                rows[-1].append([])
            else:
                rows[-1][-1].append(token)
        rows = [row for row in rows if any(row)]
        cells = [[self._join(self._atoms(cell)) for cell in row] for row in rows]
        if name in symbols.ALIGNED:
            return self._aligned(cells)
        if name not in symbols.MATRICES:
            raise UnknownMacro(f"\\begin{{{name}}}")
        left, right = symbols.MATRICES[name]
        if self._flat:
            lines = [", ".join(str(cell.box) for cell in row) for row in cells]
            return Atom(text_box(f"{left}{'; '.join(lines)}{right or '}' if left else ''}"))
        sides = ["left"] if name == "cases" else ["centre"]
        body = grid([[cell.box for cell in row] for row in cells], sides, 3 if name == "cases" else 2)
        padded = beside([text_box(" "), body, text_box(" ")]) if left in "([{" else body
        return Atom(delimited(left, padded, right))

    def _aligned(self, cells: list[list[Atom]]) -> Atom:
        if self._flat:
            rows = [" ".join(str(cell.box) for cell in row) for row in cells]
            return Atom(text_box("; ".join(rows)), plain=False)
        return Atom(grid([[cell.box for cell in row] for row in cells], ["right", "left"], 1))


def _in_context(atoms: Sequence[Atom], i: int) -> str:
    """A sign such as − is binary only between two operands."""
    kind = atoms[i].kind
    if kind != BINARY:
        return kind
    before = next((atom.kind for atom in reversed(atoms[:i]) if atom.kind != SPACE), None)
    if before in (None, BINARY, RELATION, OPEN, PUNCTUATION, OPERATOR) or i == len(atoms) - 1:
        return ORDINARY
    return BINARY


def _needs_space(left: Atom, left_kind: str, right: Atom, right_kind: str) -> bool:
    if SPACE in (left_kind, right_kind):
        return False
    if right_kind == PUNCTUATION or left_kind == OPEN or right_kind == CLOSE:
        return False
    if left_kind == PUNCTUATION:
        return not str(left.box).endswith(" ")
    if {left_kind, right_kind} & {BINARY, RELATION}:
        return True
    if left_kind == OPERATOR:
        return right_kind not in (OPEN, FENCED)
    return right_kind == OPERATOR and left_kind in (ORDINARY, CLOSE, FENCED)


def _is_factor(atoms: Sequence[Atom], kinds: Sequence[str], i: int) -> bool:
    """Whether something is multiplied with atom `i`, so that a slash would swallow it."""
    if i and kinds[i - 1] in (ORDINARY, OPERATOR, FENCED, CLOSE):
        if atoms[i - 1].box.rows[0] not in ("−", "+"):
            return True
    return i + 1 < len(kinds) and kinds[i + 1] in (ORDINARY, OPERATOR, FENCED, OPEN, BINARY)


def _begins_like_a_word(atom: Atom) -> bool:
    first = atom.box.rows[atom.box.base][:1]
    return first.isalnum()


def _operand(atom: Atom) -> str:
    """The text of one side of a slash, or of what is under a root."""
    return str(atom.box if atom.plain else _parenthesised(atom.box))


def _parenthesised(box: Box) -> Box:
    return delimited("(", box, ")")


def _script_text(atom: Atom, letters: dict[str, str], mark: str) -> str:
    """Small letters where Unicode has them all; else `_word`, `^x` or `_(…)`."""
    text = " ".join(atom.box.rows)
    if all(letter in letters for letter in text):
        return "".join(letters[letter] for letter in text)
    return f"{mark}{text}" if text.isalnum() else f"{mark}({text})"


def _attached(base: Box, lower: Atom | None, upper: Atom | None) -> Box:
    """Scripts in rows of their own, above and below the baseline."""
    width = max(atom.box.width for atom in (lower, upper) if atom is not None)
    rows: list[str] = []
    if upper is not None:
        rows += [row + " " * (width - upper.box.width) for row in upper.box.rows]
    middle = base.height if upper is None or lower is None else max(base.height, 1)
    start = len(rows)
    rows += [" " * width] * middle
    if lower is not None:
        rows += [row + " " * (width - lower.box.width) for row in lower.box.rows]
    return beside([base, Box(tuple(rows), start + base.base)])


def _delimiter(token: Token) -> str:
    if token.kind == "macro":
        return symbols.SYMBOLS[token.text][0]
    return "" if token.text == "." else token.text


def _raw(node: Any) -> str:
    if isinstance(node, LatexCharsNode):
        return str(node.chars)
    if isinstance(node, LatexGroupNode):
        return "".join(_raw(child) for child in node.nodelist)
    return str(_Composer(flat=True).compose([node]).box)
