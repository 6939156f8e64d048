"""The gradebook that Canvas exports.

    Student,ID,SIS Login ID,Section,Attention (4711),Current Score
        Points Possible,,,,12,(read only)
    "Lovelace, Ada",1042,ada,A,7.5,62.5

Canvas looks for a person by ID, then by the SIS columns, then by *name*; an assignment is the
number in its title, and a title without one makes a new assignment.
Source: instructure/canvas-lms, `lib/gradebook_importer.rb` and `gradebook_exporter.rb`.
"""

import re

from grader.classroom.gradebook import Gradebook, by_id, find_column, number
from grader.classroom.sheet import Row, Sheet
from grader.errors import UsageError

IDS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
ASSIGNMENT = re.compile(r"(.+?)\s*\((\d+)\)")
TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
POSTING = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
KEPT = {
    "EX": "is excused in Canvas",
    "N/A": "is not given this assignment in Canvas",
}


def read(sheet: Sheet, title: str, by: str | None) -> Gradebook:
    """Raises `UsageError` for another kind of file, and for a column that cannot be used.

    `title` is an assignment's title, its number, or both as Canvas writes them.
    """
    headers = sheet.headers
    if headers[:2] != ["Student", "ID"] and headers[:3] != ["LastName", "FirstName", "ID"]:
        raise UsageError(
            f"{sheet.name} is no gradebook of Canvas: its columns begin with"
            f" {', '.join(headers[:3])}, and not with Student, ID. Export it from Grades."
        )
    column = find_column(sheet, title, _titles(sheet))
    possible = next((row for row in sheet.rows if "Points Possible" in row.cells[0].text), None)
    if possible and "read only" in possible.text(column):
        raise UsageError(f"{headers[column]!r} is read only in Canvas. Choose another column.")
    by = by or "ID"
    if by not in IDS or by not in headers:
        there = ", ".join(header for header in headers if header in IDS)
        raise UsageError(f"People are found by one of {there}, and not by {by!r}.")
    people = [row for row in sheet.rows[1:] if row is not possible and not _is_posting(row)]
    return Gradebook(
        sheet,
        column,
        headers.index(by),
        by_id(sheet, people, headers.index(by)),
        name_column=0,
        kept=KEPT,
        possible=number(possible.text(column)) if possible else None,
    )


def _titles(sheet: Sheet) -> dict[str, list[int]]:
    """The columns of assignments by all their names: `Attention`, `4711`, `Attention (4711)`."""
    names: dict[str, list[int]] = {}
    for column, header in enumerate(sheet.headers):
        found = ASSIGNMENT.fullmatch(header)
        if found and not TOTALS.search(header):
            for name in (header, found[1], found[2]):
                names.setdefault(name, []).append(column)
    if not names:
        raise UsageError(f"{sheet.name} has no assignment. Create it in Canvas, then export again.")
    return names


def _is_posting(row: Row) -> bool:
    """The row that says of which assignments grades are shown by hand."""
    return all(POSTING.fullmatch(cell.text) for cell in row.cells)
