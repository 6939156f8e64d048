"""Plots of block characters: a calendar of days, columns, and bars. Every value can be read in
characters alone; colour repeats it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from textual.content import Content

SHADES = "·░▒▓█"
COLUMNS = " ▁▂▃▄▅▆▇█"
WEEKDAYS = ("Mon", "", "Wed", "", "Fri", "", "Sun")
LABEL = 5


def calendar(days: Mapping[date, int], today: date, width: int) -> Content:
    """Weeks from left to right, the present one last; a darker cell is a day with more done."""
    weeks = max(4, min(53, (width - LABEL) // 2))
    first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    most = max((count for day, count in days.items() if day >= first), default=0)
    lines = [Content.styled(" " * LABEL + _months(first, weeks), "$text-muted")]
    for weekday, name in enumerate(WEEKDAYS):
        row = [first + timedelta(days=7 * week + weekday) for week in range(weeks)]
        cells = [_cell(days.get(day, 0), most) for day in row if day <= today]
        lines.append(Content.assemble((f"{name:<{LABEL}}", "$text-muted"), *cells))
    return Content("\n").join(lines)


def _cell(count: int, most: int) -> tuple[str, str]:
    if not count:
        return f"{SHADES[0]} ", "$text-muted"
    return f"{SHADES[max(1, round((len(SHADES) - 1) * count / most))]} ", "$accent"


def _months(first: date, weeks: int) -> str:
    """The name of each month above the week in which it begins."""
    line, last = "", 0
    for week in range(weeks):
        day = first + timedelta(weeks=week)
        if day.month != last and len(line) <= 2 * week:
            line = f"{line:<{2 * week}}{day:%b}"
            last = day.month
    return line


def columns(values: Sequence[float | None], most: float, height: int = 4) -> list[str]:
    """Two characters per value, from the top line down; None is left empty, 0 is a base line."""
    lines = []
    for line in reversed(range(height)):
        cells = []
        for value in values:
            eighths = 0 if not value or most <= 0 else round(value / most * height * 8) - 8 * line
            cell = COLUMNS[max(0, min(8, eighths))]
            cells.append("_" if cell == " " and line == 0 and value is not None else cell)
        lines.append(" ".join(cells))
    return lines


def bar(share: float, width: int) -> Content:
    filled = round(share * width)
    return Content.assemble(("━" * filled, "$accent"), ("┄" * (width - filled), "$text-muted"))
