"""What came of a checkpoint, for a person at a terminal."""

import math
from collections.abc import Iterator

from exercises.words import plural
from grader.checkpoint_report import CheckpointReport, PartResult, State
from grader.formats.page import Page

MARKS: dict[State, tuple[str, str]] = {
    "same": ("✓", "green"),
    "differs": ("✗", "red"),
    "failed": ("✗", "red"),
    "misfit": ("·", "white"),
}


def render(report: CheckpointReport, colour: bool = False, width: int = 100) -> str:
    """What was loaded, then each part of the learner's, then all of them at once."""
    page = Page(colour, width)
    page.line(f"{page.paint(report.title, bold=True)}  {page.paint(report.path, dim=True)}")
    for name, value in report.facts:
        page.text(value, f"  {name:<12} ")
    for note in report.notes:
        page.text(note, "  ", dim=True)
    page.blank()
    page.text("Your parts in the place of the reference's, with the weights of this file:", "")
    for part in report.parts:
        if part.state != "absent":
            mark, tint = MARKS[part.state]
            page.item(mark, tint, told(part))
    absent = ", ".join(part.exercise for part in report.parts if part.state == "absent")
    if absent:
        page.text(f"Not passed yet: {absent}.", "  ", dim=True)
    for line in _ending(report):
        page.blank()
        page.text(line, "")
    return page.finish()


def told(part: PartResult) -> str:
    """One part in a sentence."""
    places = plural(part.places, "place")
    match part.state:
        case "same":
            return f"{part.exercise}: the same numbers at {places}{_within(part.difference)}."
        case "differs" if part.where:
            return (
                f"{part.exercise}: differs first at {part.where}. Of the {places} asked, the"
                f" largest difference is {_share(part.difference)} there; in what the model says it"
                f" is {_share(part.output)}."
            )
        case "differs":
            return (
                f"{part.exercise}: the same numbers at {places}, and yet the model's output"
                f" differs by {_share(part.output)}."
            )
        case "failed":
            return f"{part.exercise}: {part.says}"
        case _:
            return f"{part.exercise} does not fit: {part.says}"


def _ending(report: CheckpointReport) -> Iterator[str]:
    if together := report.together:
        names = f"All of yours together ({together.exercise})"
        if together.state == "same":
            yield f"{names}: the model says the same{_within(together.output)}."
        else:
            yield f"{names}: {told(together).removeprefix(f'{together.exercise}: ')}"
    elif not any(part.state in ("same", "differs", "failed") for part in report.parts):
        yield "None of your answers was tried. `learn next` says how to go on."
    if report.greedy:
        prompt, greedy = (" ".join(map(str, tokens)) for tokens in (report.prompt, report.greedy))
        yield f"After the tokens {prompt} it continues, most probably, with {greedy}."
    if report.text:
        yield f"As text: {report.text!r}"
    missing = [name for name, state in report.layers.items() if state == "missing"]
    if missing:
        yield f"Run without {', '.join(missing)}; `grader doctor` says why."


def _within(difference: float) -> str:
    return f", within {difference:.0e} of the largest" if difference else ", to the last digit"


def _share(difference: float) -> str:
    if math.isinf(difference):
        return "no number, since yours has NaN or inf"
    return f"{difference:.1e} of the largest number"
