"""`learn load`: a published checkpoint, and whether the learner's own parts work in it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import click

from grader.checkpoint import FAMILIES, Files, load_checkpoint, make_checkpoint
from tui.commands.arguments import json_option
from tui.output import colour_wanted, print_json, print_message, shown, width
from tui.study.grading import read
from tui.study.session import Session, open_session_to_look

FAMILY = click.Choice(FAMILIES)
SEED = click.IntRange(0, 2**63 - 1)


@click.command("load")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--as", "family", type=FAMILY, help="What it is, where its names do not say.")
@click.option("--make", type=FAMILY, help="Write a small checkpoint into the folder FILE instead.")
@click.option(
    "--seed", type=SEED, default=0, show_default=True, help="What --make draws its weights from."
)
@json_option
def load_command(
    file: Path | None, family: str | None, make: str | None, seed: int, as_json: bool
) -> int:
    """Load published weights of GPT-2, BERT, T5 or ViT, and try what you have passed in them.

    FILE is a .safetensors file, or a folder with model.safetensors and config.json.
    """
    if file is None:
        raise click.UsageError(
            f"It needs a folder to write into: `learn load --make {make} FOLDER`."
            if make
            else "It needs a file to load: `learn load FILE`."
        )
    if make:
        return _make(make, file, seed, as_json)
    with open_session_to_look() as session:
        answers = _answers(session)
    return _load(file, family, answers, as_json)


def _make(family: str, folder: Path, seed: int, as_json: bool) -> int:
    made = make_checkpoint(family, folder, seed)
    if as_json:
        print_json({"file": str(made), "family": family, "seed": seed})
    else:
        print_message(f"Made {shown(made)}, random weights from seed {seed}.")
        print_message(f"Load it: learn load {shlex.quote(shown(folder))}")
    return 0


def _load(file: Path, family: str | None, answers: dict[str, Files], as_json: bool) -> int:
    from grader.formats.checkpoint import render

    report = load_checkpoint(file, family, answers)
    if as_json:
        print_json(report.to_dict())
    else:
        report = replace(report, path=shown(Path(report.path)))
        click.echo(render(report, colour=colour_wanted(), width=width()), nl=False)
    return report.exit_code


def _answers(session: Session) -> dict[str, Files]:
    """The files of what is passed, as they are now; as they passed, where they are gone."""
    answers: dict[str, Files] = {}
    passed = session.progress.standing().passed
    for exercise in session.catalog.exercises:
        if exercise.id not in passed:
            continue
        if session.workspace.file(exercise).exists():
            answers[exercise.id] = read(session, exercise, "check", mine=True).files()
        elif source := session.progress.passed_source(exercise.id):
            answers[exercise.id] = {f"{exercise.id}.py": source}
    return answers
