"""Lab: figures of the reference, with their parameters under the arrow keys."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from exercises.errors import CourseError
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.dials import Dial, Dials
from tui.app.widgets.figure_view import FigureView
from tui.app.widgets.scroll import Scroll
from tui.figures.lab_process import FigureInfo, Value
from tui.study.targets import FigureTarget

STARTING = "The reference model is loading PyTorch, in a process of its own …"


class LabPage(Page[FigureTarget]):
    PLACE = "lab"
    CSS_PATH = "../styles/lab.tcss"
    BINDINGS = [
        Binding("v", "turn_view", "View", tooltip="The same figure as numbers, shades, or colours"),
        Binding("t", "train", "Train", tooltip="Your own Transformer learns, and its curve grows"),
        Binding("a", "look", "Attention", tooltip="What your own Transformer attends to"),
        Binding("d", "defaults", "Defaults", tooltip="Every parameter as it was"),
        Binding("pagedown,ctrl+d", "scroll(1)", "Down", show=False, tooltip="Scroll the figure"),
        Binding("pageup,ctrl+u", "scroll(-1)", "Up", show=False, tooltip="Scroll the figure"),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._entries: tuple[FigureInfo, ...] = ()
        self._at = 0
        self._places: dict[str, dict[str, int]] = {}

    def content(self) -> ComposeResult:
        yield Dials()
        with Scroll(can_focus=False):
            yield FigureView()

    async def load(self) -> None:
        self.query_one(Dials).focus()
        if not self._entries:
            self.query_one(FigureView).say(STARTING)
            try:
                self._entries = await self.services.lab.entries()
            except CourseError as error:
                self.query_one(FigureView).say(f"{error} Come back to this place to try again.")
                return
            for entry in self._entries:
                self._set_defaults(entry)
            await self._restore()
        if target := self.take_target():
            self._take(target)
        await self._show()

    # the state

    @property
    def _entry(self) -> FigureInfo:
        return self._entries[self._at]

    def _set_defaults(self, entry: FigureInfo) -> None:
        self._places[entry.name] = {p.name: p.values.index(p.default) for p in entry.parameters}

    def _settings(self) -> dict[str, Value]:
        places = self._places[self._entry.name]
        return {p.name: p.values[places[p.name]] for p in self._entry.parameters}

    async def _restore(self) -> None:
        """Every figure as it was left, and the one that was open last."""
        kept = await self.services.session_thread.ask(
            lambda session: session.progress.figures.all()
        )
        for name, settings in kept.items():
            self._take(FigureTarget(name, settings))

    def _take(self, target: FigureTarget) -> None:
        """Of an older course, say: what does not exist any more is left as it was."""
        names = [entry.name for entry in self._entries]
        if target.name not in names:
            return
        self._at = names.index(target.name)
        wanted = target.settings
        for parameter in self._entry.parameters:
            if wanted.get(parameter.name) in parameter.values:
                place = parameter.values.index(wanted[parameter.name])
                self._places[self._entry.name][parameter.name] = place

    # what is shown

    async def _show(self) -> None:
        self.query_one(Dials).show([self._figure_dial(), *self._parameter_dials()])
        name, settings, now = self._entry.name, self._settings(), self.services.clock()
        figure = await self.services.lab.figure(name, settings)
        self.query_one(FigureView).show(figure)
        self.refresh_bindings()
        await self.services.session_thread.ask(
            lambda session: session.progress.figures.put(name, settings, now)
        )

    def _figure_dial(self) -> Dial:
        titles = tuple(entry.title for entry in self._entries)
        return Dial("figure", titles, self._at, "")

    def _parameter_dials(self) -> list[Dial]:
        places = self._places[self._entry.name]
        return [
            Dial(p.name, p.values, places[p.name], p.description) for p in self._entry.parameters
        ]

    # keys

    def on_dials_turned(self, message: Dials.Turned) -> None:
        if message.place == 0:
            self._at = message.to
        else:
            parameter = self._entry.parameters[message.place - 1]
            self._places[self._entry.name][parameter.name] = message.to
        self._refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "turn_view" or len(self.query_one(FigureView).views) > 1

    def action_turn_view(self) -> None:
        self.query_one(FigureView).turn_view()

    def action_defaults(self) -> None:
        if self._entries:
            self._set_defaults(self._entry)
            self._refresh()

    def action_train(self) -> None:
        from tui.app.screens.training import TrainingScreen

        self.app.push_screen(TrainingScreen(self.services))

    def action_look(self) -> None:
        from tui.app.screens.attention import AttentionScreen

        self.app.push_screen(AttentionScreen(self.services))

    def action_scroll(self, by: int) -> None:
        self.query_one(Scroll).page(by)

    def _refresh(self) -> None:
        """The dials move at once; the figure follows, and only the last one asked for."""
        self.query_one(Dials).show([self._figure_dial(), *self._parameter_dials()])
        self.arrive()
