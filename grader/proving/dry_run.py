"""Runs a suite on edits of its own solution, in the process that holds both.

A misconception is such an edit, and every examiner runs it in its own process beside the code of a
learner. A worker adds nothing that the author of a suite would learn from, and takes most of a
verdict's time.
"""

from collections.abc import Iterable

from exercises.catalog import Exercise
from grader.examiner.answer_key import AnswerKey
from grader.examiner.examiner import report_of
from grader.examiner.in_process import InProcessCallee
from grader.examiner.reasons import Reasons, hearing_of
from grader.examiner.suite_run import SuiteRun
from grader.report import Report
from grader.worker.calls import LoadedModule, load_source
from grader.worker.inspection import Finding, compile_files

Edit = tuple[str, int]  # a source, and the seed to try it with


def dry_run(edits: Iterable[Edit], exercise: Exercise) -> list[Report | None]:
    """What the suite says of each, with the names of known mistakes and no other reason.

    None of one whose file would not be run at all. What calls cost is not seen here.
    """
    answer_key = AnswerKey(exercise)
    return [_tried(source, seed, exercise, answer_key) for source, seed in edits]


def _tried(source: str, seed: int, exercise: Exercise, answer_key: AnswerKey) -> Report | None:
    file = f"{exercise.id}.py"
    forbidden = frozenset(name for rule in exercise.forbidden for name in rule.names)
    if isinstance(compile_files({file: source}, forbidden), Finding):
        return None
    loaded = LoadedModule(load_source(f"dry_run_{exercise.id}", file, source))
    callee = InProcessCallee(loaded, frozenset({file}))
    run = SuiteRun(callee, answer_key.solution, seed, "cpu", exercise.limits)
    answer_key.suite.run(run)
    found = answer_key.diagnostician.diagnose(hearing_of(run, answer_key))
    return report_of(run, exercise, Reasons(found))
