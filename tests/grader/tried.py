"""What a suite of small tests sees of two sources, both in this process."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from exercises.catalog import Limits
from grader.examiner.exchange import Record
from grader.examiner.failure import Failure
from grader.examiner.in_process import InProcessCallee
from grader.examiner.paired_calls import PairedCalls
from grader.examiner.submission_proxy import SubmissionProxy
from grader.worker.calls import LoadedModule, load_source


class Tried(NamedTuple):
    """The records of the tests, `test_0` and on, and both sides, which can be asked again."""

    records: dict[str, Record]
    learner: InProcessCallee
    solution: LoadedModule


def tried(
    learner: str | InProcessCallee,
    solution: str,
    tests: Iterable[Callable[[SubmissionProxy], object]],
    fails: Callable[[object, PairedCalls], bool],
) -> Tried:
    """Run `tests`. One fails by a `Failure`, or where `fails(its result, its calls)` says so."""
    ours = LoadedModule(load_source("ours", "ours.py", solution))
    callee = learner if isinstance(learner, InProcessCallee) else _loaded(learner)
    records = {}
    for seed, test in enumerate(tests):
        ours.begin(seed)
        callee.begin(seed)
        calls = PairedCalls(callee, ours, Limits())
        try:
            failed = fails(test(SubmissionProxy(calls)), calls)
        except Failure:
            failed = True
        records[f"test_{seed}"] = Record(seed, calls.log, failed)
    return Tried(records, callee, ours)


def _loaded(learner: str) -> InProcessCallee:
    theirs = LoadedModule(load_source("learner", "learner.py", learner))
    return InProcessCallee(theirs, frozenset(["learner.py"]))
