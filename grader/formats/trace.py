"""The steps of one call, for a person at a terminal: line by line, with the first wrong value."""

from collections.abc import Iterator
from itertools import groupby

from grader.formats.page import Page
from grader.report import Report, Trace, TracedStep, TraceState, cut

MARKS: dict[TraceState, tuple[str, str]] = {
    "known": ("✓", "green"),
    "own": ("·", "white"),
    "first": ("✗", "red"),
}
LEGEND: dict[TraceState, str] = {
    "known": "✓ a right way has this value, too",
    "own": "· right or wrong: only yours has it, or it is 0 and 1 alone",
}
SIGNS = {
    **{"matmul": "@", "add": "+", "sub": "−", "mul": "×", "div": "/", "truediv": "/"},
    **{"neg": "−", "pow": "**", "getitem": "[…]", "setitem": "[…] ="},
}
NO_SUCH_VALUE = "None known here has a value to lay beside it."
CODE_WIDTH = 44


def render(report: Report, colour: bool = False, width: int = 100) -> str:
    """The trace of a report that was asked for one; why there is none, else."""
    page = Page(colour, width)
    trace = report.trace
    if trace is None:
        page.text(_nothing(report), "")
        return page.finish()
    page.text(trace.call, "") if trace.call else None
    page.blank()
    for step, times in rows(trace):
        mark, tint = MARKS[step.state]
        page.item(mark, tint, _row(step, times, code_width(width)))
    if trace.steps:
        for line in legend(trace, width - 2):
            page.text(line, "  ", dim=True)
        page.blank()
    _ending(page, trace, code_width(width))
    return page.finish()


def rows(trace: Trace) -> Iterator[tuple[TracedStep, int]]:
    """What each line comes to when it runs first, and how often it runs; then where it is wrong."""
    wrong = None if trace.first is None else trace.steps[trace.first]
    runs = [
        list(steps) for _, steps in groupby(trace.steps, key=lambda step: (step.file, step.line))
    ]
    seen: dict[tuple[str, int], int] = {}
    for steps in runs:
        seen[_place(steps[0])] = seen.get(_place(steps[0]), 0) + 1
    told: set[tuple[str, int]] = set()
    for steps in runs:
        here = wrong if any(step is wrong for step in steps) else None
        if here or _place(steps[0]) not in told:
            times = 1 if _place(steps[0]) in told else seen[_place(steps[0])]
            told.add(_place(steps[0]))
            named = [step for step in steps if step.name]
            yield here or (named or steps)[-1], times


def legend(trace: Trace, width: int) -> list[str]:
    """What the marks say that stand before its rows, side by side where there is room."""
    marks = {step.state for step, _ in rows(trace)}
    lines = [says for state, says in LEGEND.items() if state in marks]
    beside = "   ".join(lines)
    return [beside] if lines and len(beside) <= width else lines


def code_width(width: int) -> int:
    """How much of a line is shown."""
    return max(16, min(CODE_WIDTH, width - 44))


def _place(step: TracedStep) -> tuple[str, int]:
    return step.file, step.line


def made(step: TracedStep) -> str:
    """What a step is called: its variable, else what made it."""
    return step.name or SIGNS.get(step.operation, step.operation)


def _row(step: TracedStep, times: int, width: int) -> str:
    again = f"  ({times} times)" if times > 1 else ""
    what = f"{step.name}:" if step.name else f"`{made(step)}` gives"
    dtype = "" if step.dtype == "float32" else f" {step.dtype}"
    return f"{step.line:>4}  {cut(step.code, width):<{width}}  {what} {size(step)}{dtype}{again}"


def size(step: TracedStep) -> str:
    """How large a value is: `a number`, `5 numbers`, `2×3`."""
    match step.shape:
        case ():
            return "a number"
        case (count,):
            return f"{count} number{'s' * (count != 1)}"
        case _:
            return "×".join(map(str, step.shape))


def _ending(page: Page, trace: Trace, width: int) -> None:
    if trace.first is None:
        page.text(trace.problem, "", bold=True)
        return
    step = trace.steps[trace.first]
    page.text(where(trace, step), "", bold=True)
    if cut(step.code, width) != step.code:  # the mistake may be in what was cut
        page.text(step.code, f"  {f'line {step.line}':<11}")
    page.text(trace.got, "  yours      ")
    page.text(trace.expected or NO_SUCH_VALUE, "  right way  ")
    if trace.says:
        page.text(trace.says, "  ")


def where(trace: Trace, step: TracedStep) -> str:
    """At which line to look, and why."""
    what = f"`{step.name}`" if step.name else f"what `{made(step)}` gives"
    if trace.problem:
        return f"Line {step.line} makes your result: {what}. {trace.problem}"
    if trace.first == 0:
        rest = "It is the first value that your lines make."
    elif trace.is_right_before:
        rest = "All before it has right numbers, in whatever order."
    else:
        rest = "What has a ✓ before it has right numbers; what has none may be wrong."
    return (
        f"Look at line {step.line}, and at what it is given: {what} has numbers that no right way"
        f" known here has. {rest}"
    )


def _nothing(report: Report) -> str:
    if report.passed:
        return f"{report.exercise} passes; there is nothing to look for."
    if report.problem:
        return report.problem.message
    return "There is no trace: the file could not be graded."
