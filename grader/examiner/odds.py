"""Which known misconception has the learner's odds?

Where numbers are drawn at random, none of them tells a mistake: drawn in another order they are
others. What tells is how often things happen, which the suite has counted. The mistake is one whose
counts are outside of the suite's ranges where the learner's are, and as near to them as chance
brings two draws. Where two are so, none is named.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from grader.examiner.diagnosis import Suspect
from grader.examiner.failure import Range
from grader.examiner.paired_calls import Callee
from grader.examiner.suite_run import SuiteRun
from grader.misconceptions import Misconception

ENOUGH = 6  # suspects that are like the learner in one test: it tells too little to go on
# Somebody's way to the end of the tests of these names; of all where there is none.
ToTheEnd = Callable[[Callee, Collection[str]], SuiteRun]


def with_the_same_odds(
    run: SuiteRun, learner: Callee, suspects: Sequence[Suspect], to_the_end: ToTheEnd
) -> Misconception | None:
    """The misconception that explains all that failed, where nothing failed but what was counted of
    random numbers."""
    failed = [name for name, record in run.records.items() if record.failed]
    if not all(_ended_outside(run, name) for name in failed):
        return None
    ranges = {**run.ranges, **to_the_end(learner, failed).ranges}

    def like(suspects: Sequence[Suspect], names: Collection[str]) -> list[Suspect]:
        return [each for each in suspects if _is_like(ranges, to_the_end(each.callee, names))]

    found = like(suspects, failed[:1])  # most need not be tried on all
    if len(found) > ENOUGH:
        return None
    named = {each.misconceptions[0].says: each.misconceptions[0] for each in like(found, [])}
    return next(iter(named.values())) if len(named) == 1 else None


def _ended_outside(run: SuiteRun, name: str) -> bool:
    """Whether a test of what was drawn ended since numbers lay outside of their range."""
    noted = run.ranges[name]
    by_chance = any(exchange.by_chance for exchange in run.records[name].exchanges)
    return by_chance and bool(noted) and not noted[-1].holds


def _is_like(ranges: Mapping[str, Sequence[Range]], other: SuiteRun) -> bool:
    """Whether the tests that `other` has been through say the same of both."""
    for name, record in other.records.items():
        mine, theirs = ranges[name], other.ranges[name]
        if record.failed or len(mine) != len(theirs) or not all(map(Range.is_near, theirs, mine)):
            return False
    return True
