"""A CSV file of a gradebook, in which single cells are changed and every other byte stays.

A server that reads its own export back may look at anything in it, so the file is never written
anew. It is read as strictly as the servers do: a quote that is not closed is a mistake.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from grader.errors import UsageError
from grader.report import cut

SEPARATORS = (",", ";", "\t")
MARK = "\ufeff"  # a byte-order mark, which Excel wants at the beginning
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet program may run
SHOWN = 60  # letters of a cell that are shown


class Cell(NamedTuple):
    start: int
    end: int
    text: str


class Row(NamedTuple):
    line: int
    cells: list[Cell]

    def text(self, column: int) -> str:
        """A cell without spaces around it; empty where the row is too short."""
        return self.cells[column].text.strip() if column < len(self.cells) else ""

    @property
    def is_blank(self) -> bool:
        return not any(cell.text.strip() for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    name: str
    content: str
    separator: str

    @classmethod
    def read(cls, name: str, file: bytes) -> "Sheet":
        """Raises `UsageError` for what is no CSV file in UTF-8 with a header."""
        content = _decoded(file, name)
        start = len(MARK) if content.startswith(MARK) else 0
        if not content[start:].strip():
            raise UsageError(f"{name} is empty. Export the gradebook again.")
        return cls(name, content, _separator(content, start, name))

    @cached_property
    def rows(self) -> list[Row]:
        """The header and all rows that are not blank."""
        start = len(MARK) if self.content.startswith(MARK) else 0
        rows = _rows(self.content, start, self.separator, self.name)
        return [row for row in rows if not row.is_blank]

    @property
    def headers(self) -> list[str]:
        return [cell.text.strip() for cell in self.rows[0].cells]

    def changed(self, texts: Mapping[Cell, str]) -> str:
        """The content with these cells' texts in place of the old ones."""
        parts, position = [], 0
        for cell in sorted(texts):
            was_quoted = self.content[cell.start : cell.end].lstrip().startswith('"')
            parts += [
                self.content[position : cell.start],
                self._written(harmless(texts[cell]), was_quoted),
            ]
            position = cell.end
        return "".join([*parts, self.content[position:]])

    def _written(self, text: str, is_quoted: bool) -> str:
        if not is_quoted and not any(char in text for char in (self.separator, '"', "\n", "\r")):
            return text
        return '"' + text.replace('"', '""') + '"'

    @cached_property
    def formulas(self) -> list[str]:
        """Where a cell begins as a formula does, and is no number and no lone sign."""
        return [
            f"line {row.line}: {cut(cell.text, SHOWN)!r}"
            for row in self.rows
            for cell in row.cells
            if cell.text.startswith(FORMULA) and not re.fullmatch(r"[-+]?[\d.,]*%?", cell.text)
        ]


def harmless(text: str) -> str:
    """`text`, behind an apostrophe where a spreadsheet program would run it as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _decoded(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UsageError(
            f"{name} is not UTF-8. Export it again, or save it as “CSV UTF-8”; what was saved in"
            " another form may have lost letters already."
        )
    return text


def _separator(content: str, start: int, name: str) -> str:
    """The one that makes most columns of the header."""
    columns = {}
    for separator in SEPARATORS:
        with suppress(UsageError):  # with another one, what follows a closing quote is amiss
            columns[separator] = len(next(_rows(content, start, separator, name)).cells)
    return max(columns, key=lambda separator: columns[separator], default=SEPARATORS[0])


def _rows(content: str, start: int, separator: str, name: str) -> Iterator[Row]:
    quoted = re.compile(rf'"([^"]*(?:""[^"]*)*)"(?=[{separator}\r\n]|\Z)')
    plain = re.compile(rf"[^{separator}\r\n]*")
    position, line = start, 1
    while position < len(content):
        cells, first = [], line
        while True:
            kind = quoted if content.startswith('"', position) else plain
            found = kind.match(content, position)
            if found is None:
                raise UsageError(
                    f"{name}, line {line}: a cell begins with a quote, and no quote ends it."
                )
            text = found[1].replace('""', '"') if kind is quoted else found[0]
            cells.append(Cell(found.start(), found.end(), text))
            line += len(re.findall("\r\n|\r|\n", found[0]))
            position = found.end()
            if not content.startswith(separator, position):
                break
            position += 1
        yield Row(first, cells)
        position += 2 if content.startswith("\r\n", position) else 1
        line += 1
