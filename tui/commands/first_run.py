"""A first run without a workspace: `learn` offers to make one, and goes on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from exercises.catalog import catalog_in
from exercises.errors import NoWorkspace
from exercises.workspace import DEFAULT_NAME, VARIABLE, Workspace
from tui.commands.prompt import confirm
from tui.output import shown


def offer_workspace() -> None:
    """Where there is none, ask for one, if somebody can answer. Raises `NoWorkspace` after a no."""
    try:
        Workspace.find(Path.cwd(), os.environ)
    except NoWorkspace:
        folder = Path(os.environ.get(VARIABLE) or DEFAULT_NAME)
        where = shown(folder.absolute())
        if not confirm(f"Your answers need a folder. Make {where}?", default=True):
            raise
        Workspace.create(folder).update(catalog_in(None))
        print(f"{where} is there. The course opens …", file=sys.stderr, flush=True)
