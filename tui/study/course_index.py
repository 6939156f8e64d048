"""The index of the course, kept in the workspace where there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from exercises.errors import WorkspaceError
from quizzes.search.documents import Document, documents, files
from quizzes.search.index import Index

INDEX = "search.db"


def open_index() -> Index:
    return Index(_cache(), files(), _documents)


def _cache() -> Path | None:
    from exercises.workspace import Workspace

    try:
        return Workspace.find(Path.cwd(), os.environ).state / INDEX
    except WorkspaceError:
        return None


def _documents() -> Iterator[Document]:
    from quizzes.bank import load_bank  # a search whose index is there need not wait for it

    return documents(load_bank())
