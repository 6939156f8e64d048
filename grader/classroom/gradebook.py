"""Fills one column of a gradebook that a teacher exported.

Only rows that are there are filled, and only a column that is there: a server would make an
assignment of a title, or a student of a name, that it does not know. People are found by an id,
never by a name. A cell is never emptied, since that may erase a grade.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from exercises.names import look_up
from exercises.words import plural
from grader.classroom.results import Result
from grader.classroom.sheet import Row, Sheet
from grader.errors import UsageError

SHOWN = 10  # ids or columns that a sentence lists
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Gradebook:
    """A sheet of which we know what its columns mean. `kept` are texts of the column that stay as
    they are, each with the reason; `possible` is what the server gives at most, where it says so.
    """

    sheet: Sheet
    column: int
    by: int
    people: Mapping[str, Row]
    name_column: int
    kept: Mapping[str, str] = field(default_factory=dict)
    possible: float | None = None

    @property
    def title(self) -> str:
        return self.sheet.headers[self.column]


class Change(NamedTuple):
    row: Row
    id: str
    old: str
    new: str


@dataclass
class Filling:
    """What filling a gradebook comes to, before anything is written."""

    changes: list[Change] = field(default_factory=list)
    same: int = 0
    notes: list[str] = field(default_factory=list)


def fill(book: Gradebook, results: Mapping[str, Result]) -> Filling:
    """Raises `UsageError` where nobody is found, or a cell holds what is no grade."""
    known = {id: result for id, result in results.items() if id in book.people}
    if not known:
        raise UsageError(_nobody(book, list(results)))
    filling = Filling()
    comma = _decimal_comma(book.sheet)
    filled: dict[int, str] = {}
    for id, row in book.people.items():  # in the order of the file
        if id not in known:
            continue
        if other := filled.get(row.line):
            raise UsageError(f"{other!r} and {id!r} are one person. Keep the result that counts.")
        filled[row.line] = id
        _fill_row(book, filling, row, known[id], comma)
    unknown = [id for id in results if id not in known]
    if unknown:
        filling.notes.append(
            f"{plural(len(unknown), 'result is', 'results are')} of nobody in this file:"
            f" {_some(unknown)}."
        )
    without = len({row.line for row in book.people.values()}) - len(known)
    if without:
        filling.notes.append(
            plural(
                without,
                "row has no result, and stays as it is.",
                "rows have no result, and stay as they are.",
            )
        )
    filling.notes += _about_points(book, list(known.values()))
    if formulas := book.sheet.formulas:
        begin = plural(len(formulas), "cell of the file begins", "cells of the file begin")
        filling.notes.append(
            f"{begin} as a formula does. Nothing there is changed; a spreadsheet program may run"
            f" such a cell: {_some(formulas)}."
        )
    return filling


def _fill_row(book: Gradebook, filling: Filling, row: Row, result: Result, comma: bool) -> None:
    if book.column >= len(row.cells):
        raise UsageError(
            f"{book.sheet.name}, line {row.line} has {plural(len(row.cells), 'cell')} and the"
            f" header {len(book.sheet.headers)}. Export the gradebook again."
        )
    old = row.text(book.column)
    if result.score is None:
        filling.notes.append(f"{result.id} has no score yet; {old or 'an empty cell'} stays.")
    elif old.upper() in book.kept:
        filling.notes.append(f"{result.id} {book.kept[old.upper()]}; {old} stays.")
    elif old not in ("", "-") and not NUMBER.fullmatch(old):
        raise UsageError(
            f"{book.sheet.name}, line {row.line}: {old!r} stands in the column {book.title!r},"
            " which is no number. Does it hold grades?"
        )
    else:
        new = f"{result.score:.2f}".rstrip("0").rstrip(".")
        if number(old) == float(new):
            filling.same += 1
        else:
            new = new.replace(".", ",") if comma else new
            filling.changes.append(Change(row, result.id, old, new))


def number(text: str) -> float | None:
    """What a cell holds, where it is a grade or points."""
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def content(book: Gradebook, filling: Filling) -> str:
    """What the file holds once it is filled."""
    texts = {change.row.cells[book.column]: change.new for change in filling.changes}
    return book.sheet.changed(texts)


def find_column(sheet: Sheet, wanted: str, titles: Mapping[str, Sequence[int]]) -> int:
    """The column of this title. Raises `UsageError` where there is none, or more than one."""
    found = titles.get(wanted.strip(), ())
    if len(found) > 1:
        names = _some([sheet.headers[column] for column in found])
        raise UsageError(f"{sheet.name} has several columns {wanted!r}: {names}. Name one in full.")
    if not found:
        meant, closest = look_up(wanted, list(titles))
        nearest = [meant] if meant else list(closest)
        advice = f"Did you mean {' or '.join(nearest)}?" if nearest else f"It has {_some(titles)}."
        raise UsageError(f"{sheet.name} has no column {wanted!r} to fill. {advice}")
    return found[0]


def by_id(sheet: Sheet, rows: Sequence[Row], column: int) -> dict[str, Row]:
    """The rows by what stands in `column`. Raises `UsageError` where two have the same."""
    people: dict[str, Row] = {}
    for row in rows:
        id = row.text(column)
        if id in people:
            raise UsageError(
                f"{sheet.name}: lines {people[id].line} and {row.line} both have {id!r} in the"
                f" column {sheet.headers[column]!r}. Export the gradebook again."
            )
        if id:
            people[id] = row
    return people


def positions(names: Sequence[str]) -> dict[str, list[int]]:
    """Where each name stands."""
    found: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        found.setdefault(name, []).append(column)
    return found


def _nobody(book: Gradebook, ids: list[str]) -> str:
    """That no id is known, and which other column has them."""
    headers = book.sheet.headers
    if not book.people:
        return f"{book.sheet.name} has nobody in it. Export the gradebook again."
    column = f"the column {headers[book.by]!r} of {book.sheet.name}"
    says = f"Of {plural(len(ids), 'id')}, none stands in {column}."
    hits = {
        header: len({row.text(column) for row in book.sheet.rows[1:]} & set(ids))
        for column, header in enumerate(headers)
        if column not in (book.name_column, book.column)
    }
    best = max(hits, key=lambda header: hits[header], default="")
    if not best or not hits[best]:
        return f"{says} Such an id is {_some(list(book.people)[:1])}; yours begin with {ids[0]!r}."
    stand = plural(hits[best], "of them stands", "of them stand")
    return f"{says} {stand} in {best!r}: add --by {best!r}."


def _about_points(book: Gradebook, results: Sequence[Result]) -> list[str]:
    if book.possible is None:
        return []
    others = {result.max_score for result in results} - {book.possible, None}
    notes = []
    if others:
        most = ", ".join(f"{points:g}" for points in sorted(filter(None, others)))
        notes.append(f"The results are out of {most} points, and the column of {book.possible:g}.")
    above = [each.id for each in results if each.score and each.score > book.possible]
    if above:
        are = plural(len(above), "score is", "scores are")
        notes.append(f"{are} above {book.possible:g}: {_some(above)}.")
    return notes


def _decimal_comma(sheet: Sheet) -> bool:
    """Whether the file writes 12,5: some number does, and none 12.5."""
    texts = [cell.text.strip() for row in sheet.rows for cell in row.cells]
    with_comma = any(re.fullmatch(r"\d+,\d{1,2}", text) for text in texts)
    return with_comma and not any(re.fullmatch(r"\d+\.\d+", text) for text in texts)


def _some(names: Sequence[str] | Mapping[str, object]) -> str:
    shown = list(names)[:SHOWN]
    return ", ".join(shown) + (", …" if len(names) > SHOWN else "")
