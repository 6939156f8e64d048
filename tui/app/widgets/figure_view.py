"""A figure of the Lab: its title, the heat map or bars, and what they show."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.app.widgets.drawing import content, scale
from tui.figures.figure import Figure, View, draw, views


class FigureView(Vertical):
    """`say` shows a sentence where no figure is there yet."""

    DEFAULT_CSS = """
    FigureView {
        height: auto;
        & > .title { text-style: bold; margin-bottom: 1; }
        & > .drawing { height: auto; }
        & > .caption { color: $text-muted; margin-top: 1; max-width: 92; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._figure: Figure | None = None
        self._view: View | None = None
        self._title = Static(classes="title", markup=False)
        self._drawing = Static(classes="drawing")
        self._caption = Static(classes="caption", markup=False)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._drawing
        yield self._caption

    def say(self, sentence: str) -> None:
        self._figure = None
        for part in (self._title, self._drawing):
            part.update("")
        self._caption.update(sentence)

    def show(self, figure: Figure) -> None:
        self._figure = figure
        self._title.update(figure.title)
        self._caption.update(figure.caption)
        self._draw()

    @property
    def views(self) -> tuple[View, ...]:
        """Between which one can turn."""
        if not (self._figure and self.size.width):
            return ()
        return views(self._figure, self.size.width, scale(self.app))

    def turn_view(self) -> None:
        """Numbers, shades, or two rows in a line."""
        if found := self.views:
            at = found.index(self._view) if self._view in found else 0
            self._view = found[(at + 1) % len(found)]
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def notify_style_update(self) -> None:
        """The theme may have changed, and with it the colours."""
        super().notify_style_update()
        if self.is_mounted:
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if self._figure and self.size.width:
            view = self._view if self._view in self.views else None
            lines = draw(self._figure, self.size.width, view, scale(self.app))
            self._drawing.update(content(lines))
