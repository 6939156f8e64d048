"""The index of the course, kept in the workspace where there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from exercises.catalog import Catalog
from exercises.course_here import catalog_here
from exercises.errors import WorkspaceError
from quizzes.search.documents import Document, documents, files
from quizzes.search.index import Index

INDEX = "search.db"


def open_index() -> Index:
    catalog = catalog_here()
    return Index(_cache(), files(catalog.course), partial(_documents, catalog))


def _cache() -> Path | None:
    from exercises.workspace import Workspace

    try:
        return Workspace.find(Path.cwd(), os.environ).state / INDEX
    except WorkspaceError:
        return None


def _documents(catalog: Catalog) -> Iterator[Document]:
    from quizzes.bank import load_bank  # a search whose index is there need not wait for it

    return documents(load_bank(catalog))
