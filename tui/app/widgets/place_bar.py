"""The first line: every place, the present one marked, each a mouse click away."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click
from textual.style import Style
from textual.widget import Widget

from tui.app import messages
from tui.app.places import PLACES, Place

GAPS = (3, 2, 1)


class PlaceBar(Widget):
    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current

    def on_click(self, event: Click) -> None:
        if place := event.style.meta.get("place"):
            self.post_message(messages.Go(place))

    def render(self) -> Content:
        taken = sum(len(place.title) for place in PLACES) + 2
        room = (self.size.width - taken) // max(1, len(PLACES) - 1)
        gap = next((gap for gap in GAPS if gap <= room), GAPS[-1])
        line = Content(" ")
        for place in PLACES:
            is_here = place.name == self._current
            # The mark of the present place takes in one space on each of its sides.
            line = (line[:-1] if is_here else line) + _title(place, is_here)
            line += Content(" " * (gap - is_here))
        return line


def _title(place: Place, is_here: bool) -> Content:
    title = f" {place.title} " if is_here else place.title
    at = title.lower().index(place.key)
    style = "reverse bold" if is_here else "$text-muted"
    return (
        Content.styled(title, style)
        .stylize("underline", at, at + 1)
        .stylize(Style.from_meta({"place": place.name}))
    )
