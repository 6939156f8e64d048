"""`learn train`: the learner's own model learns, in the sandbox, while they look on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from tui.commands.arguments import json_option
from tui.commands.kept_models import attend, list_runs, sample
from tui.commands.watched_run import finish, watch
from tui.study.session import Session, open_session

TASKS = ("copy", "reverse", "sort")
MISTAKES = ("no-mask", "no-scale", "no-warmup", "post-norm-no-warmup")
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
@click.option("--sample", "samples", is_flag=True, help="Only show what the trained model writes.")
@click.option("--attention", is_flag=True, help="Only show what the trained model attends to.")
@click.option("--prompt", default="", help="How a sample begins, or what --attention reads.")
@click.option("--layer", help="With --attention: which. By default the last.")
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
    samples: bool,
    attention: bool,
    prompt: str,
    layer: str | None,
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
    from tui.study.capstone import run_name

    wanted = Wanted(file, task, steps, seed, device, fill, again, as_json)
    name = run_name(task, file)
    with open_session() as session:
        if as_list:
            return list_runs(session, as_json)
        if samples:
            return sample(session, name, prompt, as_json)
        if attention:
            return attend(session, name, prompt, layer, as_json)
        if plant:
            return _plant(session, wanted, plant)
        return _train(session, wanted, resume, compare)


def _train(session: Session, wanted: Wanted, resume: bool, compare: bool) -> int:
    """One run, new or resumed; then the reference's, if it is asked for."""
    from grader.training.folder import Plan
    from grader.worker.training.settings import TEXT
    from tui.study.capstone import run_folder, run_name
    from tui.study.training import (
        begin,
        is_done,
        kept_run,
        new_plan,
        room_for,
        run_beside,
        settings_for,
    )

    name = run_name(wanted.task, wanted.file)
    if resume or (compare and run_folder(session, name).exists and not wanted.again):
        run = kept_run(session, name)
    else:
        task = wanted.task if wanted.file is None else TEXT
        settings = settings_for(task, wanted.steps, wanted.seed, wanted.device)
        run = room_for(session, name, wanted.again)
        begin(run, new_plan(session, settings, wanted.file, wanted.fill))
    runs = {name: run}
    watch(name, run, wanted.as_json)
    if compare and is_done(run):
        settings = run.plan().settings
        beside = run_beside(session, f"{name}.reference", Plan(settings, is_reference=True))
        watch("reference", beside, wanted.as_json, run.start)
        runs["reference"] = beside
    return finish(runs, wanted.as_json)


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
    return finish(runs, wanted.as_json)
