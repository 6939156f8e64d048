"""Which cells of a notebook answer an exercise, and what of the others these need.

An exercise is found by the function or class that a cell defines. Tags and ids are copied with a
cell, lost and split: they only tell a helper from an answer, and what is missing. Of the other
cells come the imports, functions and values whose names are used, and nothing that they merely do:
a broken cell harms only the answers that need it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from exercises.catalog import Catalog, Exercise
from grader.errors import SubmissionError
from grader.notebooks.cells import Cell
from grader.notebooks.composition import Piece, compose
from grader.notebooks.statements import Statement, is_indented, other_language, statements

CONFLICT = re.compile(r"(?m)^(?:<{7}|>{7}) ")  # as nbdime writes it into a cell


@dataclass(frozen=True)
class Code:
    """A cell with its statements."""

    cell: Cell
    statements: tuple[Statement, ...]

    @property
    def gives(self) -> frozenset[str]:
        return frozenset().union(*(one.gives for one in self.statements))

    @property
    def pieces(self) -> list[Piece]:
        return [Piece(self.cell.number, one) for one in self.statements]

    def definition(self, name: str) -> Statement | None:
        """What gives the name other than by importing it; the last, as for Python."""
        found = [one for one in self.statements if name in one.gives and not one.is_import]
        return found[-1] if found else None


class Notebook:
    """The answers in the cells of one notebook.

    With `latest`, the cells are those that were run, in that order: the last of a name counts.
    """

    def __init__(self, cells: Iterable[Cell], catalog: Catalog, latest: bool = False) -> None:
        self._catalog = catalog
        self._latest = latest
        self._cells = tuple(cells)
        self._codes = [
            Code(cell, tuple(statements(cell.source))) for cell in self._cells if cell.is_code
        ]
        self._entries = {
            name: exercise for exercise in catalog.exercises for name in exercise.entry
        }

    @cached_property
    def answered(self) -> tuple[Exercise, ...]:
        """The exercises that some cell begins to answer, in the course's order."""
        given = frozenset().union(*(code.gives for code in self._codes))
        return tuple(
            exercise
            for exercise in self._catalog.exercises
            if any(self._written(name) for name in given.intersection(exercise.entry))
        )

    @cached_property
    def tagged(self) -> frozenset[str]:
        """The ids of the exercises that had a cell once, whatever became of it."""
        ids = {exercise.id for exercise in self._catalog.exercises}
        return frozenset(tag for code in self._codes for tag in code.cell.tags if tag in ids)

    def is_begun(self, exercise: Exercise) -> bool:
        """Whether there is more to it than the stub as it was."""
        stub = _stub(exercise)
        return any(
            _text(code, name) != _text(stub, name)
            for name in exercise.entry
            for code in self._written(name)
        )

    def module(self, name: str) -> bytes | None:
        """The answer to the exercise of this id, for one that imports it; None if there is none."""
        ids = {exercise.id: exercise for exercise in self.answered}
        return self.source(ids[name]) if name in ids else None

    def source(self, exercise: Exercise) -> bytes:
        """The file that answers `exercise`.

        Raises `SubmissionError` with the reason why there is none.
        """
        own = {code.cell.number: code for name in exercise.entry for code in self._chosen(name)}
        if not own:
            raise SubmissionError(self._missing(exercise))
        self._check_whole(own)
        others = [
            piece
            for code in self._codes
            for piece in code.pieces
            if code.cell.number not in own and self._counts(code, piece.statement)
        ]
        pieces = [piece for number in sorted(own) for piece in own[number].pieces]
        # A lone surrogate is no text; the grader says so of this answer.
        return compose(pieces, others).encode("utf-8", "surrogatepass")

    def _counts(self, code: Code, statement: Statement) -> bool:
        """Whether others may use it: no stub that was answered in another cell, and no
        `from __future__` of another answer, which is a file of its own."""
        if statement.is_future:
            return not (code.gives & self._entries.keys() or self.tagged & {*code.cell.tags})
        return all(code in self._written(name) for name in statement.gives & self._entries.keys())

    def _check_whole(self, own: Mapping[int, Code]) -> None:
        for number, code in own.items():
            if CONFLICT.search(code.cell.source):
                raise SubmissionError(
                    f"Cell {number} holds a merge conflict. Keep one of its two versions, and take"
                    " out the lines of `<`, `=` and `>`."
                )
        for code, following in pairwise(self._codes):
            if not self._latest and code.cell.number in own and is_indented(following.cell.source):
                raise SubmissionError(
                    f"Cell {following.cell.number} begins in the middle of the code of cell"
                    f" {code.cell.number}. Join the two again."
                )

    def _chosen(self, name: str) -> list[Code]:
        """The cell that counts, or none. Raises `SubmissionError` where it cannot be told."""
        written = self._written(name)
        if len({_text(code, name) for code in written}) > 1:
            numbers = " and ".join(str(code.cell.number) for code in written)
            raise SubmissionError(
                f"There are several answers: cells {numbers} define {name}, each in another way."
                " Keep one of them."
            )
        return written[-1:]

    def _written(self, name: str) -> list[Code]:
        """The cells that define `name`. A stub as it was counts where there is nothing else."""
        found = [code for code in self._codes if code.definition(name)]
        if self._latest:
            return found[-1:]
        if len(found) < 2 or name not in self._entries:
            return found
        exercise = self._entries[name]
        stub = _stub(exercise)
        found = [code for code in found if _text(code, name) != _text(stub, name)] or found
        # A cell that answers another exercise may bring a helper of this name along.
        return [code for code in found if not self._is_of_another(code, exercise)] or found

    def _is_of_another(self, code: Code, exercise: Exercise) -> bool:
        answers = {self._entries[name].id for name in code.gives & self._entries.keys()}
        tagged = answers.intersection(code.cell.tags)
        return bool(tagged) and exercise.id not in tagged

    def _missing(self, exercise: Exercise) -> str:
        wanted = " or ".join(exercise.entry)
        for code in self._codes:
            magic = other_language(code.cell.source)
            if magic and any(name in code.cell.source for name in exercise.entry):
                return (
                    f"Cell {code.cell.number} begins with {magic}, so it defines nothing here."
                    " Take that line out."
                )
        names = "|".join(map(re.escape, exercise.entry))
        for cell in self._cells:
            if not cell.is_code and re.search(rf"(?m)^(?:def|class) (?:{names})\b", cell.source):
                return f"Cell {cell.number} is text and no code. Change it into a code cell."
        tagged = [code.cell.number for code in self._codes if exercise.id in code.cell.tags]
        hint = f" Cell {tagged[0]} is where it was." if tagged else ""
        return f"No cell defines {wanted}.{hint}"


def _stub(exercise: Exercise) -> Code:
    return Code(Cell(0, ""), tuple(statements(exercise.stub.read_text("utf-8"))))


def _text(code: Code, name: str) -> str:
    """What gives the name, for comparing: without spaces at the ends of lines."""
    found = code.definition(name)
    return "\n".join(map(str.rstrip, found.text.strip().splitlines())) if found else ""
