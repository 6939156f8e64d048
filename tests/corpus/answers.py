"""Answers that were written from the stubs alone, with what each gets wrong.

One file an exercise, in cells: a head line `# %% wrong | name | what is wrong` (or `right`), and
below it the whole file that a learner would have saved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEAD = "# %% "
FOLDER = Path(__file__).parent
PARTS = ("open", "kept_aside")


@dataclass(frozen=True)
class Answer:
    """One answer; `kind` is `right` or `wrong`, `note` what is wrong with it, or its style."""

    exercise: str
    kind: str
    name: str
    note: str
    source: str


def read_answers(folder: Path) -> Iterator[Answer]:
    """All answers below a folder, exercise by exercise."""
    for path in sorted(folder.rglob("*.py")):
        cells = ("\n" + path.read_text(encoding="utf-8")).split("\n" + HEAD)[1:]
        for cell in cells:
            head, _, source = cell.partition("\n")
            kind, name, note = (part.strip() for part in head.split("|", 2))
            assert kind in ("right", "wrong"), f"{path}: {head}"
            yield Answer(path.stem, kind, name, note, source)
