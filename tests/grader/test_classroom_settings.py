"""`classroom.yaml`: what a teacher writes, and what a mistake in it says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exercises.yaml_mapping import Fields
from grader.classroom.settings import Classroom, read_classroom
from grader.errors import UsageError

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "linear_regression"
WHOLE = """\
title: Attention
zone: Europe/Berlin
due: 2026-12-01 23:59
late:
  percent_per_day: 10
  days: 3
  grace_minutes: 15
attempts: 3
exercises:
  softmax: 4
  masked_softmax: 6.5
extensions:
  - student: "1042"
    due: 2026-12-05 12:00:00
    reason: ill
handed_in:
  - student: "1043"
    at: 2026-12-02 08:00
"""


def read(folder: Path, text: str) -> Classroom:
    file = folder / "classroom.yaml"
    file.write_text(text, encoding="utf-8")
    return read_classroom(file)


def test_times_are_those_of_the_zone(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    assert found.points == {"softmax": 4, "masked_softmax": 6.5} and found.max_score == 10.5
    assert found.due_for("1043") == datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    assert found.due_for("1042") == datetime(2026, 12, 5, 11, 0, tzinfo=UTC)
    assert found.handed_in == {"1043": datetime(2026, 12, 2, 7, 0, tzinfo=UTC)}
    assert [file.name for file in tmp_path.iterdir()] == ["classroom.yaml"]  # nothing beside it


@pytest.mark.parametrize(
    ("late", "kept"),
    [
        (timedelta(minutes=-1), 1),
        (timedelta(minutes=15), 1),  # within the grace
        (timedelta(minutes=16), 0.9),  # a day has begun
        (timedelta(days=1), 0.9),
        (timedelta(days=2, minutes=1), 0.7),
        (timedelta(days=3, minutes=1), 0),
    ],
)
def test_each_day_that_has_begun_costs_its_share(
    late: timedelta, kept: float, tmp_path: Path
) -> None:
    found = read(tmp_path, WHOLE)
    assert found.due
    assert found.kept("1", found.due + late) == pytest.approx(kept)


def test_who_has_an_extension_is_not_late_before_it(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    at = datetime(2026, 12, 5, 11, 0, tzinfo=UTC)
    assert found.kept("1042", at) == 1 and found.kept("1043", at) == 0
    assert found.kept("1043", None) == 1  # what is not known is held against nobody


def test_little_is_needed(tmp_path: Path) -> None:
    found = read(tmp_path, "title: A\nexercises: {softmax: 1}\n")
    assert found.due is None and found.kept("1", datetime(2030, 1, 1, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("title: Attention\n", "", 1, "title is missing"),
        ("softmax: 4", "sofmax: 4", 10, "Did you mean softmax"),
        ("softmax: 4", "softmax: four", 10, "must be a number"),
        ("softmax: 4", "softmax: -1", 10, "must be from 0"),
        ("Europe/Berlin", "Berlin", 2, "must be a time zone"),
        ("Europe/Berlin", "../../etc/passwd", 2, "must be a time zone"),
        ("2026-12-01 23:59", "2026-12-01", 3, "must be a day and a time"),
        ("2026-12-01 23:59", "2026-13-01 23:59", 3, "must be a day and a time"),
        ("2026-12-01 23:59", "2026-12-01T23:59:00Z", 3, "must be a day and a time"),
        ("zone: Europe/Berlin\n", "", 1, "zone is missing"),
        ("  days: 3\n", "", 4, "days is missing"),
        ("late:\n  percent_per_day: 10\n  days: 3\n  grace_minutes: 15\n", "", 3, "needs a `late`"),
        ("attempts: 3", "attempts: 0", 8, "must be from 1"),
        ("attempts: 3", "attempt: 3", 8, "is not a key that is known here (attempts, "),
        ('student: "1042"', "student: 1042", 13, "must be in quotes"),
        ("reason: ill", "reasons: ill", 15, "is not a key that is known here"),
        ("due: 2026-12-01 23:59\n", "", 11, "need a `due`"),
        ("attempts: 3", "due: 2027-01-01 12:00", 8, "'due' is there already, in line 3"),
        ("masked_softmax: 6.5", "softmax: 6", 11, "'softmax' is there already, in line 10"),
        ("attempts: 3", "course: nowhere", 8, "course nowhere: "),
    ],
)
def test_a_mistake_is_told_with_its_line(
    old: str, new: str, line: int, says: str, tmp_path: Path
) -> None:
    assert old in WHOLE
    with pytest.raises(UsageError) as error:
        read(tmp_path, WHOLE.replace(old, new, 1))
    assert f"classroom.yaml:{line}: " in str(error.value) and says in str(error.value)


def test_a_student_stands_there_once(tmp_path: Path) -> None:
    again = '  - {student: "1042", due: 2026-12-06 12:00}\n'
    with pytest.raises(UsageError, match=r":16: .* is there twice: 1042"):
        read(tmp_path, WHOLE.replace("handed_in:", f"{again}handed_in:"))


def test_a_course_is_named_as_seen_from_the_file(tmp_path: Path) -> None:
    course = tmp_path / "my course"
    course.symlink_to(EXAMPLE)
    text = "title: Lines\ncourse: my course\nexercises: {least_squares: 3}\n"
    assert read(tmp_path, text).catalog.course.folder == EXAMPLE
    with pytest.raises(UsageError, match=r":3: .*softmax is no exercise"):
        read(tmp_path, text.replace("least_squares", "softmax"))


def test_a_mapping_may_take_from_another_and_say_it_otherwise(tmp_path: Path) -> None:
    """`<<` brings in keys that are there twice by right."""
    text = "late: &l {percent_per_day: 5, days: 3}\nx: &x {<<: *l, days: 4}\ny: {<<: *x, days: 5}\n"
    file = tmp_path / "any.yaml"
    file.write_text(text)
    fields = Fields.of_own_file(file)
    assert fields.value("x") == {"percent_per_day": 5, "days": 4}
    assert fields.value("y") == {"percent_per_day": 5, "days": 5}
