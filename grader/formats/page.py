"""A page of text at a terminal: wrapped to its width, and in colour where that is wanted."""

import click

from exercises.wrapping import wrap


class Page:
    """Collects lines, wraps text, and paints where colour is wanted."""

    def __init__(self, colour: bool, width: int) -> None:
        self._colour = colour
        self._width = max(40, min(width, 100))
        self._lines: list[str] = []

    def paint(
        self, text: str, tint: str | None = None, bold: bool = False, dim: bool = False
    ) -> str:
        return (
            click.style(text, fg=tint, bold=bold or None, dim=dim or None) if self._colour else text
        )

    def line(self, text: str) -> None:
        """As it is, whatever the width."""
        self._lines.append(text)

    def item(self, mark: str, tint: str, text: str) -> None:
        """Wrapped, behind a mark in colour."""
        first = len(self._lines)
        self.text(text, f"  {mark} ")
        self._lines[first] = self._lines[first].replace(mark, self.paint(mark, tint), 1)

    def blank(self) -> None:
        self._lines.append("")

    def text(self, text: str, indent: str, bold: bool = False, dim: bool = False) -> None:
        """Wrapped to the width; what follows the first line is indented by spaces."""
        if text:
            wrapped = wrap(text, self._width, indent, " " * len(indent))
            self._lines += [self.paint(line, bold=bold, dim=dim) for line in wrapped]

    def finish(self) -> str:
        return "\n".join(self._lines) + "\n"
