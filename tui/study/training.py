"""Runs of the learner's model: what a new one is made of, which there are, and how they go on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from exercises.errors import CourseError
from grader.training.client import Training
from grader.training.folder import NoRun, Plan, RunFolder
from grader.worker.training.settings import TEXT, Settings
from tui.study.capstone import (
    MOST_TEXT,
    NoText,
    gather,
    kept_runs,
    read_text,
    run_folder,
    run_name,
    whole_text,
)
from tui.study.session import Session

STEPS = {"copy": 400, "reverse": 400, "sort": 400, TEXT: 1200}
# A deep model, one wide head and a large rate: there mistakes show. Two layers forgive nearly all.
HARD: Mapping[str, Any] = {
    "steps": 300, "n_layers": 4, "n_heads": 1, "peak": 8e-3, "batch_size": 32,
}  # fmt: skip
REFERENCE, HEALTHY = "reference", "healthy"  # what is trained beside a run, or a mistake
GPT_SIZE: Mapping[str, Any] = {"batch_size": 16, "smoothing": 0.0}


class RunExists(CourseError):
    exit_code = 2

    def __init__(self, name: str, run: RunFolder) -> None:
        step, steps = step_of(run), run.plan().settings.steps
        if step < steps:
            state = f"It stands at step {step} of {steps}. --resume goes on with it"
        else:
            state = f"Its {steps} steps are done. --sample shows what it writes"
        super().__init__(f"There is a run of {name}. {state}, --again starts over.")


class OtherRun(CourseError):
    exit_code = 2

    def __init__(self, name: str, run: RunFolder) -> None:
        super().__init__(
            f"There is a run of {name}, of other settings or of what had passed by then. It stands"
            f" at step {step_of(run)} of {run.plan().settings.steps}. --resume goes on with it as"
            " it was begun, --again starts over."
        )


class OtherText(CourseError):
    exit_code = 2

    def __init__(self, name: str, file: Path) -> None:
        super().__init__(
            f"The run of {name} was made of another text than {file} is now. Give the file that it"
            " was made of. To train this text, too, give it a file of another name; with --again"
            " it takes the place of the old run, which is lost."
        )


def settings_for(
    task: str, steps: int | None, seed: int, device: str, *, hard: bool = False
) -> Settings:
    """A run of the usual size; a `hard` one makes mistakes show."""
    sizes = {"steps": STEPS[task], **(GPT_SIZE if task == TEXT else {}), **(HARD if hard else {})}
    if steps is not None:
        sizes["steps"] = steps
    return Settings(task=task, seed=seed, device=device, **sizes)


def new_plan(session: Session, settings: Settings, file: Path | None, fill: bool) -> Plan:
    """What a new run comes from: the learner's passed files as they are now."""
    text = read_text(file) if file is not None else ""
    return gather(session, settings.is_text, fill).plan(settings, text)


def step_of(run: RunFolder) -> int:
    """The last step that was taken, 0 for none."""
    curve = run.curve()
    return curve[-1].step if curve else 0


def is_done(run: RunFolder) -> bool:
    return step_of(run) >= run.plan().settings.steps


def room_for(session: Session, name: str, file: Path | None, again: bool) -> RunFolder:
    """Where a new run will be kept. Raises `RunExists` where there is one that would be lost, or
    `OtherText` where that one was made of another text."""
    run = run_folder(session, name)
    if run.exists and not again:
        _check_text(name, run, file)
        raise RunExists(name, run)
    return run


def begin(run: RunFolder, plan: Plan, beside: RunFolder | None = None) -> None:
    """A new run in the place of an old one, which is lost only where the new one can be built. What
    was trained `beside` the old one began with its weights: it is lost, too."""
    if run.exists:
        with Training(plan) as building:
            for _ in building.events():
                pass
    run.create(plan)
    if beside:
        beside.remove()


def run_to_watch(session: Session, fill: bool, again: bool) -> RunFolder:
    """The app's: the run of reverse that is kept, done or not, or a new one."""
    run = run_folder(session, "reverse")
    if again or not run.exists:
        plan = new_plan(session, settings_for("reverse", None, 0, "cpu"), None, fill)
        begin(run, plan, run_folder(session, run_name("reverse", beside=REFERENCE)))
    return run


def refuse_another(session: Session, name: str, plan: Plan) -> None:
    """Raises `OtherRun` where a run is kept that is not of this plan, and would be lost."""
    run = run_folder(session, name)
    if run.exists and run.plan() != plan:
        raise OtherRun(name, run)


def run_beside(session: Session, name: str, plan: Plan) -> RunFolder:
    """The reference's run: the one that is kept where it is of the same plan, else a new one. One
    of another plan was beside a run that is lost."""
    run = run_folder(session, name)
    if not run.exists or run.plan() != plan:
        begin(run, plan)
    return run


def kept_or_new(session: Session, name: str, plan: Plan) -> RunFolder:
    """The run that is kept, whatever it is of, else a new one."""
    run = run_folder(session, name)
    if not run.exists:
        begin(run, plan)
    return run


def kept_run(session: Session, name: str, file: Path | None, command: str) -> RunFolder:
    """Raises `NoRun` where there is none of this name, with the `command` that begins one, and
    `OtherText` where it is not that of `file`.

    A file that is gone is no other text: the run keeps its own.
    """
    run = run_folder(session, name)
    if not run.exists:
        names = ", ".join(name for name, _ in kept_runs(session)) or "none yet"
        raise NoRun(f"There is no run of {name}. Kept are: {names}. `{command}` begins one.")
    with suppress(NoText):
        _check_text(name, run, file)
    return run


def _check_text(name: str, run: RunFolder, file: Path | None) -> None:
    if file is not None and whole_text(file)[:MOST_TEXT] != run.plan().text:
        raise OtherText(name, file)
