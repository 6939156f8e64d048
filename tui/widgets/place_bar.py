"""The first line: every place, the present one marked, each a mouse click away."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tui.screens import PLACES, Place

ROOMY = 110


class PlaceBar(Widget):
    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current

    def render(self) -> Content:
        gap = "   " if self.size.width >= ROOMY else " "
        parts: list[Content] = []
        for index, place in enumerate(PLACES):
            is_here = place.name == self._current
            before = PLACES[index - 1].name == self._current if index else False
            # The mark of the present place takes in the space on both of its sides.
            parts += [] if before and len(gap) == 1 else [Content(gap[:-1] if is_here else gap)]
            parts.append(_title(place, is_here))
        return Content("").join(parts)


def _title(place: Place, is_here: bool) -> Content:
    title = f" {place.title} " if is_here else place.title
    at = title.lower().index(place.key)
    click = f"@click=app.go('{place.name}')"
    style = "reverse bold" if is_here else "$text-muted"
    return Content.from_markup(
        f"[{click}][{style}]{title[:at]}[u]{title[at]}[/u]{title[at + 1 :]}[/][/]"
    )
