"""A line of Markdown as styled text: for options, steps and titles, where no blocks are needed."""

from __future__ import annotations

import re

from textual.content import Content

from tui.latex.latex import CODE_SPAN, FORMULA, render, source

MARKED = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|(?<![\w*])\*(?P<em>[^*\s][^*]*)\*(?![\w*])")
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def inline(text: str) -> Content:
    """`code`, *emphasis*, **strong** and `$formulas$`; a line break is a space."""
    parts = CODE_SPAN.split(" ".join(text.split()))
    pieces: list[Content] = []
    for place, part in enumerate(parts):
        pieces += [_code(part)] if place % 2 else _words(part)
    return Content("").join(pieces)


def plain(text: str) -> str:
    return inline(text).plain


def _code(part: str) -> Content:
    return Content.styled(part.strip("`"), "$text-accent")


def _words(part: str) -> list[Content]:
    # Formulas first: a star in one is no emphasis.
    pieces: list[Content] = []
    last = 0
    for match in FORMULA.finditer(part):
        pieces += _emphasised(part[last : match.start()])
        pieces.append(Content(source(match["display"] or match["inline"], render)))
        last = match.end()
    return pieces + _emphasised(part[last:])


def _emphasised(text: str) -> list[Content]:
    text = LINK.sub(r"\1", text)
    pieces: list[Content] = []
    last = 0
    for match in MARKED.finditer(text):
        pieces.append(Content(text[last : match.start()]))
        strong = match["strong"]
        pieces.append(Content.styled(strong or match["em"], "bold" if strong else "italic"))
        last = match.end()
    return [*pieces, Content(text[last:])]
