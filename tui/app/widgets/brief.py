"""What an exercise asks: its summary, its stub, what is not allowed, and the hints shown so far. Of
one that is locked, what it is best done after."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from exercises.catalog import Exercise
from tui.study.exercise_state import Briefing
from tui.text.columns import fitted
from tui.text.stub_outline import StubBlock, fill

MIN_WIDTH = 20  # a pane that is not on the screen has no width at all
STYLES = {"code": "bold", "prose": "", "example": "$text-muted"}


class Brief(Widget):
    """Shows nothing until it is told what."""

    def __init__(self) -> None:
        super().__init__()
        self._briefing: Briefing | None = None

    def show(self, briefing: Briefing) -> None:
        self._briefing = briefing
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._content(width).get_height({}, max(width, MIN_WIDTH))

    def render(self) -> Content:
        return self._content(self.content_size.width)

    def _content(self, width: int) -> Content:
        if (found := self._briefing) is None:
            return Content("")
        exercise, width = found.exercise, max(width, MIN_WIDTH)
        parts = [_order(found, width)] * bool(found.lacks and not found.is_passed)
        parts.append(Content("\n".join(textwrap.wrap(exercise.summary, width))))
        parts += [_block(block, width) for block in found.stub]
        parts += [_forbidden(exercise, width)] * bool(exercise.forbidden)
        parts += _hints(exercise, found.hints, width)
        parts.append(Content.styled(f"Source: {exercise.source}", "$text-muted"))
        return Content("\n\n").join(parts)


def _order(briefing: Briefing, width: int) -> Content:
    """An order is advised, and kept by nobody: what is locked may be written, and counts."""
    names = ", ".join(exercise.named for exercise in briefing.lacks)
    advised = f"Best after {names}; you may do it all the same."
    return Content.styled("\n".join(textwrap.wrap(advised, width)), "$text-muted")


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
