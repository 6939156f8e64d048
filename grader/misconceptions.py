"""Known wrong answers, as edits of the solution. Read without torch: they are also met again by
learners, and not only by examiners.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from grader.errors import GraderError


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
        return tuple(found for entry in entries for found in _read(entry))
    except (LookupError, TypeError, ValueError, yaml.YAMLError) as error:
        raise GraderError(f"{path.parent.name}/{path.name}: {error!r}") from None


def _read(entry: Any) -> Iterator[Misconception]:
    """The mistake in all its places, then in each of them `alone`, where that is said, too."""
    whole = Misconception(entry["id"], entry["says"], entry["see"], _pairs(entry["edit"]))
    yield whole
    if alone := entry.get("alone"):
        for place, (says, edit) in enumerate(zip(alone, whole.edits, strict=True), start=1):
            yield Misconception(f"{whole.id}-{place}", says, whole.see, (edit,))


def _pairs(edit: Any) -> tuple[tuple[str, str], ...]:
    pairs = [edit] if isinstance(edit[0], str) else edit
    return tuple((str(old), str(new)) for old, new in pairs)
