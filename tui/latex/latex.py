"""LaTeX formulas as Unicode text, for a terminal and for a screen reader.

    render(r"\\frac{QK^\\top}{\\sqrt{d_k}}")             QKᵀ/√dₖ
    display(r"\\frac{QK^\\top}{\\sqrt{d_k}}")            the same over three lines
    render_text("about $d_k$ and $$…$$")              a text with all its formulas rendered

pylatexenc parses. What a formula means, and where it needs parentheses on one line, is decided in
`math_composer.py` and `math_rows.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from pylatexenc.latexwalker import LatexWalker  # type: ignore[import-untyped,unused-ignore]

from tui.latex.boxes import Box
from tui.latex.composer import Composer, UnknownMacro

__all__ = [
    "CODE_SPAN",
    "FORMULA",
    "UnknownMacro",
    "display",
    "formulas",
    "render",
    "render_text",
    "replace_formulas",
    "source",
]

# `$` before a digit is money, and so is one before a space.
FORMULA = re.compile(
    r"\$\$(?P<display>.+?)\$\$"
    r"|(?<![\\$\w])\$(?!\s)(?P<inline>[^$\n]+?(?:\n[^$\n]+?)?)(?<![\s\\])\$(?!\d)",
    re.DOTALL,
)
CODE_SPAN = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
INDENT = "    "
# Where a formula that is too wide may go on in a new row: before a statement of its own, set apart
# by a wide space, and only where that is still too wide, before a relation.
STATEMENT = re.compile(r"(?:(?<=,  )|(?<=   ))(?! )")
RELATION = re.compile(r"(?<= )(?=[=≤≥≈∝⇒] )")


def render(latex: str) -> str:
    """The formula on one line. Raises `UnknownMacro`."""
    return str(_build(latex, flat=True))


def display(latex: str, width: int = 80) -> str:
    """The formula over several lines where that reads better and fits. Raises `UnknownMacro`."""
    box = _build(latex, flat=False)
    return str(box) if box.width <= width else _broken(render(latex), width)


def render_text(text: str, width: int = 80) -> str:
    """Markdown with each `$…$` on the line and each `$$…$$` set apart; code stays as it is.

    A formula that has no rendering is shown as its source.
    """

    def set_apart(latex: str) -> str:
        lines = source(latex, lambda latex: display(latex, width - len(INDENT))).splitlines()
        return "\n".join(["", *(INDENT + line for line in lines), ""])

    return replace_formulas(text, lambda latex: source(latex, render), set_apart)


def render_in_line(text: str) -> str:
    """As `render_text`, where there is one line for all of it."""

    def on_one_line(latex: str) -> str:
        return source(latex, render)

    return replace_formulas(text, on_one_line, on_one_line)


def replace_formulas(
    text: str, inline: Callable[[str], str], set_apart: Callable[[str], str]
) -> str:
    """`text` with what the two functions make of each `$…$` and each `$$…$$` outside code."""

    def replaced(match: re.Match[str]) -> str:
        if match["display"] is not None:
            return set_apart(match["display"])
        return inline(match["inline"])

    parts = CODE_SPAN.split(text)
    parts[::2] = [FORMULA.sub(replaced, part) for part in parts[::2]]
    return "".join(parts)


def source(latex: str, rendering: Callable[[str], str]) -> str:
    """`rendering` of the formula; where it has none, its source: better than no answer."""
    try:
        return rendering(latex)
    except UnknownMacro:
        return " ".join(latex.split())


def formulas(text: str) -> Iterator[str]:
    """Every formula of a Markdown text, code left out."""
    for part in CODE_SPAN.split(text)[::2]:
        for match in FORMULA.finditer(part):
            yield match["display"] or match["inline"]


@lru_cache(maxsize=1024)
def _build(latex: str, flat: bool) -> Box:
    nodes, _, _ = LatexWalker(latex.strip()).get_latex_nodes()
    return Composer(flat).compose(nodes).box


def _broken(line: str, width: int) -> str:
    """`line` over several rows. A row further in goes on with the statement above it."""
    rows = [
        row
        for statements in _packed(STATEMENT.split(line), width)
        for row in _packed(RELATION.split(statements), width, INDENT)
    ]
    return "\n".join(row.rstrip() for row in rows)


def _packed(parts: list[str], width: int, indent: str = "") -> list[str]:
    """As many parts in a row as fit, each row but the first behind `indent`."""
    rows = parts[:1]
    for part in parts[1:]:
        if len(rows[-1]) + len(part.rstrip()) <= width:
            rows[-1] += part
        else:
            rows.append(indent + part)
    return rows
