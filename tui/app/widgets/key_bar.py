"""The last line: the keys that matter here, each a mouse click away."""

from __future__ import annotations

from textual.app import App
from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

# Left out where there is no room, in this order, and then a place's own from the last on. The ways
# to the other places and to help, which lists every key, stay.
SPARE = ("command_palette", "quit")
KEY_BAR_MARGINS = 4  # a cell at each end, and a gap between the two groups


class KeyBar(Widget):
    """Keys of the place on the left, those of every place on the right."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._on_change)

    def _on_change(self, screen: Screen[object]) -> None:
        self.refresh()

    def on_click(self, event: Click) -> None:
        if key := event.style.meta.get("key"):
            self.app.simulate_key(key)

    def render(self) -> Content:
        here: dict[str, Content] = {}
        everywhere: dict[str, Content] = {}
        bindings = self.screen.active_bindings.values()
        for active in sorted(bindings, key=lambda active: _rank(active.binding)):
            if active.binding.show and active.enabled:
                group = everywhere if isinstance(active.node, App) else here
                group.setdefault(active.binding.action, self._key(active.binding))
        spare = [(everywhere, action) for action in SPARE]
        spare += [(here, action) for action in reversed(here)]
        for group, action in spare:
            if self._space(here, everywhere) >= KEY_BAR_MARGINS:
                break
            group.pop(action, None)
        space = self._space(here, everywhere) - 2
        return Content.assemble(" ", _line(here), " " * space, _line(everywhere))

    def _space(self, *groups: dict[str, Content]) -> int:
        """What the groups leave of the line."""
        return self.size.width - sum(_line(group).cell_length for group in groups)

    def _key(self, binding: Binding) -> Content:
        shown = self.app.get_key_display(binding)
        return Content.assemble(
            (shown, "bold $accent"), " ", (binding.description, "$text-muted")
        ).stylize(Style.from_meta({"key": binding.key}))


def _rank(binding: Binding) -> int:
    """What is done at a place stands before how one moves there; every screen begins with Tab."""
    return 2 if binding.key == "tab" else int(binding.action == "scroll_down")


def _line(keys: dict[str, Content]) -> Content:
    return Content("  ").join(keys.values())
