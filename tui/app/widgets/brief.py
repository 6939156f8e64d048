"""What an exercise asks: its summary, its stub, what is not allowed, and the hints shown so far."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from exercises.catalog import Exercise
from tui.text.columns import fitted
from tui.text.stub_outline import StubBlock, fill

MIN_WIDTH = 20  # a pane that is not on the screen has no width at all
STYLES = {"code": "bold", "prose": "", "example": "$text-muted"}


class Brief(Widget):
    """Shows nothing until it is told what."""

    def __init__(self) -> None:
        super().__init__()
        self._exercise: Exercise | None = None
        self._stub: tuple[StubBlock, ...] = ()
        self._hints = 0

    def show(self, exercise: Exercise, stub: tuple[StubBlock, ...], hints: int) -> None:
        self._exercise, self._stub, self._hints = exercise, stub, hints
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._content(width).get_height({}, max(width, MIN_WIDTH))

    def render(self) -> Content:
        return self._content(self.content_size.width)

    def _content(self, width: int) -> Content:
        if self._exercise is None:
            return Content("")
        width = max(width, MIN_WIDTH)
        parts = [Content("\n".join(textwrap.wrap(self._exercise.summary, width)))]
        parts += [_block(block, width) for block in self._stub]
        parts += [_forbidden(self._exercise, width)] * bool(self._exercise.forbidden)
        parts += _hints(self._exercise, self._hints, width)
        parts.append(Content.styled(f"Source: {self._exercise.source}", "$text-muted"))
        return Content("\n\n").join(parts)


def _block(block: StubBlock, width: int) -> Content:
    # A table is code inside a docstring, and no signature.
    is_signature = block.text.startswith(("def ", "class ", "@"))
    style = "" if block.kind == "code" and not is_signature else STYLES[block.kind]
    indent = block.indent
    if block.kind == "prose":
        lines = fill(block.text, width - indent)
    else:
        longest = max(map(len, block.text.splitlines()))
        if longest > width - indent and not is_signature:
            indent = 0  # columns get all the room that there is
        lines = fitted(block.text, width - indent)
    return Content.styled("\n".join(" " * indent + line for line in lines), style)


def _forbidden(exercise: Exercise, width: int) -> Content:
    lines: list[str] = []
    for rule in exercise.forbidden:
        lines += textwrap.wrap(f"Not allowed: {', '.join(rule.names)}. {rule.instead}", width)
    return Content("\n".join(lines))


def _hints(exercise: Exercise, shown: int, width: int) -> Iterator[Content]:
    total = len(exercise.hints)
    for number, hint in enumerate(exercise.hints[:shown], start=1):
        text = textwrap.wrap(hint, width - 2)
        yield Content.assemble(
            (f"Hint {number} of {total}", "bold $accent"), *(f"\n  {line}" for line in text)
        )
    if not shown:
        yield Content.styled(
            f"{total} hints; h shows the first, which gives nothing away.", "$text-muted"
        )
