"""How a run is printed while it goes on: lines that stay, or JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from tui.output import print_json, width

if TYPE_CHECKING:
    from grader.training.folder import Plan

LINES = 20  # of a run, besides its samples


class JsonPrinter:
    """Each event on a line, for scripts."""

    def __init__(self, name: str) -> None:
        self._name = name

    def print(self, event: Mapping[str, Any]) -> None:
        print_json({"run": self._name, **event})


class PlainPrinter:
    """Lines that stay; on a terminal also one that is drawn anew with each update."""

    def __init__(self, name: str, plan: Plan, resuming: str = "") -> None:
        """`resuming` is the command that goes on with a run that is stopped."""
        self._name, self._plan, self._resuming = name, plan, resuming
        self._losses: list[float] = []
        self._every = max(1, plan.settings.steps // LINES)
        self._is_live = sys.stdout.isatty()

    def print(self, event: Mapping[str, Any]) -> None:
        match event:
            case {"event": "built", "tree": tree, "missing": missing}:
                self._begin(tree[0][3])
                if missing:
                    self._line(f"Your code is held less tightly here: no {', '.join(missing)}.")
            case {"event": "updates", "updates": updates}:
                for update in updates:
                    self._update(*update)
            case {"event": "sample", "right": right, "rows": rows}:
                if right is not None:  # nobody typed what is read
                    self._line(f"       right on sequences that it has never seen: {right:.0%}")
                for source, written, is_right in rows:
                    mark = "" if is_right else "   ✗"
                    self._line(f"       {source}  →  {written or '(nothing)'}{mark}")
            case {"event": "text", "text": text}:
                for line in text.splitlines():
                    self._line(f"       {line}")
            case {"event": "saved", "step": step} if step < self._plan.settings.steps:
                self._line(f"Stopped at step {step}, and kept. `{self._resuming}` goes on.")

    def _begin(self, parameters: int) -> None:
        from tui.study.capstone import needed, tools

        plan, settings = self._plan, self._plan.settings
        what = "a text" if settings.is_text else f"to {settings.task} symbols"
        click.echo(
            f"{self._name}: learns {what}, {settings.steps} steps, {parameters:,} parameters,"
            f" seed {settings.seed}"
        )
        if not plan.is_reference:
            groups = {
                "Filled in": [name for name in needed(settings.is_text) if name not in plan.own],
                "Yours in the loop": [name for name in tools(settings.is_text) if name in plan.own],
                "Ours in the loop": [
                    name for name in tools(settings.is_text) if name not in plan.own
                ],
            }
            for title, names in groups.items():
                if names:
                    click.echo(f"{title}: {', '.join(names)}")
        click.echo(f"{'step':>6} {'loss':>8} {'rate':>9} {'gradient':>9}")

    def _update(self, step: int, loss: float, rate: float, norm: float) -> None:
        self._losses.append(loss)
        numbers = f"{step:>6} {loss:>8.4f} {rate:>9.6f} {norm:>9.3f}"
        if step % self._every == 0 or step == self._plan.settings.steps:
            self._line(numbers)
        elif self._is_live:
            from tui.figures.curve import sparkline

            room = width() - len(numbers) - 2
            click.echo(f"\r\x1b[K{numbers}  {sparkline(self._losses, room)}", nl=False)

    def _line(self, text: str) -> None:
        click.echo(f"\r\x1b[K{text}" if self._is_live else text)
