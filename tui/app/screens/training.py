"""The learner's model in training, over the Lab: its curve while it grows. Esc stops it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from exercises.catalog import Exercise
from exercises.errors import CourseError
from grader.errors import GraderError
from tui.app.screens.overlay import Overlay, Panel
from tui.app.services import Services
from tui.figures.curve import plot

if TYPE_CHECKING:
    from grader.training.client import Training
    from grader.training.folder import RunFolder

TITLE = "Your Transformer learns to reverse"
HEIGHT = 7  # of the plot: all fits into 24 lines


class TrainingScreen(Overlay[None]):
    CSS_PATH = "../styles/overlays.tcss"
    BINDINGS = [
        Binding("escape", "stop", "Stop"),
        Binding("escape", "dismiss", "Close"),
        Binding("f", "begin(True, False)", "Fill in"),
        Binding("a", "begin(False, True)", "Start over"),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._training: Training | None = None
        self._is_filled = False
        self._offer: Literal["fill", "again"] | None = None  # what else there is than to close

    def content(self) -> ComposeResult:
        with Panel():
            yield TrainingView()

    def on_mount(self) -> None:
        self._train(fill=False, again=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A run begins only between two: one that is going on is stopped first."""
        if action == "begin":
            return parameters == (self._offer == "fill", self._offer == "again")
        if action in ("stop", "dismiss"):
            return (self._training is not None) == (action == "stop")
        return True

    def action_begin(self, fill: bool, again: bool) -> None:
        self._is_filled |= fill
        self._train(fill=self._is_filled, again=again)

    def action_stop(self) -> None:
        """Stop, and keep what there is."""
        if self._training:
            self.query_one(TrainingView).say("Stopping …")
            self._training.stop()

    def _stand(
        self, training: Training | None = None, offer: Literal["fill", "again"] | None = None
    ) -> None:
        """What runs now, and what can be asked for: the last line follows."""
        self._training, self._offer = training, offer
        self.refresh_bindings()

    @work(group="training", exclusive=True)
    async def _train(self, fill: bool, again: bool) -> None:
        from tui.study.capstone import MissingParts
        from tui.study.training import is_done, run_to_watch

        view = self.query_one(TrainingView)
        self._stand()
        view.say("PyTorch is being loaded, and a sandbox for your code …")
        try:
            run = await self._services.session_thread.ask(
                lambda session: run_to_watch(session, fill, again)
            )
            view.begin(run)
            if not is_done(run):
                await self._watch(run, view)
            over = "Done." if is_done(run) else "Stopped, and kept: opened again, it goes on."
            self._stand(offer="again")
            view.say(f"{over} Esc closes this, a starts over. `learn train` can do more.")
        except MissingParts as error:
            self._stand(offer="fill")
            view.say(_lacking(error.missing))
        except (CourseError, GraderError) as error:
            view.say(f"{error}\nEsc closes this.")

    async def _watch(self, run: RunFolder, view: TrainingView) -> None:
        from grader.training.client import Training

        # Loading its process is quick; waiting for what it tells is not.
        with Training(run.plan(), run) as training:
            self._stand(training)
            events = training.events()
            try:
                while event := await asyncio.to_thread(next, events, None):
                    view.take(event)
            finally:
                self._stand()


def _lacking(missing: Sequence[Exercise]) -> str:
    them = "it" if len(missing) == 1 else "them"
    return "\n".join(
        [
            "Your model lacks what you have not passed yet. What counts is a submission:",
            *(f"  {exercise.title}" for exercise in missing),
            "",
            f"f lets our own parts stand in for {them}. Esc closes this.",
        ]
    )


class TrainingView(Widget):
    """Curve, numbers and samples of one run, and a sentence below."""

    def __init__(self) -> None:
        super().__init__()
        self._losses: list[tuple[int, float]] = []
        self._numbers = self._sentence = ""
        self._sample: list[str] = []

    def begin(self, run: RunFolder) -> None:
        curve = run.curve()
        self._losses = [(update.step, update.loss) for update in curve]
        self._sample = []
        if curve:
            last = curve[-1]
            self._count(last.step, last.loss, last.rate, last.norm)
        self.refresh(layout=True)

    def take(self, event: Mapping[str, Any]) -> None:
        match event:
            case {"event": "updates", "updates": updates}:
                self._losses += [(update[0], update[1]) for update in updates]
                self._count(*updates[-1])
                self._sentence = "Esc stops, and keeps what it has learned."
            case {"event": "sample", "right": right, "rows": rows}:
                tried = f"right on sequences that it has never seen: {right:.0%}"
                self._sample = [tried, *(f"{row[0]}  →  {row[1]}" for row in rows)]
        self.refresh(layout=True)

    def say(self, sentence: str) -> None:
        self._sentence = sentence
        self.refresh(layout=True)

    def _count(self, step: int, loss: float, rate: float, norm: float) -> None:
        self._numbers = f"step {step}   loss {loss:.4f}   rate {rate:.5f}   gradient {norm:.3f}"

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        lines = [Content.styled(TITLE, "bold"), Content("")]
        if self._losses:
            curve = plot({"loss, in nats a token": self._losses}, width, HEIGHT)
            lines += map(Content, [*curve, self._numbers, *self._sample, ""])
        said = Content(self._sentence).wrap(width) if width else []
        return [*lines, *said]
