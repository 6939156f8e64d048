"""Lines whose columns mean something, at any width: a table in a docstring, an example."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from exercises.wrapping import KEPT

GAP = 2
HANG = 4
BETWEEN = re.compile(r" {2,}")
# Between a formula and a note on it. What follows a comma, a bracket or a prompt is no note.
GAP_BEFORE_A_NOTE = re.compile(r"(?<![ ,(\[])(?<!\.\.\.) {2,}")
CLAUSE = re.compile(r"(?<=,) +| (?=->|for\b)")
TOGETHER = [r"\bfor [^()\[\]]+? in\b", r"\[[^\[\]]*\]", r"\([^()]*\)"]

Row = Sequence[str]


def fitted(text: str, width: int) -> list[str]:
    """The lines as they are where they fit.

    Else, of a table, the last column alone is wrapped, since others hold names and formulas. Where
    that is not enough, each row has lines of its own; and what is no table hangs.
    """
    lines = text.splitlines()
    if max(map(len, lines), default=0) <= width:
        return lines
    rows = [BETWEEN.split(line.strip()) for line in lines]
    if len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
        *first, last = (max(map(len, column)) for column in zip(*rows, strict=True))
        room = width - sum(first) - GAP * len(first)
        if room >= max(len(word) for row in rows for word in row[-1].split()):
            return [line for row in rows for line in _laid_out(row, [*first, min(last, room)])]
        if len(first) > 1 and all(cell.replace("_", "").isalpha() for cell in rows[0]):
            return list(_below_their_heads(rows, width, _indent(lines[0])))
    return [part for line in lines for part in _at_its_gaps(line, width)]


def hanging(line: str, width: int) -> list[str]:
    """A line in parts of at most `width`, if its words allow it; it goes on further in.

    It breaks after a comma, before `->` or `for`, and within what stands between them only where
    that is too long for a line: a parameter keeps its type, and a short row its numbers.
    """
    words = line.lstrip()
    indent = " " * min(len(line) - len(words), width // 4)
    hang = indent + " " * HANG
    room = width - len(hang)

    def kept(words: str, most: int) -> str:
        return words.replace(" ", KEPT) if len(words) <= most else words

    for group in TOGETHER:  # the inner ones first
        words = re.sub(group, lambda found: kept(found[0], room // 2), words)
    pieces = (p if len(p) <= room else p.replace(KEPT, " ") for p in words.split(" "))
    clauses = [kept(clause, room) for clause in CLAUSE.split(" ".join(pieces))]
    parts = textwrap.wrap(
        " ".join(clauses),
        width,
        initial_indent=indent,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [part.replace(KEPT, " ") for part in parts] or [""]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _below_their_heads(rows: Sequence[Row], width: int, indent: str) -> Iterator[str]:
    """Each row under its first cell, and before each other cell the head of its column."""
    (first, *heads), *others = rows
    label = max(map(len, heads))
    for name, *cells in others:
        yield from hanging(f"{indent}{first} {name}", width)
        for head, cell in zip(heads, cells, strict=True):
            line = f"{head:<{label}}" + " " * GAP + cell
            yield from hanging(indent + " " * HANG + line, width)


def _at_its_gaps(line: str, width: int) -> Iterator[str]:
    """A formula and what is said of it, the one below the other where a line is short of both."""
    if len(line) <= width:
        yield line
        return
    indent = _indent(line)
    for number, part in enumerate(GAP_BEFORE_A_NOTE.split(line.lstrip())):
        yield from hanging(indent + " " * HANG * (number > 0) + part, width)


def _laid_out(row: Row, widths: Sequence[int]) -> list[str]:
    """The lines of one row, whose last cell may take several."""
    parts = textwrap.wrap(
        row[-1], max(1, widths[-1]), break_long_words=False, break_on_hyphens=False
    ) or [""]
    cells = [*([cell] for cell in row[:-1]), parts]
    gap = " " * GAP
    return [
        gap.join(part.ljust(w) for part, w in zip(line, widths, strict=True)).rstrip()
        for line in zip_longest(*cells, fillvalue="")
    ]
