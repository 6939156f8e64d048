"""What the learner's own model attends to, over the Lab: type a text, turn layers and heads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from exercises.errors import CourseError
from grader.errors import GraderError
from tui.app.screens.overlay import Overlay
from tui.app.services import Services
from tui.app.widgets.dials import Dial, Dials
from tui.app.widgets.figure_view import FigureView
from tui.app.widgets.scroll import Scroll
from tui.figures.figure import Figure

if TYPE_CHECKING:
    from grader.training.client import Training
    from tui.study.looking import Model

LOADING = "PyTorch is being loaded, and a sandbox for your code …"


class Sentence(Input):
    BINDINGS: ClassVar = [Binding("enter", "submit", "Read it")]


class AttentionScreen(Overlay[None]):
    CSS_PATH = "../styles/overlays.tcss"
    BINDINGS: ClassVar = [
        Binding("v", "turn_view", "View"),
        Binding("tab", "app.focus_next", "Switch"),
        Binding("escape", "close", "Close"),
        Binding("pagedown,ctrl+d", "scroll(1)", "Down", show=False),
        Binding("pageup,ctrl+u", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._models: Mapping[str, Model] = {}
        self._found: Mapping[str, list[Figure]] = {}
        self._training: Training | None = None
        self._turn = asyncio.Lock()
        self._model = self._map = self._head = 0

    def content(self) -> ComposeResult:
        with Scroll(classes="panel", can_focus=False):
            yield Sentence(placeholder="A text for your model to read")
            yield Dials()
            yield Static(id="whose", markup=False)
            yield FigureView()

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False  # nothing moves by itself
        self._open(None)

    def on_unmount(self) -> None:
        self._let_go()

    def action_close(self) -> None:
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where a text is typed, its letters are no keys."""
        is_typing = isinstance(self.focused, Input)
        return action != "turn_view" or not (is_typing or len(self.query_one(FigureView).views) < 2)

    def on_input_submitted(self) -> None:
        self._open(self.query_one(Input).value)

    def action_turn_view(self) -> None:
        self.query_one(FigureView).turn_view()

    def action_scroll(self, by: int) -> None:
        self.query_one(Scroll).page(by)

    def on_dials_turned(self, message: Dials.Turned) -> None:
        if message.place == 0:
            self._map = message.to
        elif message.place == 1:
            self._head = message.to
        else:
            self._model, self._found = message.to, {}
            self._let_go()
            self._open(None)
            return
        self._show()

    @work(group="attention")
    async def _open(self, typed: str | None) -> None:
        """Read a text, or the model's own example, with the model that is chosen."""
        from tui.study.looking import example, figures, models, whose

        view = self.query_one(FigureView)
        async with self._turn:  # a process answers one after another
            with said_by(view):
                if not self._models:
                    self._models = await self._services.session_thread.ask(models)
                chosen = list(self._models.values())[self._model]
                self.query_one("#whose", Static).update(whose(chosen))
                if typed is None:
                    typed = self.query_one(Input).value = example(chosen[0])
                if self._training is None:
                    view.say(LOADING)
                event = await asyncio.to_thread(self._process(chosen).look, typed)
                if "message" in event:
                    view.say(event["message"])
                    return
                self._found = figures(event)
                self._show()
                self.query_one(Dials).focus()

    def _process(self, model: Model) -> Training:
        """That of the model that is looked at; it stays for the next text."""
        from grader.training.client import Training

        if self._training is None:
            plan, run = model
            self._training = Training(plan, run, looks=True)
        return self._training

    def _let_go(self) -> None:
        training, self._training = self._training, None
        if training is not None:
            training.__exit__(None, None, None)

    def _show(self) -> None:
        from tui.study.looking import NOTHING_SEEN

        names = tuple(self._found)
        self._map = min(self._map, max(0, len(names) - 1))
        heads = self._found[names[self._map]] if names else []
        self._head = min(self._head, max(0, len(heads) - 1))
        dials = [
            Dial("layer", names or ("none",), self._map, ""),
            Dial("head", tuple(range(len(heads))) or (0,), self._head, ""),
            Dial("model", tuple(self._models), self._model, ""),
        ]
        self.query_one(Dials).show(dials)
        if heads:
            self.query_one(FigureView).show(heads[self._head])
        else:
            self.query_one(FigureView).say(NOTHING_SEEN)


@contextmanager
def said_by(view: FigureView) -> Iterator[None]:
    """What fails is a sentence in the place of the figure."""
    try:
        yield
    except (CourseError, GraderError) as error:
        view.say(str(error))
