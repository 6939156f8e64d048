"""A table whose short columns keep their width; Textual would squeeze the first one first."""

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
        natural = [
            PADDING + max(cell.cell_length for cell in column)
            for column in zip(cells.headers, *cells.rows, strict=False)
        ]
        room = self.size.width - GUTTER * (len(natural) - 1)
        cells.styles.grid_columns = list(balanced(natural, room))


def balanced(natural: Sequence[int], room: int) -> tuple[int, ...]:
    """What each column gets of `room`: the short ones all they need, the others the same."""
    widths = [0] * len(natural)
    for left, column in enumerate(sorted(range(len(natural)), key=natural.__getitem__)):
        widths[column] = max(1, min(natural[column], room // (len(natural) - left)))
        room -= widths[column]
    return tuple(widths)
