"""A mistake in words, for the command and the app: how often it was made, when it comes back."""

from __future__ import annotations

from collections.abc import Collection

from tui.planning.mistakes import ENOUGH, comes_back_on
from tui.progress.records import Mistake
from tui.text.words import plural


def when(mistake: Mistake, passed: Collection[str]) -> str:
    """`passed` are exercises."""
    made = f"{mistake.last.day} {mistake.last:%b}, on {plural(mistake.times, 'day')}"
    on = comes_back_on(mistake)
    if on is None:
        return f"{made}; avoided {ENOUGH} times since"
    if mistake.exercise and mistake.exercise not in passed:
        return f"{made}; comes back when the exercise is passed"
    return f"{made}; comes back on {on.day} {on:%b}"


def what(mistake: Mistake) -> str:
    return mistake.says or f"You answered {mistake.name} wrongly."
