"""A table whose short columns keep their width; Textual would squeeze the first one first."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets._markdown import MarkdownTable, MarkdownTableContent

PADDING = 2  # of each cell
GUTTER = 1


class BalancedTable(MarkdownTable):
    def compose(self) -> ComposeResult:
        self._headers, self._rows = self._get_headers_and_rows()
        yield Cells(self._headers, self._rows)


class Cells(MarkdownTableContent):
    def on_resize(self) -> None:
        lines = [self.headers, *self.rows]
        natural = [
            PADDING + max(cell.cell_length for cell in column)
            for column in zip(*lines, strict=False)
        ]
        room = self.size.width - GUTTER * (len(natural) - 1)
        self.styles.grid_columns = list(balanced(natural, room))


def balanced(natural: Sequence[int], room: int) -> tuple[int, ...]:
    """What each column gets of `room`: the short ones all they need, the others the same."""
    widths = [0] * len(natural)
    for left, column in enumerate(sorted(range(len(natural)), key=natural.__getitem__)):
        widths[column] = max(1, min(natural[column], room // (len(natural) - left)))
        room -= widths[column]
    return tuple(widths)
