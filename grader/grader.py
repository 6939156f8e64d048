"""`Grader`: the one way from a `Submission` to a `Report`, wherever it runs."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from exercises.catalog import Exercise, catalog_in
from grader.budget import Budget
from grader.errors import ExaminerLost
from grader.report import Problem, Report
from grader.submission import Submission

if TYPE_CHECKING:
    from grader.executor import ExaminerPool

A = TypeVar("A")
T = TypeVar("T")


def grade(submission: Submission) -> Report:
    """Grade in the process that this is called in; see `grader.examiner.examiner.grade`."""
    from grader.examiner.examiner import grade  # torch is loaded where grading happens, not before

    return grade(submission)


class Grader:
    """Grades submissions in examining processes that stay warm.

        with Grader() as grader:
            report = grader.grade(Submission(exercise="softmax", source=text))

    There are at most `jobs` processes. Any `concurrent.futures.Executor` can be given instead; its
    processes then become the examiners, and it stays the caller's to shut down.
    """

    def __init__(self, jobs: int = 1, executor: Executor | None = None) -> None:
        self._jobs = jobs
        self._own = _pool(jobs) if executor is None else None
        self._executor: Executor = executor or self._own  # type: ignore[assignment]

    @property
    def jobs(self) -> int:
        """How many submissions are graded at once."""
        return self._jobs

    def is_ready(self) -> bool:
        """Whether something can be graded now: a cluster may be away for a while."""
        return True

    def __enter__(self) -> "Grader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            self.abandon()
        self.close()

    def abandon(self) -> None:
        """End what is running, too, so that `close` need not wait. Only `close` is left then."""
        if self._own is not None:
            self._own.abandon()

    def close(self) -> None:
        """End the processes that this grader started."""
        if self._own is not None:
            self._own.shutdown(cancel_futures=True)

    def submit(self, submission: Submission) -> "Future[Report]":
        """Start grading. Raises `UnknownExercise` at once where there is none of that id.

        A seed is drawn here, where the submission has none: what is sent can be sent again. What
        is no longer wanted can be cancelled, even while it runs: that ends its worker only, and the
        next submission finds all else warm.
        """
        exercise = catalog_in(submission.course).exercise(submission.exercise)
        submission = submission.with_seed()
        budget = Budget.of(exercise.limits, submission.device)
        return self._start(budget, grade, submission)

    def ask(self, function: Callable[[Exercise], T], exercise: Exercise) -> "Future[T]":
        """Start a function of ours where submissions are graded, for torch is loaded there.

        It may use as much as a submission.
        """
        return self._start(Budget.of(exercise.limits, "cpu"), function, exercise)

    def _start(self, budget: Budget, function: Callable[[A], T], argument: A) -> "Future[T]":
        """What runs in an executor of the caller's is the caller's to bound."""
        if self._own is None:
            return self._executor.submit(function, argument)
        return self._own.submit_within(budget, function, argument)

    def grade(self, submission: Submission) -> Report:
        """Grade one submission and wait for the report.

        Raises `UnknownExercise` and `UsageError` for what cannot be graded at all. Where an
        examining process dies, the report's outcome is `error`, and the next submission gets a new
        process.
        """
        submission = submission.with_seed()
        return self.result(submission, self.submit(submission))

    def grade_all(self, submissions: Iterable[Submission]) -> Iterator[Report]:
        """Grade several at once, as many as there are jobs; reports come in the order given."""
        seeded = [submission.with_seed() for submission in submissions]
        started = [(submission, self.submit(submission)) for submission in seeded]
        for submission, future in started:
            yield self.result(submission, future)

    def result(self, submission: Submission, future: "Future[Report]") -> Report:
        """Wait for the report on a `submission`, which had a seed when it was submitted.

        As `grade`; raises `CancelledError` where it was cancelled.
        """
        try:
            return future.result()
        except ExaminerLost as error:
            return self.lost(submission, error)

    def lost(self, submission: Submission, error: ExaminerLost) -> Report:
        """What is said of a submission that no examiner finished."""
        from grader.provenance import provenance  # the client of a warm process has no use for it

        exercise = catalog_in(submission.course).exercise(submission.exercise)
        assert submission.seed is not None
        problem = Problem("internal", str(error))
        report = Report.ungraded(exercise, submission.seed, submission.device, problem)
        return replace(report, provenance=provenance(submission, exercise))


def _pool(jobs: int) -> "ExaminerPool":
    from grader.executor import ExaminerPool  # 6 ms, which nobody spends whose processes are warm

    return ExaminerPool(jobs)
