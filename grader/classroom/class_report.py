"""What the page on a class tells, from all that was graded."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from exercises.catalog import Catalog
from exercises.errors import UnknownExercise
from grader.classroom.class_page import ClassReport
from grader.classroom.graded import Graded
from grader.classroom.likeness import Likeness, alike
from grader.classroom.progress import Works, distribution, rows, standings, works
from grader.classroom.reasons import reasons
from grader.formats.facts import unprotected


def class_report(
    graded: Sequence[Graded], catalog: Catalog, is_anonymous: bool
) -> ClassReport | None:
    """None where nothing was handed in."""
    if is_anonymous:
        graded = renamed(graded)
    found = works(graded, [exercise.id for exercise in catalog.exercises])
    if not found:
        return None
    people = rows(found, dict.fromkeys(one.student for one in graded))
    return ClassReport(
        standings=standings(found),
        rows=people,
        hand_ins=sum(one.is_there for one in graded),
        distribution=distribution(people),
        reasons=reasons(found),
        likenesses=likenesses(found, catalog),
        is_anonymous=is_anonymous,
        unprotected=unprotected([one.report for one in graded]),
    )


def renamed(graded: Sequence[Graded]) -> list[Graded]:
    """Drawn, and not computed from the ids: those can be guessed, one after the other."""
    students = list(dict.fromkeys(one.student for one in graded))
    secrets.SystemRandom().shuffle(students)
    width = len(str(len(students)))
    names = {id: f"Student {n:0{width}}" for n, id in enumerate(students, start=1)}
    return [replace(one, student=names[one.student]) for one in graded]


def likenesses(works: Works, catalog: Catalog) -> list[Likeness] | None:
    """Of all exercises, the most alike first. None where no text was given."""
    texts = {
        id: {student: text for student, work in people.items() if (text := work.latest.source)}
        for id, people in works.items()
    }
    if not any(texts.values()):
        return None
    found = [group for id in texts for group in alike(id, texts[id], given(id, catalog))]
    return sorted(found, key=lambda group: (-group.share, -group.shared, group.students))


def given(id: str, catalog: Catalog) -> list[str]:
    """The stub and our right answers, where the exercise is ours and the suites are here."""
    try:
        exercise = catalog.exercise(id)
    except UnknownExercise:
        return []
    suite = exercise.suite
    files = [exercise.stub, suite / "solution.py", *sorted((suite / "alternatives").glob("*.py"))]
    return [file.read_text("utf-8") for file in files if file.is_file()]
