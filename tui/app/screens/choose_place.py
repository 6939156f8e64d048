"""After `g`: the places and their letters, chosen by letter, arrow or mouse."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.events import Click, Key
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from tui.app.places import PLACES
from tui.app.screens.overlay import Overlay

PLACES_BY_KEY = {place.key: place.name for place in PLACES}


class ChoosePlace(Overlay[str | None]):
    """Gives the name of the place, or None."""

    CSS_PATH = "../styles/overlays.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Choose", key_display="↑↓"),
        Binding("enter", "choose", "Go"),
        Binding("escape", "dismiss(None)", "Close"),
    ]

    at: reactive[int] = reactive(0)

    def __init__(self, current: str) -> None:
        super().__init__()
        self.set_reactive(ChoosePlace.at, [place.name for place in PLACES].index(current))

    def content(self) -> ComposeResult:
        yield Static(self._list(), classes="panel")

    def on_key(self, event: Key) -> None:
        if event.key in PLACES_BY_KEY:
            event.stop()
            self.dismiss(PLACES_BY_KEY[event.key])

    def on_click(self, event: Click) -> None:
        self.dismiss(event.style.meta.get("place"))

    def action_move(self, by: int) -> None:
        self.at = (self.at + by) % len(PLACES)

    def action_choose(self) -> None:
        self.dismiss(PLACES[self.at].name)

    def watch_at(self) -> None:
        self.query_one(Static).update(self._list())

    def _list(self) -> Content:
        return Content("\n").join(
            Content.assemble(
                "› " if index == self.at else "  ",
                (place.key, "bold $accent"),
                (f"  {place.title:<9}", "bold" if index == self.at else ""),
                (f"  {place.description}", "$text-muted"),
            ).stylize(Style.from_meta({"place": place.name}))
            for index, place in enumerate(PLACES)
        )
