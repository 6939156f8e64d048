"""Which exercises are to be written again. Pure: all that it knows is in its arguments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date


def rewrites_due(
    comes_back: Mapping[str, date], passed: Collection[str], today: date
) -> tuple[str, ...]:
    """Those that come back today or should have, what waited longest first."""
    waiting = [(on, id) for id, on in comes_back.items() if on <= today and id in passed]
    return tuple(id for _, id in sorted(waiting))
