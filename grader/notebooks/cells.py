"""Reads the cells of a notebook, whoever has saved it: Jupyter, Colab, VS Code, formats 3 and 4.

Only the text of cells is looked at. No schema is asked for, since students' notebooks break it in
ways that do not matter here; for a notebook that cannot be read there is a sentence.
"""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import SubmissionError
from grader.source_files import read_file
from grader.submission import MAX_SOURCE_BYTES

MAX_BYTES = 16 << 20  # of the whole file; outputs are most of a large one
MAX_CELLS = 5000
CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7})(?: |\r?$)", re.M)
PYTHON = "python"


@dataclass(frozen=True)
class Cell:
    """A cell. `number` counts all of them from 1, as a person does who scrolls down."""

    number: int
    source: str
    tags: tuple[str, ...] = ()
    is_code: bool = True


def is_notebook(path: Path) -> bool:
    return path.suffix.lower() == ".ipynb"


def read_cells(path: Path, within: Path) -> list[Cell]:
    """The cells of the notebook at `path`, in their order.

    A link is followed as in `read_file`. Raises `SubmissionError` for what is no notebook in
    Python, and for one that is too large.
    """
    content = read_file(path, within, MAX_BYTES)
    if len(content) > MAX_BYTES:
        raise SubmissionError(
            f"{path.name} is larger than {MAX_BYTES >> 20} MB. Clear its outputs and save it again."
        )
    return cells_of(content, path.name)


def cells_of(content: bytes, name: str) -> list[Cell]:
    """As `read_cells`, of a notebook that was read; `name` is for the sentence on what is wrong."""
    notebook = _parsed(content, name)
    _check_language(notebook, name)
    cells = [
        Cell(number, _text(cell), _tags(cell), cell.get("cell_type") == "code")
        for number, cell in enumerate(_all_cells(notebook, name), start=1)
    ]
    if sum(len(cell.source) for cell in cells if cell.is_code) > MAX_SOURCE_BYTES:
        raise SubmissionError(
            f"The code of {name} is longer than {MAX_SOURCE_BYTES >> 10} KB."
            " Delete the cells that are not needed."
        )
    return cells


def _parsed(content: bytes, name: str) -> dict[str, Any]:
    if conflict := CONFLICT.search(content):
        line = content.count(b"\n", 0, conflict.start()) + 1
        take = shlex.join(["git", "checkout", "--ours", name])
        raise SubmissionError(
            f"{name} has a merge conflict of git in line {line}, so no program can open it."
            f" Take one of the two versions, such as with `{take}`."
        )
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SubmissionError(f"{name} is not UTF-8. Save it again as a notebook.") from None
    except (ValueError, RecursionError):
        raise SubmissionError(
            f"{name} is no notebook, or only a part of one: it is no JSON."
            " Open it in Jupyter and save it again."
        ) from None
    if not isinstance(notebook, dict):
        raise _no_notebook(name)
    return notebook


def _all_cells(notebook: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Format 3 has its cells in worksheets."""
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in _listed(sheet.get("cells"))]
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise _no_notebook(name)
    if len(cells) > MAX_CELLS:
        raise SubmissionError(f"{name} has more than {MAX_CELLS} cells. Delete some of them.")
    return cells


def _no_notebook(name: str) -> SubmissionError:
    return SubmissionError(f"{name} is no notebook: it has no list of cells.")


def _check_language(notebook: dict[str, Any], name: str) -> None:
    metadata = _mapping(notebook.get("metadata"))
    kernel, language = _mapping(metadata.get("kernelspec")), _mapping(metadata.get("language_info"))
    told = kernel.get("language") or language.get("name") or PYTHON
    if isinstance(told, str) and told.lower() not in (PYTHON, "ipython"):
        raise SubmissionError(f"{name} is a notebook in {told[:40]}, and the exercises in Python.")


def _text(cell: dict[str, Any]) -> str:
    """Format 3 calls it `input`. It is one text, or a list of its lines."""
    source = cell.get("source", cell.get("input", ""))
    parts = source if isinstance(source, list) else [source]
    text = "".join(part for part in parts if isinstance(part, str))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _tags(cell: dict[str, Any]) -> tuple[str, ...]:
    tags = _mapping(cell.get("metadata")).get("tags")
    return tuple(tag for tag in _listed(tags) if isinstance(tag, str))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
