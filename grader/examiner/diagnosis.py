"""Which known misconception gives the learner's own values?

A misconception is an edit of `solution.py`. When a test has failed, its calls are made again on
each edited solution. The one that answers as the learner's code did, call for call, is the
diagnosis.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from grader.errors import GraderError
from grader.examiner.comparison import same
from grader.examiner.in_process import InProcessCallee
from grader.examiner.paired_calls import Helper
from grader.examiner.submission_process import Value
from grader.report import Diagnosis
from grader.worker.calls import Call, LoadedModule, Raised, load_source


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
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or []
        return tuple(
            Misconception(entry["id"], entry["says"], entry["see"], _pairs(entry["edit"]))
            for entry in entries
        )
    except (LookupError, TypeError, ValueError, yaml.YAMLError) as error:
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
    """Holds the solution and its edited copies of one exercise, loaded once.

    `module` is the solution, for whoever runs a suite beside it.
    """

    def __init__(
        self, exercise: str, solution: str, misconceptions: Sequence[Misconception]
    ) -> None:
        self.module = _load(f"solution_{exercise}", solution)
        self._solution = _callee(self.module)
        self._suspects = [
            (
                misconception,
                _callee(_load(f"{exercise}_{misconception.id}", misconception.apply(solution))),
            )
            for misconception in misconceptions
        ]

    def diagnose(self, records: Mapping[str, Record]) -> dict[str, Diagnosis]:
        """For each failed test that a misconception explains, the most likely one.

        The likeliest explains the most failed tests; among equals, the one that also answers as the
        learner's code did where the tests passed; then the first in the file. One that explains a
        single test, and gives other numbers than the learner's code in several, is not the mistake.
        """
        wrong = {name: record for name, record in records.items() if record.failed}
        right = [record for record in records.values() if not record.failed]
        solved = {name: list(_replay(self._solution, record)) for name, record in wrong.items()}
        explained = []
        for position, (misconception, suspect) in enumerate(self._suspects):
            failed = [name for name in wrong if _explains(suspect, wrong[name], solved[name])]
            others = (record for name, record in wrong.items() if name not in failed)
            if len(failed) > 1 or (failed and sum(_is_refuted(suspect, r) for r in others) < 2):
                consistent = sum(_answers_alike(suspect, record) for record in right)
                explained.append((-len(failed), -consistent, position, failed, misconception))
        found: dict[str, Diagnosis] = {}
        for *_, failed, misconception in sorted(explained, key=lambda entry: entry[:3]):
            diagnosis = Diagnosis(misconception.id, misconception.says, misconception.see)
            for name in failed:
                found.setdefault(name, diagnosis)
        return found


def _load(name: str, source: str) -> ModuleType:
    try:
        return load_source(name, f"{name}.py", source)
    except SyntaxError as error:
        raise GraderError(f"{name}: the edited solution does not parse: {error}") from None


def _callee(module: ModuleType) -> InProcessCallee:
    return InProcessCallee(LoadedModule(module), frozenset())


def _explains(suspect: InProcessCallee, record: Record, solved: Sequence[Value | Raised]) -> bool:
    """Whether the suspect answers as the learner's code did, and not as the solution does."""
    return _answers_alike(suspect, record) and not all(
        _agree(mine, right) for mine, right in zip(_replay(suspect, record), solved, strict=True)
    )


def _is_refuted(suspect: InProcessCallee, record: Record) -> bool:
    """Whether the suspect gives other values than the learner's code. An error refutes nothing:
    what leads to it may be shared."""
    return any(
        isinstance(mine, Value) and isinstance(learner, Value) and not _agree(mine, learner)
        for mine, learner in _beside(suspect, record)
    )


def _answers_alike(suspect: InProcessCallee, record: Record) -> bool:
    return all(_agree(mine, learner) for mine, learner in _beside(suspect, record))


def _beside(
    suspect: InProcessCallee, record: Record
) -> Iterator[tuple[Value | Raised, Value | Raised]]:
    """The suspect's and the learner's answer to each call of one test, one at a time."""
    theirs = [outcome for step, outcome in record.log if isinstance(step, Call)]
    return zip(_replay(suspect, record), theirs, strict=True)


def _replay(local: InProcessCallee, record: Record) -> Iterator[Value | Raised]:
    """What `local` answers to the calls of one test, one at a time."""
    local.begin(record.seed)
    for step, _ in record.log:
        if isinstance(step, Helper):
            local.add_helper(step.name, step.source)
        else:
            yield local.perform(step)


def _agree(mine: Value | Raised, other: Value | Raised) -> bool:
    if isinstance(mine, Value) and isinstance(other, Value):
        return same(other.value, mine.value)
    if isinstance(mine, Raised) and isinstance(other, Raised):
        return (mine.type, mine.message) == (other.type, other.message)
    return False
