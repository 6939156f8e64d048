"""How the Lab was left: the figure that was open, and where the parameters of each one stood."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from tui.progress.database import Database, timestamp

FigureSettings = dict[str, bool | int | float | str]


class Figures:
    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> dict[str, FigureSettings]:
        """By a figure's name; the last one was open last."""
        rows = self._db.rows("SELECT figure, settings FROM figures ORDER BY at")
        return {figure: json.loads(settings) for figure, settings in rows}

    def put(self, figure: str, settings: Mapping[str, object], at: datetime) -> None:
        values = (figure, json.dumps(dict(settings)), timestamp(at))
        with self._db.change() as db:
            db.execute("INSERT OR REPLACE INTO figures VALUES (?, ?, ?)", values)
