"""The trusted side: holds the hidden suites and the reference, and grades submissions.

    Submission ─► decode ─► inspect and load (in a worker) ─► suite under pytest ─► diagnosis ─►
    Report

The learner's code never runs here, and no expected value ever leaves this process.
"""

import gc
import time
import traceback
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Lock

import torch

from exercises.catalog import Catalog, Exercise, Limits, catalog_in
from grader.cancellation import current_cancellation
from grader.errors import Cancelled, SandboxLost, UsageError
from grader.examiner.answer_key import AnswerKey
from grader.examiner.display import name_list
from grader.examiner.exchange import Value
from grader.examiner.failure_messages import describe, describe_finding, missing_entry
from grader.examiner.reasons import Reasons, find_reasons
from grader.examiner.replies import EntryPoints
from grader.examiner.sandbox import Sandbox, shared_sandbox
from grader.examiner.submission_process import SubmissionProcess
from grader.examiner.suite_run import SuiteRun
from grader.examiner.traces import find_trace
from grader.provenance import provenance
from grader.report import Outcome, Problem, Report, TestResult
from grader.submission import MAX_SOURCE_BYTES, Submission
from grader.worker.calls import Raised
from grader.worker.inspection import Finding


def grade(submission: Submission) -> Report:
    """Grade one submission in this process, which stays warm for the next. Plain and picklable.

    Raises `UsageError` for an exercise or a device that is not there, and `Cancelled` where nobody
    waits for it any more. A crash of ours is a report with outcome `error`, never the learner's
    failure.
    """
    with _one_at_a_time:
        return _examiner(submission.device, submission.course).grade(submission)


# Threads share pytest, torch's random numbers and the pipe to the sandbox.
_one_at_a_time = Lock()


@cache
def _examiner(device: str, course: Path | None) -> "Examiner":
    return Examiner(device, catalog=catalog_in(course))


class Examiner:
    """Grades on one device, with one sandbox; `catalog` None stands for the course itself."""

    def __init__(
        self, device: str, sandbox: Sandbox | None = None, catalog: Catalog | None = None
    ) -> None:
        kind = device.partition(":")[0]
        if kind not in ("cpu", "cuda"):
            raise UsageError(f"There is no device {device!r}. Use cpu or cuda.")
        if kind == "cuda" and not torch.cuda.is_available():
            raise UsageError(
                "This machine has no CUDA device that torch can use. Use --device cpu."
            )
        torch.set_num_threads(1)
        self._device = device
        self._sandbox = sandbox or shared_sandbox(device)
        self._catalog = catalog or catalog_in(None)
        self._sections = {
            topic.id: (topic.title, chapter.number)
            for chapter in self._catalog.chapters
            for topic in chapter.topics
        }
        self._answer_keys: dict[str, AnswerKey] = {}

    def grade(self, submission: Submission) -> Report:
        """The verdict on one submission."""
        cancellation = current_cancellation()
        started = time.perf_counter()
        exercise = self._catalog.exercise(submission.exercise)
        submission = submission.with_seed()  # a `Grader` has given it one already
        assert submission.seed is not None
        try:
            report = self._examine(submission, exercise, submission.seed)
        except (UsageError, Cancelled):
            raise
        except SandboxLost as error:
            problem = Problem("internal", str(error))
            report = Report.ungraded(exercise, submission.seed, self._device, problem)
        except Exception as error:
            problem = Problem(
                "internal", f"The grader failed: {error}", code=traceback.format_exc()
            )
            report = Report.ungraded(exercise, submission.seed, self._device, problem)
        cancellation.check()
        report = replace(report.fitted(), provenance=provenance(submission, exercise))
        return replace(report, duration_ms=(time.perf_counter() - started) * 1e3)

    def close(self) -> None:
        self._sandbox.close()

    def answer_key(self, exercise: Exercise) -> AnswerKey:
        """The hidden half of an exercise, loaded once."""
        if exercise.id not in self._answer_keys:
            self._answer_keys[exercise.id] = AnswerKey(exercise)
            gc.collect()
            gc.freeze()
        return self._answer_keys[exercise.id]

    def _examine(self, submission: Submission, exercise: Exercise, seed: int) -> Report:
        self.answer_key(exercise)  # now, so that no worker waits while it is read
        limits = exercise.limits
        files = decode_files(submission)
        if isinstance(files, Problem):
            candidate = SubmissionProcess(self._sandbox, {}, "", (), frozenset(), limits)
            return self._run(exercise, candidate, seed, files, submission.explained)[1]
        instead = {name: rule.instead for rule in exercise.forbidden for name in rule.names}
        main = f"{exercise.id}.py"
        candidate = SubmissionProcess(
            self._sandbox, files, main, exercise.entry, frozenset(instead), limits
        )
        with current_cancellation().ends(candidate.cancel), closing(candidate):
            candidate.start()
            if submission.only_sandboxed:
                refuse_unprotected(candidate.layers)
            problem = open_submission(candidate, main, instead, limits)
            candidate.prepare_next()  # now: a second processor has nothing to do yet
            run, report = self._run(exercise, candidate, seed, problem, submission.explained)
            if submission.traced and not problem and report.outcome == "failed":
                trace = find_trace(run, self.answer_key(exercise), candidate, exercise, files)
                report = replace(report, trace=trace)
            return report

    def _run(
        self,
        exercise: Exercise,
        candidate: SubmissionProcess,
        seed: int,
        problem: Problem | None,
        explained: bool,
    ) -> tuple[SuiteRun, Report]:
        answer_key = self.answer_key(exercise)
        reason = "Not run." if problem else ""
        run = SuiteRun(candidate, answer_key.solution, seed, self._device, exercise.limits, reason)
        answer_key.suite.run(run)
        current_cancellation().check()  # there is nothing to be said of tests that were not run
        reasons = (
            find_reasons(run, answer_key, candidate, exercise.limits, self._sections)
            if explained and not problem
            else Reasons()
        )
        return run, report_of(run, exercise, reasons, problem, candidate.layers)


def report_of(
    run: SuiteRun,
    exercise: Exercise,
    reasons: Reasons,
    problem: Problem | None = None,
    layers: Mapping[str, str] | None = None,
) -> Report:
    """The verdict on a submission that has been through the suite."""
    tests = tuple(
        replace(
            test,
            diagnosis=reasons.diagnoses.get(test.name),
            symptom=reasons.symptoms.get(test.name),
        )
        for test in run
    )
    return Report(
        exercise.id,
        exercise.title,
        seed=run.seed,
        device=run.device,
        outcome=overall(tests),
        points=sum(test.points for test in tests),
        max_points=sum(test.max_points for test in tests),
        tests=tests,
        diagnosis=reasons.diagnosis,
        symptom=reasons.symptom,
        smallest=reasons.smallest,
        problem=problem,
        layers=dict(layers or {}),
    )


def decode_files(submission: Submission) -> dict[str, str] | Problem:
    """The submission's files as text, or why they are none."""
    files = {}
    room = MAX_SOURCE_BYTES
    for name, source in submission.files().items():
        room -= len(source if isinstance(source, bytes) else source.encode("utf-8", "replace"))
        room -= len(name.encode("utf-8", "replace"))
        if room < 0:
            whole = name if len(submission.files()) == 1 else "What was handed in"
            limit = MAX_SOURCE_BYTES // 1024
            return Problem("size", f"{whole} is larger than {limit} KB. An answer needs a few.")
        try:
            text = source.decode() if isinstance(source, bytes) else source
            text.encode("utf-8")
        except UnicodeError:
            text = None
        if text is None or is_utf16(text):
            return Problem("encoding", f"{name} is not UTF-8 text. Save it as UTF-8 and try again.")
        files[name] = text.removeprefix("\ufeff")  # some editors begin with a byte-order mark
    main = f"{submission.exercise}.py"
    if main not in files:
        return Problem("missing", f"There is no {main} among the files: {name_list(files)}.")
    return files


def is_utf16(text: str) -> bool:
    """Whether text that was read as UTF-8 is UTF-16: then every other character is null."""
    return len(text) > 1 and "\0" in text[:2] and text.count("\0") >= len(text) // 3


def refuse_unprotected(layers: Mapping[str, str]) -> None:
    """Raise `UsageError` where a layer of the sandbox is missing."""
    missing = [name for name, state in layers.items() if state == "missing"]
    if missing:
        raise UsageError(
            f"This machine cannot hold a submission: {', '.join(missing)} missing. `grader doctor`"
            " says why. Where you would run this code yourself, add --allow-unsandboxed."
        )


def open_submission(
    candidate: SubmissionProcess, main: str, instead: dict[str, str], limits: Limits
) -> Problem | None:
    """Parse and run the learner's file; what keeps it from being graded, if anything does."""
    outcome = candidate.inspect()
    if isinstance(outcome, Value) and isinstance(finding := outcome.value, Finding):
        message = describe_finding(finding, main, instead)
        return Problem(finding.kind, message, finding.line, finding.code)
    if isinstance(outcome, Value):
        outcome = candidate.load()
    if isinstance(outcome, Raised):
        return load_problem(outcome, limits)
    return entry_problem(outcome.value)


def load_problem(raised: Raised, limits: Limits) -> Problem:
    """The learner's file does not run to its end."""
    message = f"Your file stops while it is loaded. {describe(raised, 'the file', limits)}"
    line, code = (raised.frames[-1][1], raised.frames[-1][3]) if raised.frames else (None, "")
    return Problem("load", message, line, code)


def entry_problem(loaded: EntryPoints) -> Problem | None:
    """The learner's file runs, but does not define what is graded."""
    if not loaded.missing:
        return None
    name = loaded.missing[0]
    return Problem("entry", missing_entry(name, loaded.found.get(name), loaded.defined))


def overall(tests: tuple[TestResult, ...]) -> Outcome:
    """`error` where one of our tests broke; else whether all passed."""
    outcomes = {test.outcome for test in tests}
    if "error" in outcomes or not outcomes:
        return "error"
    return "failed" if "failed" in outcomes else "passed"
