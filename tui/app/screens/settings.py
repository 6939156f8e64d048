"""Settings: one line each, changed with the arrows and kept at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Never

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from exercises.errors import CourseError
from tui.app.screens.page import Page
from tui.app.widgets.scroll import Scroll
from tui.output import shown
from tui.progress.settings import SETTINGS, SettingValue, neighbour

SETTING_NAMES = tuple(SETTINGS)
LABELS = {name: name.replace("_", " ").capitalize() for name in SETTINGS}
LABEL_WIDTH = max(map(len, LABELS.values()))


class SettingsPage(Page[Never]):
    PLACE = "settings"
    CSS_PATH = "../styles/settings.tcss"
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="The setting above"),
        Binding("down,j", "move(1)", "Choose", key_display="↑↓", tooltip="The setting below"),
        Binding("left,h", "change(-1)", "Less", key_display="←", tooltip="The value before"),
        Binding("right,l,enter", "change(1)", "More", key_display="→", tooltip="The value after"),
    ]
    AUTO_FOCUS = ""

    def content(self) -> ComposeResult:
        with Scroll(can_focus=False):
            yield SettingList()
            yield Static(id="where")

    async def load(self) -> None:
        values = await self.services.session_thread.ask(
            lambda session: session.progress.settings.all()
        )
        self.query_one(SettingList).values = values
        root = self.services.session_thread.session.workspace.root
        self.query_one("#where", Static).update(Content(f"Your files: {shown(root)}"))

    def action_move(self, by: int) -> None:
        shown = self.query_one(SettingList)
        shown.at = (shown.at + by) % len(SETTING_NAMES)

    async def action_change(self, by: int) -> None:
        shown = self.query_one(SettingList)
        name = SETTING_NAMES[shown.at]
        if name not in shown.values:
            return
        typed = neighbour(name, shown.values[name], by)
        try:
            value = await self.services.session_thread.ask(
                lambda session: session.progress.settings.change(name, typed)
            )
        except CourseError as error:
            self.notify(str(error), severity="warning")
            return
        shown.values = {**shown.values, name: value}
        if name == "theme":
            self.app.theme = str(value)


class SettingList(Widget):
    """A click on a line chooses it, one on its value changes it."""

    at: reactive[int] = reactive(0)
    values: reactive[Mapping[str, SettingValue]] = reactive(dict, layout=True)

    async def on_click(self, event: Click) -> None:
        meta = event.style.meta
        if "setting" in meta:
            self.at = meta["setting"]
        if "by" in meta:
            await self.run_action(f"screen.change({meta['by']})")

    def render(self) -> Content:
        lines = (self._line(place, name) for place, name in enumerate(SETTING_NAMES))
        return Content("\n\n").join(lines)

    def _line(self, place: int, name: str) -> Content:
        is_chosen = place == self.at
        value = self.values.get(name, "")
        shown = f"{value:.0%}" if name == "retention" and value != "" else f"{value}"
        line = Content.assemble(
            ("› " if is_chosen else "  ", "$accent"),
            (f"{LABELS[name]:<{LABEL_WIDTH}}", "bold" if is_chosen else ""),
            _button(" ◂ ", -1, is_chosen),
            Content.styled(f"{shown:^13}", "bold $accent" if is_chosen else "$accent"),
            _button(" ▸ ", 1, is_chosen),
            (f" {SETTINGS[name].description}", "$text-muted"),
        )
        return line.stylize(Style.from_meta({"setting": place}))


def _button(text: str, by: int, is_chosen: bool) -> Content:
    return Content.styled(text, "$accent" if is_chosen else "$text-muted").stylize(
        Style.from_meta({"by": by})
    )
