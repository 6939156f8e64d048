"""The learner's numbers beside the expected ones, as wide as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from tui.app.widgets.drawing import content, scale
from tui.figures.comparison import MatrixComparison

if TYPE_CHECKING:
    from grader import report


class HeatMap(Widget):
    def __init__(self, found: report.Comparison) -> None:
        super().__init__()
        self._comparison = MatrixComparison(found.got, found.expected, found.index, found.start)

    def render(self) -> Content:
        return content(self._comparison.draw(self.content_size.width, scale(self.app)))
