"""What the learner has chosen. Each setting is declared here, with its default and its bounds."""

from __future__ import annotations

import json
from dataclasses import dataclass

from exercises.errors import CourseError
from tui.progress.database import Database

SettingValue = int | float | str | bool


class BadSetting(CourseError):
    exit_code = 2


@dataclass(frozen=True)
class Setting:
    default: SettingValue
    description: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    step: float = 1.0


SETTINGS: dict[str, Setting] = {
    "theme": Setting("dark", "colours of the app", choices=("dark", "light", "high-contrast")),
    "minutes": Setting(75, "minutes a day for the course", 20, 600, step=10),
    "days": Setting("daily", "days that you learn on", choices=("daily", "weekdays", "weekends")),
    "retention": Setting(0.9, "cards you want to know when they come", 0.7, 0.97, step=0.01),
    "new_cards": Setting(10, "new cards a day", 0, 100),
    "rewrite_minutes": Setting(10, "minutes more for code that comes back", 0, 120, step=5),
    "due_cards": Setting(60, "cards to repeat a day", 5, 1000, step=5),
}


class Settings:
    def __init__(self, db: Database) -> None:
        self._db = db

    def __getitem__(self, name: str) -> SettingValue:
        """As it was chosen; the default where what is stored is none of its values (any more)."""
        setting = _setting(name)
        rows = self._db.rows("SELECT value FROM settings WHERE name = ?", name)
        try:
            return parse(name, str(json.loads(rows[0][0])))
        except (BadSetting, IndexError, TypeError, ValueError):
            return setting.default

    def all(self) -> dict[str, SettingValue]:
        return {name: self[name] for name in SETTINGS}

    def change(self, name: str, typed: str) -> SettingValue:
        """Set `name` to what was typed; raises BadSetting where it does not fit."""
        value = parse(name, typed)
        with self._db.change() as db:
            db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))
        return value


def _setting(name: str) -> Setting:
    if name not in SETTINGS:
        raise BadSetting(f"There is no setting {name!r}. There are {', '.join(SETTINGS)}.")
    return SETTINGS[name]


def parse(name: str, typed: str) -> SettingValue:
    setting = _setting(name)
    if setting.choices:
        if typed not in setting.choices:
            raise BadSetting(f"{name} is one of {', '.join(setting.choices)}, not {typed!r}.")
        return typed
    low, high = setting.low or 0, setting.high or 0
    try:
        value: int | float = int(typed) if isinstance(setting.default, int) else float(typed)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise BadSetting(f"{name} is a number from {low:g} to {high:g}, not {typed!r}.")
    return value


def neighbour(name: str, value: SettingValue, by: int) -> str:
    """The value `by` steps on, as it would be typed; it stays within its bounds."""
    setting = SETTINGS[name]
    if setting.choices:
        return setting.choices[(setting.choices.index(str(value)) + by) % len(setting.choices)]
    low, high = setting.low or 0, setting.high or 0
    return f"{min(high, max(low, float(value) + by * setting.step)):g}"
