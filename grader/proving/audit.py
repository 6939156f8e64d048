"""Grades the suites themselves: does each accept what is right, and name what is wrong?"""

import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from exercises.catalog import Catalog, Exercise
from exercises.errors import CourseError
from exercises.lesson import load_lesson
from grader.errors import GraderError
from grader.examiner.answer_key import suite_folder
from grader.grader import Grader
from grader.misconceptions import load_misconceptions
from grader.proving.audit_cache import AuditCache
from grader.proving.empty_answers import empty_answers
from grader.report import Outcome, Report
from grader.submission import Submission

MIN_MISCONCEPTIONS = 4
MIN_ALTERNATIVES = 2
UNNAMED = ("stub", "empty answer")  # of which only the points are asked
OURS = (*UNNAMED, "misconception")  # made from the solution or the stub: such have a dry run
DRY_RUNS = 8  # in one task: an answer key takes as long as a few of them
KNOWN_BY_HEART = (
    "a table of answers passes at every seed. Draw the numbers of at least one test, from a large "
    "range."
)


@dataclass
class AuditResult:
    """What was tried and what came of it. `problems` are sentences for the author; none is good."""

    exercises: int = 0
    exercises_from_cache: int = 0
    stubs_failed: int = 0
    empty_answers: int = 0
    empty_answers_failed: int = 0
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
class AuditTrial:
    """One submission whose verdict is known beforehand."""

    exercise: str
    role: str
    name: str
    source: str
    course: Path | None = None

    @property
    def submission(self) -> Submission:
        """With a seed of its own, the same whenever it is tried: what passes here passes there.

        How it goes at other seeds is measured by hand (`tests/corpus/measure.py`), not by chance.
        """
        text = f"{self.exercise} {self.role} {self.name} {self.source}"
        digest = hashlib.blake2b(text.encode(), digest_size=6).digest()
        seed = int.from_bytes(digest)
        explained = self.role not in UNNAMED
        return Submission(self.exercise, self.source, seed, course=self.course, explained=explained)


@dataclass(frozen=True)
class Examination:
    """All trials of one exercise; `key` is what the cache knows them by, if it is asked."""

    exercise: Exercise
    trials: list[AuditTrial]
    key: str
    is_known: bool


@dataclass(frozen=True)
class TrialVerdict:
    """What came of one trial; `problem` is a sentence for the author, or empty."""

    outcome: Outcome
    named: bool
    problem: str = ""


def audit(
    grader: Grader,
    catalog: Catalog,
    exercises: Sequence[Exercise],
    cache: AuditCache | None = None,
    show: Callable[[str], None] = lambda line: None,
) -> AuditResult:
    """Try each stub, empty answer, solution, alternative and misconception, and look for gaps.

    An exercise that passed before, as `cache` knows, and has not changed since, is not graded
    again. `show` is told how far the grading is, a line each time.
    """
    result = AuditResult(exercises=len(exercises))
    examinations = list(prepare(catalog, exercises, cache, result.problems))
    if len(exercises) >= len(catalog.own_exercises):
        result.problems += orphans(catalog)
    result.problems += uncovered_topics(catalog, exercises)
    started = [
        Trials(grader, examination) for examination in examinations if not examination.is_known
    ]
    for examination in examinations:
        if examination.is_known:
            result.exercises_from_cache += 1
            for trial in examination.trials:
                count(result, trial, expected(trial))
    numbers, total = itertools.count(1), sum(len(trials.examination.trials) for trials in started)
    for trials in started:
        exercise, is_sound = trials.examination.exercise, True
        for trial, verdict in trials.verdicts():
            show(f"{trial.exercise} {next(numbers)} of {total} …")
            count(result, trial, verdict)
            is_sound = is_sound and not verdict.problem
        if is_sound and not trials.asking.result():
            is_sound = False
            result.problems.append(f"{exercise.id}: {KNOWN_BY_HEART}")
        if cache and is_sound:
            cache.add(exercise, trials.examination.key)
    return result


class Trials:
    """All trials of one exercise, on their way.

    What is made from the solution or the stub has a dry run first. Where that does not show what
    it should, the real verdict counts: it may see more, and has the words that a learner would get.
    """

    def __init__(self, grader: Grader, examination: Examination) -> None:
        self.examination = examination
        self._grader = grader
        made = [trial for trial in examination.trials if trial.role in OURS]
        self._graded = {
            trial: grader.submit(trial.submission)
            for trial in examination.trials
            if trial.role not in OURS
        }
        self._dry: dict[AuditTrial, tuple[Future[list[Report | None]], int]] = {}
        for first in range(0, len(made), DRY_RUNS):
            together = made[first : first + DRY_RUNS]
            submissions = [trial.submission for trial in together]
            future = grader.ask(partial(dry_runs, submissions), examination.exercise)
            self._dry |= {trial: (future, place) for place, trial in enumerate(together)}
        self.asking = grader.ask(asks_anew, examination.exercise)

    def verdicts(self) -> Iterator[tuple[AuditTrial, TrialVerdict]]:
        """In the order of the trials."""
        for trial in self.examination.trials:
            if trial in self._dry:
                verdict = self._dry_verdict(trial)
                if not verdict or verdict.problem:
                    verdict = judge(trial, self._grader.submit(trial.submission).result())
            else:
                verdict = judge(trial, self._graded[trial].result())
            yield trial, verdict

    def _dry_verdict(self, trial: AuditTrial) -> TrialVerdict | None:
        future, place = self._dry[trial]
        if future.exception() is not None:  # a broken suite, or an edit without end
            return None
        report = future.result()[place]
        return judge(trial, report) if report else None


def dry_runs(submissions: Sequence[Submission], exercise: Exercise) -> list[Report | None]:
    """What a suite says of sources of ours. It runs where torch is loaded, and we do without."""
    from grader.proving.dry_run import dry_run

    return dry_run(submissions, exercise)


def asks_anew(exercise: Exercise) -> bool:
    """Whether a table of answers fails. It runs where torch is loaded, and we do without."""
    from grader.proving.by_heart import fresh_test

    return fresh_test(exercise) is not None


def prepare(
    catalog: Catalog,
    exercises: Sequence[Exercise],
    cache: AuditCache | None,
    problems: list[str],
) -> Iterator[Examination]:
    """What is to be tried of each exercise that can be read; the others go to `problems`."""
    for exercise in exercises:
        try:
            key = cache.key(exercise) if cache else ""
            trials = list(trials_of(catalog, exercise, problems))
        except FileNotFoundError as error:
            problems.append(f"{exercise.id}: There is no file {error.filename}.")
        except (GraderError, CourseError, OSError) as error:
            problems.append(f"{exercise.id}: {error}")
        else:
            is_known = cache is not None and cache.holds(exercise, key)
            yield Examination(exercise, trials, key, is_known)


def trials_of(catalog: Catalog, exercise: Exercise, problems: list[str]) -> Iterator[AuditTrial]:
    """Everything to be graded for one exercise; what is missing goes to `problems`."""
    folder = suite_folder(exercise)
    solution = (folder / "solution.py").read_text(encoding="utf-8")
    stub = exercise.stub.read_text(encoding="utf-8")
    trial = partial(AuditTrial, exercise.id, course=catalog.course.folder)
    yield trial("stub", "stub", stub)
    for name, source in empty_answers(exercise, stub, solution):
        yield trial("empty answer", name, source)
    yield trial("solution", "solution", solution)
    alternatives = sorted((folder / "alternatives").glob("*.py"))
    for path in alternatives:
        yield trial("alternative", path.stem, path.read_text(encoding="utf-8"))
    misconceptions = load_misconceptions(folder / "misconceptions.yaml")
    for misconception in misconceptions:
        source = misconception.apply(solution)
        yield trial("misconception", misconception.id, source)
    for noun, count, least in (
        ("alternatives", len(alternatives), MIN_ALTERNATIVES),
        ("misconceptions", len(misconceptions), MIN_MISCONCEPTIONS),
    ):
        if count < least:
            problems.append(f"{exercise.id}: {count} {noun}; at least {least} are needed.")
    anchors = lesson_anchors(catalog)
    problems += [
        f"{exercise.id}: {misconception.id} points to {misconception.see!r}, "
        "which no lesson has as a section."
        for misconception in misconceptions
        if misconception.see not in anchors
    ]


def expected(trial: AuditTrial) -> TrialVerdict:
    """The verdict that shows the suite to be right."""
    is_right = trial.role in ("solution", "alternative")
    return TrialVerdict("passed" if is_right else "failed", named=not is_right)


def judge(trial: AuditTrial, report: Report) -> TrialVerdict:
    """What a report says of the suite."""
    name = f"{trial.role} {trial.name}" if trial.name != trial.role else f"the {trial.role}"
    place = f"{trial.exercise}: {name}"
    if report.outcome == "error":
        errors = [test.message for test in report.tests if test.outcome == "error"]
        says = report.problem.message if report.problem else "; ".join(errors)
        return TrialVerdict("error", False, f"{place} could not be graded. {says}")
    failed = [test for test in report.tests if test.outcome == "failed"]
    failed.sort(key=lambda test: test.is_right_itself)  # such a one has no name
    first = f"{failed[0].title} {failed[0].message}" if failed else ""
    says = report.problem.message if report.problem else first
    diagnoses = [report.diagnosis, failed[0].diagnosis if failed else None]
    named = all(found is not None and found.id == trial.name for found in diagnoses)
    problem = ""
    match trial.role:
        case role if role in UNNAMED and report.points:
            titles = " ".join(test.title for test in report.tests if test.points)
            problem = f"{place} gets {report.points:g} points for nothing: {titles}"
        case "solution" if not report.passed:
            problem = f"{place} does not pass. {says}"
        case "alternative" if not report.passed:
            problem = f"{place} is right and does not pass. {says}"
        case "misconception" if report.passed:
            problem = f"{place} passes."
        case "misconception" if not named:
            other = report.diagnosis.id if report.diagnosis else "nothing"
            problem = f"{place} is caught, but {other} is named first. {says}"
    return TrialVerdict(report.outcome, named, problem)


def count(result: AuditResult, trial: AuditTrial, verdict: TrialVerdict) -> None:
    """Add one verdict to the figures."""
    match trial.role:
        case "stub":
            result.stubs_failed += verdict.outcome == "failed"
        case "empty answer":
            result.empty_answers += 1
            result.empty_answers_failed += not verdict.problem
        case "solution":
            result.solutions_passed += verdict.outcome == "passed"
        case "alternative":
            result.alternatives += 1
            result.alternatives_passed += verdict.outcome == "passed"
        case "misconception":
            result.misconceptions += 1
            result.caught += verdict.outcome == "failed"
            result.named += verdict.named
    if verdict.problem:
        result.problems.append(verdict.problem)


def orphans(catalog: Catalog) -> Iterator[str]:
    """Files on either side that belong to no exercise, and files that no suite may hold."""
    suites = catalog.course.suites
    home = "suites" if catalog.course.folder else "grader/suites"
    known = {(exercise.chapter, exercise.id) for exercise in catalog.exercises}
    for folder in sorted(path for path in suites.glob("ch*/*") if path.name != "__pycache__"):
        place = folder.relative_to(suites)
        if (folder.parent.name, folder.name) not in known:
            yield f"{home}/{place}: no exercise of this name."
            continue
        allowed = {f"test_{folder.name}.py", "solution.py", "misconceptions.yaml", "alternatives"}
        for path in sorted(folder.iterdir()):
            if path.name not in allowed | {"__pycache__"}:
                yield f"{home}/{place}/{path.name}: a suite has no such file."
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


def lesson_anchors(catalog: Catalog) -> set[str]:
    """The anchors of all sections: the places that `learn read` can show."""
    files = (chapter.lesson for chapter in catalog.chapters)
    lessons = (load_lesson(file) for file in files if file.is_file())
    return {section.anchor for lesson in lessons for section in lesson.sections if section.anchor}
