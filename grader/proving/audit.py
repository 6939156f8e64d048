"""Grades the suites themselves: does each accept what is right, and name what is wrong?"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from exercises.catalog import Catalog, Exercise
from exercises.lesson import load_lesson
from grader.errors import GraderError, UsageError
from grader.examiner.answer_key import suite_folder
from grader.examiner.diagnosis import load_misconceptions
from grader.grader import Grader
from grader.proving.by_heart import fresh_tests
from grader.report import Report
from grader.submission import Submission

MIN_MISCONCEPTIONS = 4
MIN_ALTERNATIVES = 2


@dataclass
class AuditResult:
    """What was tried and what came of it. `problems` are sentences for the author; none is good."""

    exercises: int = 0
    stubs_failed: int = 0
    solutions_passed: int = 0
    alternatives: int = 0
    alternatives_passed: int = 0
    misconceptions: int = 0
    caught: int = 0
    named: int = 0
    problems: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The figures without the problems."""
        return {name: value for name, value in asdict(self).items() if name != "problems"}

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Trial:
    """One submission whose verdict is known beforehand."""

    exercise: str
    role: str
    name: str
    source: str


def audit(grader: Grader, catalog: Catalog, exercises: Sequence[Exercise]) -> AuditResult:
    """Try every stub, solution, alternative and misconception of `exercises`, and look for gaps."""
    result = AuditResult(exercises=len(exercises))
    trials: list[Trial] = []
    for exercise in exercises:
        try:
            trials += list(trials_of(exercise, result.problems))
        except (GraderError, OSError) as error:
            result.problems.append(f"{exercise.id}: {error}")
    if len(exercises) == len(catalog.exercises):
        result.problems += orphans(catalog)
    result.problems += uncovered_topics(catalog, exercises)
    started: list[tuple[Trial, Future[Report]]] = [
        (trial, grader.submit(Submission(trial.exercise, trial.source))) for trial in trials
    ]
    for trial, future in started:
        judge(result, trial, future.result())
    troubled = {problem.partition(":")[0] for problem in result.problems}
    sound = (exercise for exercise in exercises if exercise.id not in troubled)
    result.problems += learnt_by_heart(sound)
    return result


def trials_of(exercise: Exercise, problems: list[str]) -> Iterator[Trial]:
    """Everything to be graded for one exercise; what is missing goes to `problems`."""
    folder = suite_folder(exercise)
    solution = (folder / "solution.py").read_text(encoding="utf-8")
    yield Trial(exercise.id, "stub", "stub", exercise.stub.read_text(encoding="utf-8"))
    yield Trial(exercise.id, "solution", "solution", solution)
    alternatives = sorted((folder / "alternatives").glob("*.py"))
    for path in alternatives:
        yield Trial(exercise.id, "alternative", path.stem, path.read_text(encoding="utf-8"))
    misconceptions = load_misconceptions(folder / "misconceptions.yaml")
    for misconception in misconceptions:
        source = misconception.apply(solution)
        yield Trial(exercise.id, "misconception", misconception.id, source)
    for noun, count, least in (
        ("alternatives", len(alternatives), MIN_ALTERNATIVES),
        ("misconceptions", len(misconceptions), MIN_MISCONCEPTIONS),
    ):
        if count < least:
            problems.append(f"{exercise.id}: {count} {noun}; at least {least} are needed.")
    anchors = lesson_anchors(exercise.stub.parent.parent)
    problems += [
        f"{exercise.id}: {misconception.id} points to {misconception.see!r}, "
        "which no lesson has as a section."
        for misconception in misconceptions
        if misconception.see not in anchors
    ]


def judge(result: AuditResult, trial: Trial, report: Report) -> None:
    """Count one verdict, and say what is wrong with it."""
    name = f"{trial.role} {trial.name}" if trial.name != trial.role else f"the {trial.role}"
    place = f"{trial.exercise}: {name}"
    if report.outcome == "error":
        errors = [test.message for test in report.tests if test.outcome == "error"]
        says = report.problem.message if report.problem else "; ".join(errors)
        result.problems.append(f"{place} could not be graded. {says}")
        return
    failed = [f"{test.title} {test.message}" for test in report.tests if test.outcome == "failed"]
    says = report.problem.message if report.problem else " ".join(failed[:1])
    match trial.role:
        case "stub":
            result.stubs_failed += not report.passed
            if report.points:
                result.problems.append(f"{place} gets {report.points:g} points for nothing.")
        case "solution":
            result.solutions_passed += report.passed
            if not report.passed:
                result.problems.append(f"{place} does not pass. {says}")
        case "alternative":
            result.alternatives += 1
            result.alternatives_passed += report.passed
            if not report.passed:
                result.problems.append(f"{place} is right and does not pass. {says}")
        case "misconception":
            result.misconceptions += 1
            result.caught += not report.passed
            first = next(
                (test.diagnosis for test in report.tests if test.outcome == "failed"), None
            )
            named = report.diagnosis is not None and report.diagnosis.id == trial.name
            named = named and first is not None and first.id == trial.name
            result.named += named
            if report.passed:
                result.problems.append(f"{place} passes.")
            elif not named:
                other = report.diagnosis.id if report.diagnosis else "nothing"
                result.problems.append(f"{place} is caught, but {other} is named first. {says}")


def orphans(catalog: Catalog) -> Iterator[str]:
    """Files on either side that belong to no exercise, and files that no suite may hold."""
    suites = catalog.course.suites
    known = {(exercise.chapter, exercise.id) for exercise in catalog.exercises}
    for folder in sorted(path for path in suites.glob("ch*/*") if path.name != "__pycache__"):
        place = folder.relative_to(suites)
        if (folder.parent.name, folder.name) not in known:
            yield f"grader/suites/{place}: no exercise of this name."
            continue
        allowed = {f"test_{folder.name}.py", "solution.py", "misconceptions.yaml", "alternatives"}
        for path in sorted(folder.iterdir()):
            if path.name not in allowed | {"__pycache__"}:
                yield f"grader/suites/{place}/{path.name}: a suite has no such file."
    for chapter in catalog.chapters:
        for stub in sorted(chapter.folder.glob("*.py")):
            if (chapter.id, stub.stem) not in known:
                yield f"exercises/{chapter.id}/{stub.name}: chapter.yaml does not name it."


def uncovered_topics(catalog: Catalog, exercises: Sequence[Exercise]) -> Iterator[str]:
    """Topics that neither have an exercise nor are marked as reading only."""
    chapters = {exercise.chapter for exercise in exercises}
    for chapter in catalog.chapters:
        if chapter.id not in chapters:
            continue
        practised = {topic for exercise in chapter.exercises for topic in exercise.topics}
        for topic in chapter.topics:
            if topic.id not in practised and not topic.reading_only:
                yield f"{chapter.id}: topic {topic.id} has no exercise and is not reading_only."


def learnt_by_heart(exercises: Iterable[Exercise]) -> Iterator[str]:
    """Suites that a table of the answers to a few seeds passes at the next one."""
    for exercise in exercises:
        if not fresh_tests(exercise):
            yield (
                f"{exercise.id}: a table of answers passes at every seed. Draw the numbers of at "
                "least one test, from a large range."
            )


def lesson_anchors(root: Path) -> set[str]:
    """The anchors of all sections under `root`: the places that `learn read` can show."""
    lessons = map(load_lesson, root.glob("ch*/lesson.md"))
    return {section.anchor for lesson in lessons for section in lesson.sections if section.anchor}


def select(catalog: Catalog, names: Sequence[str]) -> tuple[Exercise, ...]:
    """The exercises that `names` mean: ids or chapters; all of them for no name."""
    if not names:
        return catalog.exercises
    chosen: list[Exercise] = []
    for name in names:
        chapter = [chapter for chapter in catalog.chapters if name in (chapter.id, chapter.id[:4])]
        chosen += chapter[0].exercises if chapter else [catalog.exercise(name)]
    if not chosen:
        raise UsageError("There is nothing to audit.")
    return tuple(dict.fromkeys(chosen))
