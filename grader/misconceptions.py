"""Known wrong answers, as edits of the solution. Read without torch: they are also met again by
learners, and not only by examiners.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exercises.errors import CatalogError
from exercises.yaml_mapping import Fields
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
    """Read a `misconceptions.yaml`. Raises `GraderError` with file and line for a wrong form."""
    try:
        return tuple(found for fields in Fields.each_of_file(path) for found in _read(fields))
    except CatalogError as error:
        raise GraderError(str(error)) from None


def _read(fields: Fields) -> Iterator[Misconception]:
    """The mistake in all its places, then in each of them `alone`, where that is said, too."""
    id, says, see = fields.text("id"), fields.text("says"), fields.text("see")
    edit = fields.value("edit")
    pairs = [edit] if isinstance(edit, list) and edit and isinstance(edit[0], str) else edit
    if not isinstance(pairs, list) or not pairs or not all(map(_is_pair, pairs)):
        raise fields.mistake("must be [old text, new text], or a list of such pairs", "edit")
    alone = fields.texts("alone") if fields.has("alone") else ()
    if alone and len(alone) != len(pairs):
        raise fields.mistake("must be one text for each pair of `edit`", "alone")
    fields.finish()
    edits = tuple((str(old), str(new)) for old, new in pairs)
    yield Misconception(id, says, see, edits)
    for place, (says, edit) in enumerate(zip(alone, edits, strict=False), start=1):
        yield Misconception(f"{id}-{place}", says, see, (edit,))


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2
