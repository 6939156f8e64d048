"""A run while it goes on, and what is shown of runs that are over: for `learn train`."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.exit_codes import INTERRUPTED
from tui.commands.run_printer import JsonPrinter, PlainPrinter
from tui.output import print_message, width

if TYPE_CHECKING:
    from grader.training.client import Training
    from grader.training.folder import RunFolder

CLOSE = 0.001  # nats a token


def watch(
    name: str, run: RunFolder, resuming: str, as_json: bool, start: Path | None = None
) -> None:
    """Train a run to its end, or until Ctrl-C or SIGTERM, and print how it goes, and at last which
    command goes on: `resuming`."""
    from grader.training.client import Training
    from tui.study.training import is_done

    if is_done(run):
        if not as_json:
            print_message(f"{name}: its {run.plan().settings.steps} steps were done before.")
        return
    printer = JsonPrinter(name) if as_json else PlainPrinter(name, run.plan(), resuming)
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


def finish(runs: Mapping[str, RunFolder], as_json: bool) -> int:
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
