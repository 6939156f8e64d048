"""Atoms side by side: where spaces go, and where one line needs parentheses that paper does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tui.latex.atoms import DERIVATIVES, Atom
from tui.latex.boxes import Box, beside, delimited, text_box
from tui.latex.symbols import (
    BINARY,
    CLOSE,
    FACTORS,
    FENCED,
    FUNCTIONS,
    INNER,
    OPEN,
    OPERATOR,
    ORDINARY,
    PUNCTUATION,
    RELATION,
    SIGNS,
    SPACE,
)

WORD = re.compile("[A-Za-z]+")
OPERANDS = (ORDINARY, OPERATOR, FENCED)


def join(atoms: Sequence[Atom], flat: bool, tight: bool) -> Atom:
    """One row of atoms, with the spaces that their kinds ask for; none where `tight`."""
    kinds = [_in_context(atoms, place) for place in range(len(atoms))]
    parts: list[Box] = []
    for place, atom in enumerate(atoms):
        if place and _is_apart(atoms, kinds, place, tight):
            parts.append(text_box(" "))
        swallowed = flat and atom.fraction and _is_factor(atoms, kinds, place)
        parts.append(parenthesised(atom.box) if swallowed else atom.box)
    if len(atoms) == 1:
        only = atoms[0]
        return replace(only, kind=ORDINARY) if only.kind == OPERATOR else only
    return Atom(
        beside(parts),
        plain=not atoms or _is_plain(atoms),
        product=_is_product(atoms, kinds),
        open_ended=bool(atoms) and atoms[-1].open_ended,
    )


def above_slash(atom: Atom) -> str:
    return atom.text if atom.plain or atom.product else str(parenthesised(atom.box))


def operand(atom: Atom) -> str:
    """The text of what is below a slash or under a root."""
    return atom.text if atom.plain else str(parenthesised(atom.box))


def parenthesised(box: Box) -> Box:
    return box if box.is_line and _is_enclosed(str(box)) else delimited("(", box, ")")


def _is_enclosed(text: str) -> bool:
    """Whether one pair of parentheses holds all of it: `(a)(b)` is not."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth:
            return place == len(text) - 1 and text[0] == "("
    return False


def _in_context(atoms: Sequence[Atom], place: int) -> str:
    """A sign such as − is binary only between two operands."""
    kind = atoms[place].kind
    if kind != BINARY:
        return kind
    before = next((atom for atom in reversed(atoms[:place]) if atom.kind != SPACE), None)
    if before is None or place == len(atoms) - 1:
        return ORDINARY
    # `exp −x` waits for its argument; other words, such as MHA or cell_t, stand for a value.
    word = WORD.match(before.text)
    waits = before.kind == OPERATOR and (word is None or word[0] in FUNCTIONS)
    if waits or before.kind in (BINARY, RELATION, OPEN, PUNCTUATION):
        return ORDINARY
    return BINARY


def _is_apart(atoms: Sequence[Atom], kinds: Sequence[str], place: int, tight: bool) -> bool:
    """Whether a space goes before this atom."""
    left, right = atoms[place - 1], atoms[place]
    if not tight and _needs_space(left, kinds[place - 1], kinds[place]):
        return True
    return left.open_ended and right.box.rows[right.box.base][:1].isalnum()


def _needs_space(left: Atom, left_kind: str, right_kind: str) -> bool:
    if SPACE in (left_kind, right_kind):
        return False
    if right_kind in (PUNCTUATION, CLOSE) or left_kind == OPEN:
        return False
    if left_kind == PUNCTUATION:
        return not left.text.endswith(" ")
    if {left_kind, right_kind} & {BINARY, RELATION, INNER}:
        return True
    if left.text in SIGNS or left.text == "/":  # the sign of what follows, or its slash
        return False
    if left_kind == OPERATOR:
        return right_kind not in (OPEN, FENCED)
    return right_kind == OPERATOR and left_kind in (ORDINARY, CLOSE, FENCED)


def _is_factor(atoms: Sequence[Atom], kinds: Sequence[str], place: int) -> bool:
    """Whether something is multiplied with this fraction, so that its slash would swallow it."""
    before = _neighbour(atoms, kinds, place, -1)
    after = _neighbour(atoms, kinds, place, +1)
    if before and before[1] in (*OPERANDS, CLOSE) and before[0].text not in SIGNS:
        return True
    if after is None:
        return False
    return after[1] in (*OPERANDS, OPEN) or after[0].text in FACTORS


def _neighbour(
    atoms: Sequence[Atom], kinds: Sequence[str], place: int, step: int
) -> tuple[Atom, str] | None:
    """The next atom to this side that is no space: `\\frac{1}{2} \\, x` is a product, too."""
    place += step
    while 0 <= place < len(atoms):
        if kinds[place] != SPACE:
            return atoms[place], kinds[place]
        place += step
    return None


def _is_plain(atoms: Sequence[Atom]) -> bool:
    """`∂x`, `n!`, and a named function of something in parentheses."""
    first, last = atoms[0].text, atoms[-1].text
    if len(atoms) == 2 and atoms[1].plain:
        return first in DERIVATIVES or last == "!"
    return first in FUNCTIONS and _is_application(atoms)


def _is_application(atoms: Sequence[Atom]) -> bool:
    """Whether all after the first atom is one pair of parentheses, closed by the last."""
    return _is_enclosed("".join(str(atom.box) for atom in atoms[1:]).partition("\n")[0])


def _is_product(atoms: Sequence[Atom], kinds: Sequence[str]) -> bool:
    """Whether a slash behind it would divide all of it. `a + b`, `a · b` and `∑ a` are none."""
    depth = 0
    for place, (atom, kind) in enumerate(zip(atoms, kinds, strict=True)):
        depth += {OPEN: 1, CLOSE: -1}.get(kind, 0)
        is_sign = place > 0 and atom.text in SIGNS
        if depth or kind == CLOSE:
            continue
        if atom.fraction or is_sign or kind in (BINARY, RELATION, PUNCTUATION):
            return False
        if kind == OPERATOR and not _is_application(atoms[place:]):
            return False
    return True
