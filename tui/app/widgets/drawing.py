"""What `figures` draws, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from textual.app import App
from textual.content import Content
from textual.style import Style

from tui.figures.colours import Scale
from tui.figures.heatmap import Line, Span


def theme_scale(colours: Mapping[str, str]) -> Scale:
    panel, accent, wrong = (colours[name][:7] for name in ("panel", "accent", "error"))
    return Scale(panel, accent, wrong=wrong)


def scale(app: App[Any]) -> Scale | None:
    """None where a terminal has no colour, or too few for a scale: then characters have to do."""
    if app.no_color or app.native_ansi_color:
        return None
    match app.console.color_system:
        case "truecolor":
            return theme_scale(app.theme_variables)
        case "256":
            return theme_scale(app.theme_variables).grey()
        case _:
            return None


def content(lines: Iterable[Line]) -> Content:
    return Content("\n").join(
        Content("").join(Content.styled(span.text, _style(span)) for span in line) for line in lines
    )


def _style(span: Span) -> str | Style:
    if span.is_muted:
        return "$text-muted"
    on = f" on {span.background}" if span.background else ""
    return Style.parse(f"{'bold ' if span.is_bold else ''}{span.colour or ''}{on}".strip())
