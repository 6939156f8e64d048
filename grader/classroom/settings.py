"""One assignment's settings, `classroom.yaml`: what counts, until when, and for whom otherwise.

title: Attention
course: my-course      # a teacher's own, as seen from this file; ours otherwise
zone: Europe/Berlin
due: 2026-12-01 23:59
late: {percent_per_day: 10, days: 5, grace_minutes: 15}
attempts: 3
exercises:
  softmax: 4
  masked_softmax: 6
extensions:
  - {student: "1042", due: 2026-12-05 23:59}
handed_in:
  - {student: "1043", at: 2026-12-02 08:00}
retention: {code_days: 400, grades_days: 1825}   # on a class server; otherwise it deletes nothing
leaderboard: true      # on a class server; otherwise there is none
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from exercises.catalog import Catalog, catalog_in
from exercises.errors import CatalogError, NoCourse, UnknownExercise
from exercises.yaml_mapping import Fields
from grader.classroom.results import MOST_POINTS
from grader.errors import UsageError

DAY = timedelta(days=1)
MOST_DAYS = 3650
MOST_ATTEMPTS = 10_000
# Nothing is assumed here: some take `due` for the end of all points, others for a wish.
NO_LATE = (
    "needs a `late` beside it, which says what comes later is worth. With"
    " `late: {percent_per_day: 10, days: 5}` each day begun costs 10 %, and after five nothing"
    " counts; with `days: 0` nothing that is late counts; with `percent_per_day: 0` lateness costs"
    " nothing for as many days as you name"
)


@dataclass(frozen=True)
class LatePolicy:
    """`percent_per_day` of what was reached is lost for each day begun after `grace`; what comes
    after `days` of them counts nothing.
    """

    percent_per_day: float
    days: int
    grace: timedelta

    def kept(self, late_by: timedelta) -> float:
        """The share of the points that stays, from 0 to 1."""
        if late_by <= self.grace:
            return 1.0
        days = math.ceil(late_by / DAY)
        return max(0.0, 1 - days * self.percent_per_day / 100) if days <= self.days else 0.0


@dataclass(frozen=True)
class Retention:
    """How many days a class server keeps files with their reports, and verdicts; None is always."""

    code_days: int | None = None
    grades_days: int | None = None


@dataclass(frozen=True)
class Classroom:
    """All times have a zone, `zone` where the file names one. `points` are in its order; no
    `attempts` is no limit.
    """

    title: str
    catalog: Catalog
    zone: ZoneInfo | None
    points: Mapping[str, float]
    due: datetime | None
    late: LatePolicy
    attempts: int | None
    extensions: Mapping[str, datetime]
    handed_in: Mapping[str, datetime]
    retention: Retention
    has_leaderboard: bool

    @property
    def max_score(self) -> float:
        return sum(self.points.values())

    def due_for(self, student: str) -> datetime | None:
        return self.extensions.get(student, self.due)

    def kept(self, student: str, handed_in: datetime | None) -> float:
        """The share of the points that a hand-in keeps; all of them where no time is known."""
        due = self.due_for(student)
        if due is None or handed_in is None or handed_in <= due:
            return 1.0
        return self.late.kept(handed_in - due)


def read_classroom(file: Path, catalog: Catalog | None = None) -> Classroom:
    """`catalog` is that of the course, where it is not for the file to say.

    Raises `UsageError` with file, line and key for what is wrong in it.
    """
    if not file.is_file():
        raise UsageError(f"There is no file {file}. docs/classroom.md shows one.")
    try:
        return _classroom(Fields.of_own_file(file), file.parent, catalog)
    except CatalogError as error:
        raise UsageError(str(error)) from None


def _classroom(fields: Fields, folder: Path, catalog: Catalog | None) -> Classroom:
    title = fields.text("title")
    named = _course(fields, folder) if fields.has("course") else catalog_in(None)
    catalog = catalog or named
    points = _points(fields.mapping("exercises"), catalog)
    if not points:
        raise fields.mistake("must name at least one exercise", "exercises")
    zone = (
        _zone(fields) if any(map(fields.has, ("zone", "due", "extensions", "handed_in"))) else None
    )
    due = fields.moment("due").replace(tzinfo=zone) if fields.has("due") else None
    if due and not fields.has("late"):
        raise fields.mistake(NO_LATE, "due")
    late = LatePolicy(0, MOST_DAYS, timedelta())
    if fields.has("late"):
        late = _late(fields.mapping("late"))
    attempts = fields.whole("attempts", 1, MOST_ATTEMPTS) if fields.has("attempts") else None
    extensions = _times(fields, "extensions", "due", zone)
    handed_in = _times(fields, "handed_in", "at", zone)
    if extensions and not due:
        raise fields.mistake("need a `due` that they extend", "extensions")
    keeps = _retention(fields.mapping("retention")) if fields.has("retention") else Retention()
    board = fields.flag("leaderboard") if fields.has("leaderboard") else False
    fields.finish()
    return Classroom(
        title, catalog, zone, points, due, late, attempts, extensions, handed_in, keeps, board
    )


def _course(fields: Fields, folder: Path) -> Catalog:
    named = fields.text("course")
    try:
        return catalog_in((folder / named).resolve())
    except NoCourse as error:
        raise fields.mistake(f"{named}: {error}", "course") from None


def _points(fields: Fields, catalog: Catalog) -> dict[str, float]:
    found = {}
    for id in fields.names:
        try:
            catalog.exercise(str(id))
        except UnknownExercise as error:
            raise fields.mistake(f"is no exercise. {error}", id) from None
        found[id] = fields.number(id, 0, MOST_POINTS)
    return found


def time_zone(name: str) -> ZoneInfo | None:
    """None where there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return None


def _zone(fields: Fields) -> ZoneInfo:
    name = fields.text("zone")
    if zone := time_zone(name):
        return zone
    raise fields.mistake(f"must be a time zone such as Europe/Berlin or UTC, not {name!r}", "zone")


def _late(fields: Fields) -> LatePolicy:
    percent = fields.number("percent_per_day", 0, 100)
    days = fields.whole("days", 0, MOST_DAYS)
    grace = fields.number("grace_minutes", 0, 24 * 60) if fields.has("grace_minutes") else 0
    fields.finish()
    return LatePolicy(percent, days, timedelta(minutes=grace))


def _retention(fields: Fields) -> Retention:
    days = [
        fields.whole(key, 1, MOST_DAYS) if fields.has(key) else None
        for key in ("code_days", "grades_days")
    ]
    fields.finish()
    return Retention(*days)


def _times(fields: Fields, key: str, time: str, zone: ZoneInfo | None) -> dict[str, datetime]:
    """A time for each student of a list."""
    found: dict[str, datetime] = {}
    for entry in fields.mappings(key) if fields.has(key) else ():
        student = _student(entry)
        if student in found:
            raise entry.mistake(f"is there twice: {student}", "student")
        found[student] = entry.moment(time).replace(tzinfo=zone)
        if entry.has("reason"):
            entry.text("reason")
        entry.finish()
    return found


def _student(fields: Fields) -> str:
    """A text: YAML reads 0042 as the number 34."""
    try:
        return fields.text("student")
    except CatalogError:
        if not fields.has("student"):
            raise
        raise fields.mistake('must be in quotes, such as "1042"', "student") from None
