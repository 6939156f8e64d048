"""One file out of cells: those of an answer whole, and before them what they need of the others."""

import builtins
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.errors import SubmissionError
from grader.notebooks.statements import Statement

ALL = "*"  # what `from torch import *` gives


@dataclass(frozen=True)
class Piece:
    """A statement, and the number of its cell."""

    cell: int
    statement: Statement


def compose(own: Sequence[Piece], others: Sequence[Piece]) -> str:
    """What is needed comes before what needs it, whatever the order of the cells.

    Raises `SubmissionError` where a line that only IPython knows is in the way.
    """
    given = {name for piece in own for name in piece.statement.gives}
    needed = {name for piece in own for name in piece.statement.needs} - given
    chosen = [others[at] for at in _brought(needed, others)]
    pieces = [*chosen, *own]
    for piece in pieces:
        if piece.statement.refusal:
            raise SubmissionError(f"Cell {piece.cell}: {piece.statement.refusal}")
    future = {_line(piece) for piece in (*others, *own) if piece.statement.is_future}
    if len({piece.cell for piece in pieces}) == 1 and future <= set(map(_line, own)):
        # A cell that stands alone is the file, so that its lines keep their numbers.
        return "".join(piece.statement.text for piece in own).rstrip("\n") + "\n"
    # Python wants these first, and they hold for the cells after theirs.
    return "".join([*(f"{line}\n" for line in sorted(future)), *_written(pieces)])


def _line(piece: Piece) -> str:
    return piece.statement.text.strip()


def _written(pieces: Sequence[Piece]) -> Iterator[str]:
    cell = 0
    for piece in pieces:
        if piece.cell != cell:
            cell = piece.cell
            yield f"# Cell {cell}\n"
        text = "\n" if piece.statement.is_future else piece.statement.text
        yield text if text.endswith("\n") else f"{text}\n"


def _brought(needed: set[str], others: Sequence[Piece]) -> list[int]:
    """The places of the statements that give what is needed, each behind what it needs itself."""
    givers = _givers(others)
    found: dict[int, None] = {}
    missing: set[str] = set()
    seen: set[int] = set()
    # A stack of our own: a notebook can make a chain that is longer than Python's.
    waiting: list[tuple[int | None, Iterator[str]]] = [(None, iter(sorted(needed)))]
    while waiting:
        user, names = waiting[-1]
        if (name := next(names, None)) is None:
            waiting.pop()
            if user is not None:
                found[user] = None
        elif (at := _giver(name, user, givers.get(name, []), others)) is None:
            missing.add(name)
        elif at not in seen:
            seen.add(at)
            waiting.append((at, iter(sorted(others[at].statement.needs))))
    stars = givers.get(ALL, []) if missing - set(dir(builtins)) else []
    return [*stars, *found]


def _givers(others: Sequence[Piece]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, piece in enumerate(others):
        for name in piece.statement.gives:
            found.setdefault(name, []).append(at)
    return found


def _giver(
    name: str, user: int | None, givers: Sequence[int], others: Sequence[Piece]
) -> int | None:
    """The last that gives the name; for one that gives it anew itself, the last before that."""
    again = user is not None and name in others[user].statement.gives
    end = bisect_left(givers, user) if again and user is not None else len(givers)
    return givers[end - 1] if end else None
