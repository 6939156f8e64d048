"""A table whose short columns keep their width, and all their words; Textual would squeeze the
first one first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.widgets import Markdown

PADDING = 2  # of each cell
GUTTER = 1
# Textual's own table has no public name, but a public place: among the blocks to be replaced.
MarkdownTable: Any = Markdown.BLOCKS["table_open"]


class BalancedTable(MarkdownTable):  # type: ignore[misc]
    def on_resize(self) -> None:
        cells: Any = self.query_one("MarkdownTableContent")
        columns = list(zip(cells.headers, *cells.rows, strict=False))
        natural = [PADDING + max(cell.cell_length for cell in column) for column in columns]
        least = [PADDING + max(cell.get_minimal_width({}) for cell in column) for column in columns]
        room = self.size.width - GUTTER * (len(natural) - 1)
        cells.styles.grid_columns = list(balanced(natural, least, room))


def balanced(natural: Sequence[int], least: Sequence[int], room: int) -> tuple[int, ...]:
    """What each column gets of `room`: the short ones all they need, the others the same.

    None gets less than its longest word takes, its `least`, where there is room for all of these.
    """
    if sum(least) > room:
        return _shared(least, room)
    widths = _shared(natural, room)
    tight = [column for column, width in enumerate(widths) if width < least[column]]
    if not tight:
        return widths
    others = [column for column in range(len(widths)) if column not in tight]
    left = room - sum(least[column] for column in tight)
    rest = balanced([natural[c] for c in others], [least[c] for c in others], left)
    given = dict(zip(others, rest, strict=True))
    return tuple(given.get(column, least[column]) for column in range(len(widths)))


def _shared(wanted: Sequence[int], room: int) -> tuple[int, ...]:
    widths = [0] * len(wanted)
    for left, column in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        widths[column] = max(1, min(wanted[column], room // (len(wanted) - left)))
        room -= widths[column]
    return tuple(widths)
