"""Where a wrong answer leaves the right ways: the learner's steps beside those of ours.

Our solution and its alternatives are several right ways to one answer. Each value that one of them
has on its way is a right value; the first of the learner's that no way has, and that was made of
right ones, is where to look. What is shown of a right way is its numbers, never its lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from exercises.catalog import Exercise, Limits
from grader.examiner.answer_key import AnswerKey
from grader.examiner.comparison import place_of
from grader.examiner.counterpart import counterpart
from grader.examiner.display import SHOWN_NUMBERS, apart, show
from grader.examiner.exchange import Exchange, Value
from grader.examiner.failure_messages import describe
from grader.examiner.in_process import InProcessCallee
from grader.examiner.reasons import was_lost
from grader.examiner.right_ways import Place, Ways, as_doubles, right_ways
from grader.examiner.submission_process import SubmissionProcess
from grader.examiner.suite_run import SuiteRun
from grader.examiner.symptoms.evidence import (
    UNREADABLE,
    ArgumentNames,
    Evidence,
    Judged,
    argument_names,
    kind_of,
)
from grader.examiner.symptoms.finder import DETECTORS
from grader.examiner.symptoms.inquiry import Inquiry
from grader.examiner.symptoms.smallest_call import smallest_wrong_call, spell
from grader.report import Trace, TracedStep, TraceState
from grader.worker.calls import Raised, name_of
from grader.worker.inspection import source_lines
from grader.worker.tracing import Step, Steps, trace

NOT_THE_END = (
    "A right way has these numbers, but it does not end with them, or not in this arrangement."
)
OVERDUE = frozenset({"time", "budget", "hurried"})  # each speaks of the tests' time
MAX_CALL = 1200  # characters of a call that is shown
MAX_CALLS = 4  # that are followed until one tells enough
SECONDS = 5.0  # for all of them: somebody has asked for a trace, and waits for nothing else


def find_trace(
    run: SuiteRun,
    answer_key: AnswerKey,
    candidate: SubmissionProcess,
    exercise: Exercise,
    files: dict[str, str],
) -> Trace:
    """What the learner's code does in the smallest call that goes wrong in `run`."""
    if not was_lost(run):
        candidate.allow(SECONDS)  # looking for reasons may have left nothing
    inquiry = Inquiry(candidate, answer_key.solution, run.records)
    names = argument_names(answer_key.diagnostician.module)
    ways = list(right_ways(exercise, answer_key))

    def followed(first: Exchange, exchange: Exchange) -> Trace:
        call = spell(exchange.call)[:MAX_CALL]
        inquiry.come_to(first, candidate)
        mine = candidate.trace(exchange.call)
        if isinstance(mine, Raised):
            why = (
                "It takes longer than it may."
                if mine.kind in OVERDUE
                else describe(mine, name_of(exchange.call), exercise.limits)
            )
            return Trace(call, problem=f"Your code cannot be followed. {why}")
        ours = []
        for way in ways:
            inquiry.come_to(first, InProcessCallee(way, frozenset()))
            ours.append(trace(way, frozenset([str(way.module.__file__)]), exchange.call))
        words = Words(exchange, names, exercise.limits)
        return told(mine, Ways(ours, exchange), call, files, words)

    def explained(first: Exchange, smallest: Exchange) -> Trace:
        small = followed(first, smallest)
        if small.first is None or (small.says and tells_enough(small)):
            return small
        # A few numbers are easy to read, and seldom enough to tell one reason from another.
        large = followed(first, first)
        if not tells_enough(small):
            return large if tells_enough(large) else small
        is_same = large.first is not None and _is_at(large, large.first, small.steps[small.first])
        if not is_same or not large.says:
            return small
        return replace(small, says=f"In a larger call: {large.says}")

    wrong = [
        [exchange for exchange in record.exchanges if kind_of(exchange) != "right"]
        for record in run.records.values()
        if record.failed
    ]
    traces: list[Trace] = []
    # The numbers of one test are often of one kind: where they tell little, another's may do more.
    while len(traces) < MAX_CALLS:
        found = smallest_wrong_call([each for calls in wrong for each in calls], inquiry, False)
        if found is None:
            break
        traces.append(explained(*found))
        if tells_enough(traces[-1]):
            return traces[-1]
        wrong = [calls for calls in wrong if found[0] not in calls]
    nothing = Trace("", problem="No single call went wrong; there is nothing to follow.")
    return next(iter(traces), nothing)


def tells_enough(trace: Trace) -> bool:
    """Whether it has no first wrong step, and says why, or one with nothing but right ones before
    it."""
    return trace.first is None or (trace.is_right_before and not trace.problem)


def _is_at(trace: Trace, index: int, step: TracedStep) -> bool:
    there = trace.steps[index]
    return (there.file, there.line, there.operation) == (step.file, step.line, step.operation)


@dataclass(frozen=True)
class Words:
    """Says in what a value differs from another, by the symptoms that a wrong result has."""

    exchange: Exchange
    names: ArgumentNames
    limits: Limits

    def say(self, got: Tensor, expected: Tensor, subject: str) -> str:
        """One sentence, or none where nothing simple holds."""
        compared = Exchange(self.exchange.call, Value(got), Value(expected))
        judged = Judged(compared, self.names)
        evidence = Evidence([judged], [], self.names, self.limits)
        for detector in DETECTORS.get(judged.kind, ()):
            if detector.asks:
                continue
            try:
                says = detector.says(evidence, None)  # type: ignore[arg-type]
            except UNREADABLE:
                return ""
            if says and says.startswith("Your result"):
                return subject + says.removeprefix("Your result")
        return ""


def told(mine: Steps, ways: Ways, call: str, files: Mapping[str, str], words: Words) -> Trace:
    """The learner's steps with what is to be said of them."""
    same = [ways.same(step) for step in mine.steps]
    fine = [
        bool(places) or ways.has_numbers(step)
        for step, places in zip(mine.steps, same, strict=True)
    ]
    first = _first_wrong(mine, fine, ways)
    states: list[TraceState] = ["known" if is_fine else "own" for is_fine in fine]
    if first is not None:
        states[first] = "first"
        inputs = mine.steps[first].inputs
        if all(_is_by_chance(mine.steps[index], same[index], ways) for index in inputs):
            states = ["own" if index in inputs else state for index, state in enumerate(states)]
    shown = tuple(
        TracedStep(
            step.file,
            step.line,
            _code(files, step),
            step.name,
            step.operation,
            tuple(step.value.shape),
            str(step.value.dtype).removeprefix("torch."),
            state,
        )
        for step, state in zip(mine.steps, states, strict=True)
    )
    if first is None:
        return Trace(call, shown, problem=_why_not(mine, words))
    step = mine.steps[first]
    if fine[first]:  # right numbers, and not the end that is asked for
        expected = _end_in_place_of(mine, first, ways.ends)
    else:
        parents = [same[index] or ways.alike(mine.steps[index]) for index in step.inputs]
        met = {place for places in same for place in places}
        expected = counterpart(mine, first, parents, met, ways)
    if expected is None and first in mine.results:
        expected = _end_in_place_of(mine, first, ways.ends)
    if expected is None or _is_no_match(step.value, expected):
        return Trace(call, shown, first, show(step.value) + _beyond_numbers(step.value))
    subject = f"`{step.name}`" if step.name else "This value"
    got, right = _beside(step.value, expected)
    says = words.say(step.value, expected, subject)
    return Trace(call, shown, first, got, right, says, NOT_THE_END if fine[first] else "")


def _first_wrong(mine: Steps, fine: Sequence[bool], ways: Ways) -> int | None:
    """Back from a wrong result, as far as no right way has such numbers: the first value that has
    only right ones behind it."""
    waiting = [index for index in mine.results if not ways.is_end(mine.steps[index])]
    seen: set[int] = set()
    found = []
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        behind = [each for each in mine.steps[index].inputs if not fine[each]]
        waiting += behind
        if not behind:
            found.append(index)
    return min(found, default=None)


def _is_by_chance(step: Step, places: Sequence[Place], ways: Ways) -> bool:
    """Whether a wrong way may have these numbers as well: all has overflowed, or come to 0 or 1,
    and no right way has come to it by this operation."""
    numbers = as_doubles(step.value)
    is_common = (numbers == 0) | (numbers.abs() == 1) | ~numbers.isfinite()
    if not step.value.is_floating_point() or not is_common.all():
        return False
    return all(ways.step(place).operation != step.operation for place in places)


def _why_not(mine: Steps, words: Words) -> str:
    """Why there is no first wrong step."""
    if not mine.is_whole:
        return "Your code makes more values than can be followed."
    if isinstance(stopped := words.exchange.got, Raised):
        says = describe(stopped, name_of(words.exchange.call), words.limits)
        return f"Your code stops before it has a result. {says}"
    if not mine.results:
        return (
            "Your result is not made by torch on lines of yours, so its steps cannot be seen. Work"
            " out this call by hand, and `print` what your lines make: the check shows it."
        )
    return (
        "Each tensor of your result is one that a right way ends with. Look at what else there is."
    )


def _beside(got: Tensor, expected: Tensor) -> tuple[str, str]:
    """Both in words; of what is large, the row that is most wrong."""
    place, beyond = "", _beyond_numbers(got)
    if got.shape == expected.shape and got.numel() > SHOWN_NUMBERS and got.dim() > 1:
        distance = (as_doubles(got) - as_doubles(expected)).abs().nan_to_num(torch.inf)
        row = int(distance.flatten(0, -2).amax(-1).argmax())
        place = f"at [{', '.join(map(str, place_of(row, got.shape[:-1])))}]: "
        got, expected = (each.flatten(0, -2)[row, :SHOWN_NUMBERS] for each in (got, expected))
    mine, theirs = apart(got, expected)
    return f"{place}{mine}{beyond}", f"{place}{theirs}"


def _beyond_numbers(value: Tensor) -> str:
    """What a value of infinities and NaN is not told by itself: up to where its dtype goes, and of
    what is too large to be shown how many there are."""
    if not value.is_floating_point():
        return ""
    says = []
    if bool(value.isinf().any()):
        largest = torch.finfo(value.dtype).max
        says.append(f"the largest {str(value.dtype).removeprefix('torch.')} is {largest:.5g}")
    lost = value.numel() - int(value.isfinite().sum())
    if lost and value.numel() > SHOWN_NUMBERS:
        says.append(f"{lost} of {value.numel()} numbers are inf or NaN")
    return f" ({'; '.join(says)})" if says else ""


def _is_no_match(got: Tensor, expected: Tensor) -> bool:
    """Where a loop makes one number at a time, a whole table is nothing to lay beside it."""
    return got.shape != expected.shape and expected.numel() > SHOWN_NUMBERS


def _end_in_place_of(mine: Steps, result: int, ends: Sequence[Tensor]) -> Tensor | None:
    """By its place among the results; where some are no steps, the first of the same shape."""
    if len(mine.results) == len(ends):
        return ends[mine.results.index(result)]
    shape = mine.steps[result].value.shape
    return max(ends, key=lambda end: end.shape == shape, default=None)


def _code(files: Mapping[str, str], step: Step) -> str:
    lines = source_lines(files.get(step.file, ""))
    return lines[step.line - 1].strip() if 0 < step.line <= len(lines) else ""
