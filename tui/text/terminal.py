"""The course's Markdown as Textual's Markdown widget can show it: formulas become text."""

from __future__ import annotations

import re

from tui.latex.latex import display, render, replace_formulas, source

# What a rendered formula may hold and Markdown would take for its own.
SPECIAL = re.compile(r"([\\`*_\[\]<>|~#])")
FORMULA_LANGUAGE = "formula"  # the language of the fences that hold displayed formulas


def for_terminal(text: str, width: int) -> str:
    """`text` with each `$…$` on the line, and each `$$…$$` in a fence, at most `width` wide."""

    def set_apart(latex: str) -> str:
        drawn = source(latex, lambda latex: display(latex, width))
        return f"\n\n```{FORMULA_LANGUAGE}\n{drawn}\n```\n\n"

    return replace_formulas(text, _inline, set_apart)


def _inline(latex: str) -> str:
    return SPECIAL.sub(r"\\\1", source(latex, render))
