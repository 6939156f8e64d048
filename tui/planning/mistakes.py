"""When a mistake comes back: when it is nearly forgotten, until it was avoided twice. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from tui.progress.records import Mistake

AFTER_MAKING = timedelta(days=2)
AFTER_AVOIDING = timedelta(days=5)
ENOUGH = 2  # times that it must be avoided
MOST = 4  # that come back on one day


def comes_back_on(mistake: Mistake) -> date | None:
    """None where it was avoided often enough."""
    if mistake.avoided >= ENOUGH:
        return None
    if mistake.avoided_on:
        return mistake.avoided_on + AFTER_AVOIDING
    return mistake.last + AFTER_MAKING


def due(
    mistakes: Iterable[Mistake], passed: Collection[str], today: date, met_today: int
) -> tuple[Mistake, ...]:
    """Those that come back today, what waited longest first; a day holds only so many.

    A mistake in code waits until its exercise is passed: until then it is still being worked on,
    and the solution, on which it is shown again, is not open.
    """
    waiting = [
        (on, mistake)
        for mistake in mistakes
        if (on := comes_back_on(mistake)) and on <= today
        if not mistake.exercise or mistake.exercise in passed
    ]
    first = sorted(waiting, key=lambda pair: pair[0])[: max(0, MOST - met_today)]
    return tuple(mistake for _, mistake in first)
