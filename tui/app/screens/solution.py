"""Our solution beside the learner's own, over the exercise that they have passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import chop_cells
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from tui.app.screens.overlay import Overlay, Panel
from tui.study.solutions import Row, Solutions
from tui.text.columns import hanging

SIDE_BY_SIDE = 100  # columns: two sides of 48 hold most lines of code
RULE = " │ "


class SolutionScreen(Overlay[None]):
    CSS_PATH = "../styles/overlays.tcss"
    BINDINGS = [Binding("escape,o,q", "dismiss", "Close")]

    def __init__(self, title: str, found: Solutions) -> None:
        super().__init__()
        self._title = title
        self._found = found

    def content(self) -> ComposeResult:
        with Panel():
            yield Comparison(self._title, self._found)

    def on_click(self) -> None:
        self.dismiss()


class Comparison(Widget):
    """Side by side where there is room, else one below the other: - yours, + ours."""

    def __init__(self, title: str, found: Solutions) -> None:
        super().__init__()
        self._title = title
        self._rows = list(found.rows())

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        title = Content.styled(self._title, "bold")
        if all(row.is_equal for row in self._rows):
            same = "Your answer is ours, line by line."
            return [title, Content.styled(same, "$text-muted")]
        if width >= SIDE_BY_SIDE:
            return [title, Content(""), *_side_by_side(self._rows, width)]
        return [title, Content(""), *_stacked(self._rows, width)]


def _side_by_side(rows: Sequence[Row], width: int) -> Iterator[Content]:
    side = (width - len(RULE)) // 2
    yield _pair(f"{'yours':<{side}}", "ours", "bold", "bold")
    for row in rows:
        if row.skipped:
            yield _skipped(row)
            continue
        left, right = _parts(row.mine, side), _parts(row.ours, side)
        styles = ("$text-muted", "$text-muted") if row.is_equal else ("$error", "$success")
        for place in range(max(len(left), len(right))):
            mine = left[place] if place < len(left) else ""
            ours = right[place] if place < len(right) else ""
            yield _pair(_padded(mine, side), ours, *styles)


def _stacked(rows: Sequence[Row], width: int) -> Iterator[Content]:
    """Of what differs in a row, all of yours and then all of ours."""
    ours: list[Content] = []
    for row in rows:
        if row.is_equal:
            yield from ours
            ours = []
            yield _skipped(row) if row.skipped else Content.styled(f"  {row.mine}", "$text-muted")
            continue
        yield from _marked("- ", row.mine, width, "$error")
        ours.extend(_marked("+ ", row.ours, width, "$success"))
    yield from ours


def _marked(mark: str, line: str | None, width: int, style: str) -> Iterator[Content]:
    for part in _parts(line, width - len(mark)):
        yield Content.styled(f"{mark}{part}", style)
        mark = " " * len(mark)


def _parts(line: str | None, width: int) -> list[str]:
    if line is None:
        return []
    hung = hanging(line.expandtabs(4), max(1, width))
    return [part for each in hung for part in chop_cells(each, max(1, width)) or [""]]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - Content(text).cell_length)


def _pair(left: str, right: str, left_style: str, right_style: str) -> Content:
    return Content.assemble((left, left_style), (RULE, "$text-muted"), (right, right_style))


def _skipped(row: Row) -> Content:
    return Content.styled(f"… {row.skipped} equal lines", "$text-muted italic")
