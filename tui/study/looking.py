"""What the learner's own model attends to: which models can be looked at, and each as figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exercises.errors import CourseError
from grader.training.folder import Plan, RunFolder
from tui.figures.figure import Figure
from tui.study.capstone import kept_runs, needed
from tui.study.session import Session
from tui.study.training import new_plan, settings_for, step_of

AS_BUILT = "as built"
NOTHING_SEEN = (
    "No weights can be shown: nowhere does this model multiply values by weights that sum to 1 in"
    " each row. A layer that sums without a product of matrices cannot be looked into."
)
BUILT_WITHOUT = (
    "You have passed none of the exercises that it is built from. Submit one of them, and your part"
    " takes the place of ours: {}."
)
BEGUN_WITHOUT = (
    "When this run was begun, you had passed none of the exercises that it is built from: {}. A run"
    " keeps its parts; one that is started over takes those that you have passed by then."
)
SPACES = str.maketrans({" ": "␣", "\n": "⏎", "\t": "⇥"})
Model = tuple[Plan, RunFolder | None]


class NoSuchMap(CourseError):
    exit_code = 2


def models(session: Session) -> dict[str, Model]:
    """The kept runs by name, and what `learn build --fill` puts together, which nobody trained."""
    kept: dict[str, Model] = {name: (run.plan(), run) for name, run in kept_runs(session)}
    untrained = new_plan(session, settings_for("reverse", None, 0, "cpu"), None, fill=True)
    return {**kept, AS_BUILT: (untrained, None)}


def example(plan: Plan) -> str:
    """What a model may read where nobody has typed anything."""
    return plan.text[:24] if plan.settings.is_text else "3 1 4 1 5"


def whose(model: Model) -> str:
    """Whose parts attend here, and how far they are trained."""
    plan, run = model
    trained = f"step {step_of(run)} of {plan.settings.steps}" if run else "not trained"
    if plan.is_reference:
        return f"The reference's, {trained}."
    parts = needed(plan.settings.is_text)
    filled = [name for name in parts if name not in plan.own]
    if len(filled) == len(parts):
        why = BEGUN_WITHOUT if run else BUILT_WITHOUT
        return f"Every part is ours, {trained}. {why.format(', '.join(parts.values()))}"
    return f"Yours, {trained}." + (f" Filled in with ours: {', '.join(filled)}." if filled else "")


def figures(event: Mapping[str, Any]) -> dict[str, list[Figure]]:
    """By the name of a map, a figure a head; the event is what `Training.look` gives."""
    read = [name.translate(SPACES) for name in event["read"]]
    written = list(event["written"])
    found: dict[str, list[Figure]] = {}
    for module, heads in event["maps"]:
        T, S = len(heads[0]), len(heads[0][0])
        rows, columns = _sides(read, written, T, S)
        name = _short(module)
        if name in found:
            name = f"{name} {T}×{S}"
        found[name] = [
            Figure(
                title=f"{name}, head {head}",
                rows=tuple(map(tuple, weights)),
                row_labels=tuple(rows),
                column_labels=tuple(columns),
                low=0.0,
                high=1.0,
                caption=_caption(T, S, len(read), bool(written)),
            )
            for head, weights in enumerate(heads)
        ]
    return found


def chosen(found: Mapping[str, list[Figure]], wanted: str | None) -> list[Figure]:
    """The heads of one map, by default the last; raises `NoSuchMap`, which names all there are."""
    if not found:
        raise NoSuchMap(NOTHING_SEEN)
    name = wanted or list(found)[-1]
    if name not in found:
        raise NoSuchMap(f"There is no {name}. There are: {', '.join(found)}.")
    return found[name]


def _short(module: str) -> str:
    """`encoder.layers.0.self_attention` without the word that all have."""
    return module.replace(".layers.", ".") or "model"


def _sides(read: list[str], written: list[str], T: int, S: int) -> tuple[list[str], list[str]]:
    """The names of rows and columns, told by their numbers: one more is written than was read."""
    if not written or len(read) == T:
        return read, read
    return written, read if len(read) == S else ["start", *written[:-1]]


def _caption(T: int, S: int, n_read: int, writes: bool) -> str:
    if not writes or n_read == T:
        sides = "Rows: each token. Columns: the tokens that it looks at."
    elif n_read == S:
        sides = "Rows: what was written. Columns: what was read."
    else:
        sides = "Rows: what was written. Columns: what had been written before."
    return f"{sides} Each row sums to 1."
