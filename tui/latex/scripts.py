"""Subscripts and superscripts: small letters where Unicode has them, words and rows where not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tui.latex.atoms import Atom
from tui.latex.boxes import Box, beside, stacked, text_box
from tui.latex.rows import parenthesised
from tui.latex.symbols import ORDINARY, SUBSCRIPTS, SUPERSCRIPTS

LETTERS = {"_": SUBSCRIPTS, "^": SUPERSCRIPTS}


def with_scripts(base: Atom, found: Mapping[str, Atom], flat: bool) -> Atom:
    """`found` holds the lower script under `_`, the upper under `^`, or both."""
    if base.fraction or (base.kind == ORDINARY and not base.plain):
        base = Atom(parenthesised(base.box))
    texts = [_text(found[mark], mark) for mark in "_^" if mark in found]
    raised = any(text.startswith("^") for text in texts)
    if flat or (base.box.is_line and not raised):
        is_open = any(text[:1] in LETTERS for text in texts)
        box = beside([base.box, *map(text_box, texts)])
        return replace(base, box=box, plain=True, open_ended=is_open)
    return replace(base, box=_attached(base.box, found))


def with_limits(base: Atom, found: Mapping[str, Atom]) -> Atom:
    """Above and below a ∑ or a max."""
    boxes = [found["^"].box] if "^" in found else []
    boxes.append(base.box)
    boxes += [found["_"].box] if "_" in found else []
    return replace(base, box=stacked(boxes, 1 if "^" in found else 0))


def _text(script: Atom, mark: str) -> str:
    """On the line: `ₜ₋₁`, or `_model`, `^S`, and `^(iπ)` for what is more than one part."""
    text, letters = script.text, LETTERS[mark]
    if all(letter in letters for letter in text):
        return "".join(letters[letter] for letter in text)
    is_word = text.isalnum() and not any(letter in RAISED for letter in text)
    is_one_part = is_word and (mark == "_" or script.plain)
    return f"{mark}{text}" if is_one_part else f"{mark}({text})"


def _attached(base: Box, found: Mapping[str, Atom]) -> Box:
    """Scripts in rows of their own, above and below the base."""
    upper, lower = found.get("^"), found.get("_")
    width = max(script.box.width for script in found.values())
    above = _widened(upper.box, width) if upper else []
    below = _widened(lower.box, width) if lower else []
    middle = [" " * width] * base.height
    return beside([base, Box((*above, *middle, *below), len(above) + base.base)])


def _widened(box: Box, width: int) -> list[str]:
    return [row + " " * (width - box.width) for row in box.rows]


# A script that has scripts itself is more than a word.
RAISED = {*SUBSCRIPTS.values(), *SUPERSCRIPTS.values()} - {" ", "′"}
