"""Which options of `learn train` do something together, and how a command is typed again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import click
from click.core import ParameterSource

from tui.output import shown

# What may stand beside an option that trains nothing new, and why no other may. --fill and --json
# always may: of what is kept, nothing is lacking.
ALWAYS = {"fill", "as_json"}
BESIDE: Mapping[str, tuple[Set[str], str]] = {
    "as_list": (set(), "--list lists all runs"),
    "samples": ({"file", "task", "plant", "prompt"}, "--sample only shows what a kept run writes"),
    "attention": (
        {"file", "task", "plant", "prompt", "layer"},
        "--attention only shows what a kept run attends to",
    ),
    "resume": ({"file", "task", "plant", "compare"}, "--resume goes on with a run as it was begun"),
}


@dataclass(frozen=True)
class Wanted:
    """The options of a run, as they were given; `given` names those that were typed."""

    file: Path | None
    task: str
    plant: str | None
    steps: int | None
    seed: int
    device: str
    fill: bool
    resume: bool
    again: bool
    compare: bool
    as_json: bool
    given: Set[str]

    @property
    def run(self) -> str:
        """The command that names this run, without what it is begun with."""
        words = ["learn", "train"]
        if self.file is not None:
            words.append(shown(self.file))
        if "task" in self.given:
            words += ["--task", self.task]
        if self.plant:
            words += ["--plant", self.plant]
        return shlex.join(words)

    @property
    def beginning(self) -> str:
        return f"{self.run} --fill" if self.fill else self.run

    @property
    def resuming(self) -> str:
        return f"{self.run} --compare --resume" if self.compare else f"{self.run} --resume"


def typed(context: click.Context) -> dict[str, str]:
    """The parameters that stand in the command, each as it is typed there."""
    return {
        parameter.name: parameter.opts[0] if isinstance(parameter, click.Option) else "FILE"
        for parameter in context.command.params
        if parameter.name
        and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    }


def refuse_what_does_nothing(given: Mapping[str, str]) -> None:
    """Raises `UsageError` where an option that was given would do nothing beside the others."""
    if {"resume", "again"} <= given.keys():
        raise click.UsageError("--resume goes on with a run, --again starts over. Choose one.")
    if {"plant", "compare"} <= given.keys():
        raise click.UsageError(
            "--plant trains beside a healthy run, --compare beside the reference. Choose one."
        )
    if "file" in given and given.keys() & {"task", "compare", "plant"}:
        raise click.UsageError(
            "--task, --compare and --plant are for the tasks of symbols, not for a FILE. Leave them"
            " out, or the FILE."
        )
    for option, (others, why) in BESIDE.items():
        if option in given:
            idle = given.keys() - others - ALWAYS - {option}
            if idle:
                raise click.UsageError(f"{why}: leave {_named(given, idle)} out.")
            return
    if "layer" in given:
        raise click.UsageError("--layer is for --attention: add that, or leave --layer out.")
    if "prompt" in given:
        raise click.UsageError(
            "--prompt is for --sample and --attention: add one of them, or leave --prompt out."
        )


def _named(given: Mapping[str, str], idle: Set[str]) -> str:
    return " and ".join(text for name, text in given.items() if name in idle)
