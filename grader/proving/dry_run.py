"""Runs a suite on sources of ours, in the process that holds suite and solution.

A misconception is an edit of the solution, and every examiner runs it in its own process beside the
code of a learner. A worker adds nothing that the author of a suite would learn from, and takes most
of a verdict's time.
"""

from collections.abc import Iterable

from exercises.catalog import Exercise
from grader.examiner.answer_key import AnswerKey
from grader.examiner.examiner import report_of
from grader.examiner.in_process import InProcessCallee
from grader.examiner.reasons import Reasons, hearing_of
from grader.examiner.suite_run import SuiteRun
from grader.report import Report
from grader.submission import Submission
from grader.worker.calls import LoadedModule, load_source
from grader.worker.inspection import Finding, compile_files


def dry_run(submissions: Iterable[Submission], exercise: Exercise) -> list[Report | None]:
    """What the suite says of each; of reasons, if it is to be explained, the names of mistakes.

    None of one whose file would not be run at all. What calls cost is not seen here.
    """
    answer_key = AnswerKey(exercise)
    return [_tried(submission, exercise, answer_key) for submission in submissions]


def _tried(submission: Submission, exercise: Exercise, answer_key: AnswerKey) -> Report | None:
    file = f"{exercise.id}.py"
    forbidden = frozenset(name for rule in exercise.forbidden for name in rule.names)
    source, seed = submission.source, submission.seed
    assert isinstance(source, str) and seed is not None
    if isinstance(compile_files({file: source}, forbidden), Finding):
        return None
    loaded = LoadedModule(load_source(f"dry_run_{exercise.id}", file, source))
    callee = InProcessCallee(loaded, frozenset({file}))
    run = SuiteRun(callee, answer_key.solution, seed, "cpu", exercise.limits)
    answer_key.suite.run(run)
    found = {}
    if submission.explained:
        found = answer_key.diagnostician.diagnose(hearing_of(run, answer_key))
    return report_of(run, exercise, Reasons(found))
