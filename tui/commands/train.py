"""`learn train`: the learner's own model learns, in the sandbox, while they look on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.arguments import json_option
from tui.commands.kept_models import attend, list_runs, sample
from tui.commands.train_options import Wanted, refuse_what_does_nothing, typed
from tui.commands.watched_run import finish, watch
from tui.output import print_message
from tui.study.session import Session, open_session

if TYPE_CHECKING:
    from grader.training.folder import Plan, RunFolder

TASKS = ("copy", "reverse", "sort")
MISTAKES = ("no-mask", "no-scale", "no-warmup", "post-norm-no-warmup")
MOST_STEPS = 20_000  # some minutes to an hour; the curve stays small


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
@click.option("--prompt", default="", help="How a sample of a text begins; else what is read.")
@click.option("--layer", help="With --attention: which. By default the last.")
@click.option("--list", "as_list", is_flag=True, help="List the runs that are kept.")
@json_option
@click.pass_context
def train_command(
    context: click.Context,
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
    given = typed(context)
    refuse_what_does_nothing(given)
    from tui.study.capstone import run_name

    wanted = Wanted(
        file, task, plant, steps, seed, device, fill, resume, again, compare, as_json, set(given)
    )
    name = run_name(task, file, plant)
    with open_session() as session:
        if as_list:
            return list_runs(session, as_json)
        if samples:
            return sample(name, _kept(session, wanted, name), prompt, as_json)
        if attention:
            return attend(_kept(session, wanted, name), prompt, layer, as_json)
        if plant:
            return _plant(session, wanted, plant)
        return _train(session, wanted, name)


def _kept(session: Session, wanted: Wanted, name: str) -> RunFolder:
    from tui.study.training import kept_run

    return kept_run(session, name, wanted.file, wanted.beginning)


def _train(session: Session, wanted: Wanted, name: str) -> int:
    """One run, new or resumed; then the reference's, if it is asked for."""
    from grader.training.folder import Plan
    from tui.study.capstone import run_folder, run_name
    from tui.study.training import REFERENCE, is_done, run_beside

    if wanted.resume:
        run = _kept(session, wanted, name)
    elif wanted.compare and not wanted.again and run_folder(session, name).exists:
        run = _as_given(session, wanted, name)
    else:
        run = _new(session, wanted, name)
    runs = {name: run}
    watch(name, run, wanted.resuming, wanted.as_json)
    if wanted.compare and is_done(run):
        plan = Plan(run.plan().settings, is_reference=True)
        beside = run_beside(session, run_name(name, beside=REFERENCE), plan)
        watch(REFERENCE, beside, wanted.resuming, wanted.as_json, run.start)
        runs[REFERENCE] = beside
    return finish(runs, wanted.as_json)


def _as_given(session: Session, wanted: Wanted, name: str) -> RunFolder:
    """The run that is kept, unless settings were given that are not its own."""
    from dataclasses import replace

    from tui.study.training import refuse_another

    run = _kept(session, wanted, name)
    plan = run.plan()
    given = {each: getattr(wanted, each) for each in ("steps", "seed", "device")}
    settings = {each: value for each, value in given.items() if each in wanted.given}
    refuse_another(session, name, replace(plan, settings=replace(plan.settings, **settings)))
    return run


def _new(session: Session, wanted: Wanted, name: str) -> RunFolder:
    from grader.worker.training.settings import TEXT
    from tui.study.capstone import run_folder, run_name
    from tui.study.training import REFERENCE, begin, new_plan, room_for, settings_for

    is_text = wanted.file is not None
    task = TEXT if is_text else wanted.task
    settings = settings_for(task, wanted.steps, wanted.seed, wanted.device)
    run = room_for(session, name, wanted.file, wanted.again)
    beside = None if is_text else run_folder(session, run_name(name, beside=REFERENCE))
    begin(run, new_plan(session, settings, wanted.file, wanted.fill), beside)
    return run


def _plant(session: Session, wanted: Wanted, plant: str) -> int:
    """A healthy run and one with a mistake, both of the size at which mistakes show."""
    from tui.study.capstone import run_folder, run_name
    from tui.study.training import HEALTHY, begin, is_done, kept_or_new, refuse_another

    names = {each: run_name(wanted.task, beside=each) for each in (HEALTHY, plant)}
    plans = _plans(session, wanted, plant, names[HEALTHY])
    if wanted.again:
        healthy, beside = (run_folder(session, name) for name in names.values())
        begin(healthy, plans[HEALTHY], beside)
    elif not wanted.resume:
        for each, name in names.items():
            refuse_another(session, name, plans[each])
    runs = {}
    for each, name in names.items():
        runs[each] = kept_or_new(session, name, plans[each])
        watch(each, runs[each], wanted.resuming, wanted.as_json)
        if not is_done(runs[each]):
            break
    ended = finish(runs, wanted.as_json)
    if plant == "no-mask" and ended == 0 and not wanted.as_json:
        print_message(
            "Without the mask the model sees the answer, so its loss is lower: only what it writes"
            f" gives it away. `{wanted.run} --sample` shows that."
        )
    return ended


def _plans(session: Session, wanted: Wanted, plant: str, healthy: str) -> dict[str, Plan]:
    """Of both runs. Resumed, a mistake that was not reached is planted in the `healthy` run."""
    from dataclasses import replace

    from grader.worker.training.settings import planted
    from tui.study.training import HEALTHY, new_plan, settings_for

    if wanted.resume:
        plan = _kept(session, wanted, healthy).plan()
    else:
        settings = settings_for(wanted.task, wanted.steps, wanted.seed, wanted.device, hard=True)
        plan = new_plan(session, settings, None, wanted.fill)
    sick = replace(plan, settings=planted(plan.settings, plant))  # type: ignore[arg-type]
    return {HEALTHY: plan, plant: sick}
