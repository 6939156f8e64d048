"""Which known misconception gives the learner's own values?

A misconception is an edit of `solution.py`. When a test has failed, its calls are made again on
each edited solution. The one that answers as the learner's code did, call for call, is the
diagnosis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from grader.comparing import same
from grader.errors import GraderError
from grader.isolation.candidate import Value
from grader.isolation.proxy import Helper, Local
from grader.isolation.session import Call, Raised, Session, load_source
from grader.report import Diagnosis


@dataclass(frozen=True)
class Misconception:
    """One known wrong answer. `edits` are pairs of old and new text; each old text occurs once."""

    id: str
    says: str
    see: str
    edits: tuple[tuple[str, str], ...]

    def apply(self, solution: str) -> str:
        """The solution with this mistake made. Raises `GraderError` where an edit does not fit."""
        for old, new in self.edits:
            if solution.count(old) != 1:
                times = solution.count(old)
                raise GraderError(
                    f"{self.id}: {old!r} occurs {times} times in the solution, not once."
                )
            solution = solution.replace(old, new)
        return solution


def load_misconceptions(path: Path) -> tuple[Misconception, ...]:
    """Read a `misconceptions.yaml`. Raises `GraderError` where its form is wrong."""
    entries = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or []
    try:
        return tuple(
            Misconception(entry["id"], entry["says"], entry["see"], _pairs(entry["edit"]))
            for entry in entries
        )
    except (KeyError, TypeError, ValueError) as error:
        raise GraderError(f"{path.parent.name}/{path.name}: {error!r}") from None


def _pairs(edit: Any) -> tuple[tuple[str, str], ...]:
    pairs = [edit] if isinstance(edit[0], str) else edit
    return tuple((str(old), str(new)) for old, new in pairs)


Log = Sequence[tuple[Call | Helper, Value | Raised]]


@dataclass(frozen=True)
class Record:
    """What one test called and got, and whether it failed."""

    seed: int
    log: Log
    failed: bool


class Diagnostician:
    """Holds the edited solutions of one exercise, loaded once."""

    def __init__(
        self, exercise: str, solution: str, misconceptions: Sequence[Misconception]
    ) -> None:
        self._suspects = []
        for misconception in misconceptions:
            name = f"misconception_{exercise}_{misconception.id}"
            source = misconception.apply(solution)
            try:
                module = load_source(name, f"{name}.py", source)
            except SyntaxError as error:
                raise GraderError(
                    f"{misconception.id}: the edited solution does not parse: {error}"
                ) from None
            self._suspects.append((misconception, Local(Session(module), frozenset())))

    def diagnose(self, records: Mapping[str, Record]) -> dict[str, Diagnosis]:
        """For each failed test that a misconception explains, the most likely one.

        The likeliest explains the most failed tests; among equals, the one that also answers as the
        learner's code did where the tests passed; then the first in the file.
        """
        wrong = {name: record for name, record in records.items() if record.failed}
        right = {name: record for name, record in records.items() if not record.failed}
        explained = []
        for position, (misconception, suspect) in enumerate(self._suspects):
            failed = [name for name, record in wrong.items() if _explains(suspect, record)]
            if failed:
                consistent = sum(_explains(suspect, record) for record in right.values())
                explained.append((-len(failed), -consistent, position, failed, misconception))
        found: dict[str, Diagnosis] = {}
        for *_, failed, misconception in sorted(explained, key=lambda entry: entry[:3]):
            diagnosis = Diagnosis(misconception.id, misconception.says, misconception.see)
            for name in failed:
                found.setdefault(name, diagnosis)
        return found


def _explains(suspect: Local, record: Record) -> bool:
    if not any(isinstance(step, Call) for step, _ in record.log):
        return False
    suspect.begin(record.seed)
    for step, outcome in record.log:
        if isinstance(step, Helper):
            suspect.add_helper(step.name, step.source)
        elif not _agree(suspect.perform(step), outcome):
            return False
    return True


def _agree(suspect: Value | Raised, learner: Value | Raised) -> bool:
    if isinstance(suspect, Value) and isinstance(learner, Value):
        return same(learner.value, suspect.value)
    if isinstance(suspect, Raised) and isinstance(learner, Raised):
        return suspect.type == learner.type and suspect.kind == learner.kind
    return False
