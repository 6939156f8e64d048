"""`learn train`: the learner's own model learns, in the sandbox, while they look on."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.arguments import json_option
from tui.commands.exit_codes import INTERRUPTED
from tui.commands.run_printer import JsonPrinter, PlainPrinter
from tui.output import print_json, width
from tui.study.session import Session, open_session

if TYPE_CHECKING:
    from grader.training.client import Training
    from grader.training.folder import RunFolder

TASKS = ("copy", "reverse", "sort")
MISTAKES = ("no-mask", "no-scale", "no-warmup", "post-norm-no-warmup")
CLOSE = 0.001  # nats a token
MOST_STEPS = 20_000  # some minutes to an hour; the curve stays small


@dataclass(frozen=True)
class Wanted:
    """The options, as they were given."""

    file: Path | None
    task: str
    steps: int | None
    seed: int
    device: str
    fill: bool
    again: bool
    as_json: bool


@click.command("train")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--task", type=click.Choice(TASKS), default="reverse", show_default=True)
@click.option("--steps", type=click.IntRange(1, MOST_STEPS), help="Instead of the usual number.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, show_default=True)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--fill", is_flag=True, help="Let our own parts stand in for what you lack.")
@click.option("--resume", is_flag=True, help="Go on where the run was stopped.")
@click.option("--again", is_flag=True, help="Start over; the old run is lost.")
@click.option("--compare", is_flag=True, help="Then train the reference alike.")
@click.option("--plant", type=click.Choice(MISTAKES), help="Train one with this mistake beside it.")
@click.option("--sample", is_flag=True, help="Only show what the trained model writes.")
@click.option("--prompt", default="", help="With --sample: how a text begins.")
@click.option("--attention", is_flag=True, help="Only show what the trained model attends to.")
@click.option("--list", "as_list", is_flag=True, help="List the runs that are kept.")
@json_option
def train_command(
    file: Path | None,
    task: str,
    steps: int | None,
    seed: int,
    device: str,
    fill: bool,
    resume: bool,
    again: bool,
    compare: bool,
    plant: str | None,
    sample: bool,
    prompt: str,
    attention: bool,
    as_list: bool,
    as_json: bool,
) -> int:
    """Train what `learn build` puts together: on a task of symbols, or as a GPT on the text FILE.

    Ctrl-C stops and keeps it; --resume goes on, with the same result as if it had not been stopped.
    """
    if file is not None and (compare or plant):
        raise click.UsageError(
            "--compare and --plant are for the tasks of symbols, not for a FILE."
        )
    if resume and again:
        raise click.UsageError("--resume goes on with a run, --again starts over. Choose one.")
    if resume and steps:
        raise click.UsageError(
            "A run keeps the number of its steps. Leave --steps out, or --resume."
        )
    wanted = Wanted(file, task, steps, seed, device, fill, again, as_json)
    with open_session() as session:
        if as_list:
            return _list(session, as_json)
        if sample:
            return _sample(session, wanted, prompt)
        if attention:
            return _attention(session, wanted)
        if plant:
            return _plant(session, wanted, plant)
        return _train(session, wanted, resume, compare)


def _train(session: Session, wanted: Wanted, resume: bool, compare: bool) -> int:
    """One run, new or resumed; then the reference's, if it is asked for."""
    from grader.training.folder import Plan
    from grader.worker.training.settings import TEXT
    from tui.study.capstone import run_folder, run_name
    from tui.study.training import is_done, kept_run, new_plan, room_for, run_beside, settings_for

    name = run_name(wanted.task, wanted.file)
    if resume or (compare and run_folder(session, name).exists and not wanted.again):
        run = kept_run(session, name)
    else:
        task = wanted.task if wanted.file is None else TEXT
        settings = settings_for(task, wanted.steps, wanted.seed, wanted.device)
        run = room_for(session, name, wanted.again)
        run.create(new_plan(session, settings, wanted.file, wanted.fill))
    runs = {name: run}
    watch(name, run, wanted.as_json)
    if compare and is_done(run):
        settings = run.plan().settings
        beside = run_beside(session, f"{name}.reference", Plan(settings, is_reference=True))
        watch("reference", beside, wanted.as_json, run.start)
        runs["reference"] = beside
    return _finish(runs, wanted.as_json)


def _plant(session: Session, wanted: Wanted, plant: str) -> int:
    """A healthy run and one with a mistake, both of the size at which mistakes show."""
    from dataclasses import replace

    from grader.worker.training.settings import planted
    from tui.study.training import is_done, new_plan, run_beside, settings_for

    settings = settings_for(wanted.task, wanted.steps, wanted.seed, wanted.device, hard=True)
    plan = new_plan(session, settings, None, wanted.fill)
    wrong = replace(plan, settings=planted(settings, plant))  # type: ignore[arg-type]
    runs = {}
    for name, each in (("healthy", plan), (plant, wrong)):
        runs[name] = run_beside(session, f"{wanted.task}.{name}", each)
        watch(name, runs[name], wanted.as_json)
        if not is_done(runs[name]):
            break
    return _finish(runs, wanted.as_json)


def _finish(runs: Mapping[str, RunFolder], as_json: bool) -> int:
    """The curves over one another, and what to do next."""
    from tui.figures.curve import plot
    from tui.study.training import is_done

    if not as_json:
        curves = {
            name: [(each.step, each.loss) for each in run.curve()] for name, run in runs.items()
        }
        click.echo("\nLoss, in nats a token")
        for line in plot(curves, width()):
            click.echo(line)
        for line in differences(runs):
            click.echo(line)
    return 0 if all(map(is_done, runs.values())) else INTERRUPTED


def differences(runs: Mapping[str, RunFolder]) -> Iterator[str]:
    """How far two curves lie apart, where there are two."""
    if len(runs) != 2:
        return
    (one, first), (other, second) = runs.items()
    pairs = list(zip(first.curve(), second.curve(), strict=False))
    if pairs:
        a, b = pairs[-1]
        apart = (each.step for each, at in pairs if not abs(each.loss - at.loss) < CLOSE)
        alike = next(apart, a.step + 1) - 1
        yield f"At step {a.step}: {one} {a.loss:.4f}, {other} {b.loss:.4f}."
        if alike:
            yield f"Up to step {alike}, less than {CLOSE} lies between them."


def watch(name: str, run: RunFolder, as_json: bool, start: Path | None = None) -> None:
    """Train a run to its end, or until Ctrl-C or SIGTERM, and print how it goes."""
    from grader.training.client import Training
    from tui.study.training import is_done

    if is_done(run):
        if not as_json:
            click.echo(f"{name}: its {run.plan().settings.steps} steps were done before.")
        return
    printer = JsonPrinter(name) if as_json else PlainPrinter(name, run.plan())
    with Training(run.plan(), run, start) as training, stopped_by_signals(training):
        for event in training.events():
            printer.print(event)


@contextmanager
def stopped_by_signals(training: Training) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM keeps what there is and ends; a second one ends at once."""

    def stop(number: int, frame: object) -> None:
        signal.signal(number, signal.default_int_handler)
        training.stop()

    kept = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _sample(session: Session, wanted: Wanted, prompt: str) -> int:
    from grader.training.client import Training
    from tui.study.capstone import run_name
    from tui.study.training import kept_run

    name = run_name(wanted.task, wanted.file)
    run = kept_run(session, name)
    printer = JsonPrinter(name) if wanted.as_json else PlainPrinter(name, run.plan())
    with Training(run.plan(), run, prompt=prompt) as training:
        for event in training.events():
            if event["event"] in ("sample", "text"):
                printer.print(event)
    return 0


def _attention(session: Session, wanted: Wanted) -> int:
    """The learner's weights, in the reference's model: heat maps of its last cross-attention."""
    from grader.training.client import Training
    from grader.training.folder import Plan
    from tui.figures.figure import Figure, text
    from tui.study.training import kept_run

    run = kept_run(session, wanted.task)
    plan = Plan(run.plan().settings, is_reference=True)
    with Training(plan, run, looks=True) as training:
        [event] = [event for event in training.events() if event["event"] == "attention"]
    if wanted.as_json:
        print_json(event)
        return 0
    for number, rows in enumerate(event["heads"]):
        title = f"Head {number} of the decoder's last cross-attention"
        caption = "Rows: what was written. Columns: what was read. Each row sums to 1."
        labels = tuple(event["written"]), tuple(event["source"])
        figure = Figure(title, tuple(map(tuple, rows)), *labels, 0.0, 1.0, caption)
        click.echo(f"{text(figure, width())}\n")
    return 0


def _list(session: Session, as_json: bool) -> int:
    from tui.study.capstone import kept_runs
    from tui.study.training import step_of

    rows = []
    for name, run in kept_runs(session):
        steps, curve = run.plan().settings.steps, run.curve()
        rows.append({"run": name, "step": step_of(run), "steps": steps,
                     "loss": curve[-1].loss if curve else None})  # fmt: skip
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("No run is kept yet. `learn train` begins one.")
    for row in [] if as_json else rows:
        loss = "" if row["loss"] is None else f"  loss {row['loss']:.4f}"
        click.echo(f"{row['run']:<32} step {row['step']} of {row['steps']}{loss}")
    return 0
