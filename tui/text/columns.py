"""Lines whose columns mean something, at any width: a table in a docstring, an example."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from itertools import zip_longest

from exercises.wrapping import KEPT

GAP = 2
HANG = 4
# A cell breaks at its spaces, and before a parenthesis.
TOKEN = re.compile(r"\(?[^\s(]+|\(")
BETWEEN = re.compile(r" {2,}")
CLAUSE = re.compile(r"(?<=,) +| (?=->)")

Row = Sequence[str]


def fitted(text: str, width: int) -> list[str]:
    """The lines as they are where they fit; else in narrower columns, or hanging."""
    lines = text.splitlines()
    if max(map(len, lines), default=0) <= width:
        return lines
    rows = [BETWEEN.split(line.strip()) for line in lines]
    if len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
        widths = _widths(rows, width)
        if sum(widths) + GAP * (len(widths) - 1) <= width:
            return [line for row in rows for line in _laid_out(row, widths)]
    return [part for line in lines for part in hanging(line, width)]


def hanging(line: str, width: int) -> list[str]:
    """A line in parts of at most `width`, if its words allow it; it goes on further in.

    It breaks after a comma or before `->`, and within what stands between them only where that
    is too long for a line: a parameter keeps its type.
    """
    words = line.lstrip()
    indent = " " * min(len(line) - len(words), width // 4)
    hang = indent + " " * HANG
    room = width - len(hang)
    clauses = [
        clause.replace(" ", KEPT) if len(clause) <= room else clause
        for clause in CLAUSE.split(words)
    ]
    parts = textwrap.wrap(
        " ".join(clauses),
        width,
        initial_indent=indent,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [part.replace(KEPT, " ") for part in parts] or [""]


def _widths(rows: Sequence[Row], width: int) -> list[int]:
    """What each column gets: its longest word at least, and no more than its longest cell."""
    columns = list(zip(*rows, strict=True))
    most = [max(map(len, column)) for column in columns]
    widths = [max(map(len, TOKEN.findall(" ".join(column)))) for column in columns]
    for _ in range(width - sum(widths) - GAP * (len(widths) - 1)):
        growing = [number for number, w in enumerate(widths) if w < most[number]]
        if growing:
            widths[min(growing, key=widths.__getitem__)] += 1
    return widths


def _laid_out(row: Row, widths: Sequence[int]) -> list[str]:
    cells = [_filled(cell, width) for cell, width in zip(row, widths, strict=True)]
    lines = zip_longest(*cells, fillvalue="")
    gap = " " * GAP
    return [
        gap.join(part.ljust(w) for part, w in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _filled(cell: str, width: int) -> list[str]:
    lines = [""]
    end = 0
    for token in TOKEN.finditer(cell):
        space = cell[end : token.start()] if lines[-1] else ""
        if lines[-1] and len(lines[-1]) + len(space) + len(token[0]) > width:
            lines.append(token[0])
        else:
            lines[-1] += space + token[0]
        end = token.end()
    return lines
