"""A figure of the Lab: its title, the heat map or bars, and what they show."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from tui.figures.colours import Scale
from tui.figures.figure import Figure, Line, View, draw, next_view


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

    def turn_view(self) -> None:
        """Numbers, shades, or two rows in a line."""
        self._view = next_view(self._view or "numbers")
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
            lines = draw(self._figure, self.size.width, self._view, self._scale())
            self._drawing.update(Content("\n").join(map(_content, lines)))

    def _scale(self) -> Scale | None:
        """None where the terminal's own colours are used."""
        colours = self.app.theme_variables
        low, high = colours.get("panel", ""), colours.get("accent", "")
        if not (low.startswith("#") and high.startswith("#")) or self.app.native_ansi_color:
            return None
        return Scale(low[:7], high[:7])


def _content(line: Line) -> Content:
    return Content("").join(
        Content.styled(span.text, _style(span.colour, span.background)) for span in line
    )


def _style(colour: str | None, background: str | None) -> Style:
    return Style.parse(f"{colour or ''} on {background}" if background else colour or "")
