"""What `learn train` shows of a model that is kept: what it writes, what it attends to, a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.errors import UsageError
from tui.commands.run_printer import JsonPrinter, PlainPrinter
from tui.output import print_json, print_message, width
from tui.study.session import Session

if TYPE_CHECKING:
    from grader.training.folder import RunFolder


def sample(name: str, run: RunFolder, prompt: str, as_json: bool) -> int:
    from grader.training.client import Training

    printer = JsonPrinter(name) if as_json else PlainPrinter(name, run.plan())
    with Training(run.plan(), run, prompt=prompt) as training:
        for event in training.events():
            if event["event"] in ("sample", "text"):
                printer.print(event)
    return 0


def attend(run: RunFolder, typed: str, layer: str | None, as_json: bool) -> int:
    """Heat maps of one layer, a head after the other; as JSON all that was seen."""
    from grader.training.client import Training
    from tui.figures.figure import text
    from tui.study.looking import chosen, example, figures, whose

    plan = run.plan()
    with Training(plan, run, looks=True) as training:
        seen = training.look(typed or example(plan))
    if "message" in seen:
        raise UsageError(seen["message"])
    if as_json:
        print_json(seen)
        return 0
    found = figures(seen)
    for figure in chosen(found, layer):
        click.echo(f"{text(figure, width())}\n")
    click.echo(whose((plan, run)))
    print_message(f"--layer shows another: {', '.join(found)}.")
    return 0


def list_runs(session: Session, as_json: bool) -> int:
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
        print_message("No run is kept yet. `learn train` begins one.")
    for row in [] if as_json else rows:
        loss = "" if row["loss"] is None else f"  loss {row['loss']:.4f}"
        click.echo(f"{row['run']:<32} step {row['step']} of {row['steps']}{loss}")
    return 0
