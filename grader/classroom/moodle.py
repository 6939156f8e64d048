"""The grading worksheet of a Moodle assignment, or the grades that Moodle exports.

    Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade)
    Participant 1042,Ada Lovelace,ada@example.org,Submitted,7.50,12.00,-

The names of columns are in the site's language, and so is the word before the number. Moodle takes
the worksheet back only with all three of identifier, grade and time, and in commas.
Source: moodle/moodle, `mod/assign/feedback/offline/importgradeslib.php` and `gradingtable.php`.
"""

import re

from grader.classroom.gradebook import Gradebook, by_id, find_column, number, positions
from grader.classroom.sheet import Sheet
from grader.errors import UsageError

IDENTIFIER = re.compile(r"(\D+)(\d+)")  # Participant 1042, in any language


def read(sheet: Sheet, title: str, by: str | None) -> Gradebook:
    """Raises `UsageError` where the column of grades or of ids is not to be found.

    `title` and `by` are the columns' own names. Without `by` it is the worksheet's identifier.
    """
    columns = positions(sheet.headers)
    column = find_column(sheet, title, columns)
    numbers = _identifiers(sheet)
    if by is None and not numbers:
        raise UsageError(
            f"Which column of {sheet.name} has the ids of the results? Its first one is no"
            f" identifier of a worksheet. Name it: --by {_candidate(sheet)!r}."
        )
    if by is None and sheet.separator != ",":
        raise UsageError(
            f"{sheet.name} has {sheet.separator!r} between its cells. Moodle takes a worksheet back"
            " only with commas: download it again, and save it in no other program."
        )
    ids = 0 if by is None else find_column(sheet, by, columns)
    if ids == column:
        raise UsageError(f"{title!r} cannot hold both the ids and the grades.")
    people = by_id(sheet, sheet.rows[1:], ids)
    if ids == 0 and numbers:
        people |= dict(zip(numbers, people.values(), strict=True))
    possible = _possible(sheet, column) if numbers else None
    return Gradebook(sheet, column, ids, people, 1 if ids == 0 else 0, possible=possible)


def _possible(sheet: Sheet, column: int) -> float | None:
    """The points of the assignment: a worksheet has them behind each grade."""
    texts = {row.text(column + 1) for row in sheet.rows[1:]}
    return number(texts.pop()) if len(texts) == 1 else None


def _identifiers(sheet: Sheet) -> list[str]:
    """The numbers in the first column, where all have one and the same word before them."""
    found = [IDENTIFIER.fullmatch(row.text(0)) for row in sheet.rows[1:]]
    words = {match[1] if match else None for match in found}
    return [match[2] for match in found if match] if len(words) == 1 else []


def _candidate(sheet: Sheet) -> str:
    """A column whose texts are all different, and no name."""
    for column, header in enumerate(sheet.headers):
        texts = [row.text(column) for row in sheet.rows[1:]]
        if all(re.fullmatch(r"[^\s]*[\d@][^\s]*", text) for text in texts):
            return header
    return sheet.headers[0]
