"""The app's own process never imports torch, whichever places were visited."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exercises.catalog import load_catalog
from exercises.workspace import Workspace

VISIT = """
import asyncio, sys
from datetime import datetime
from tui.app.app import LearnApp
from tui.app.session_thread import SessionThread
from tui.app.background_grader import BackgroundGrader
from tui.app.places import PLACES

class Idle(BackgroundGrader):
    def warm(self):
        pass

async def visit():
    with SessionThread() as session_thread, Idle() as grader:
        app = LearnApp(session_thread, grader, lambda: datetime.now().astimezone())
        async with app.run_test(size=(80, 24)) as pilot:
            for place in PLACES:
                # Escape leaves the field of the search, which takes letters.
                await pilot.press("escape", "g", place.key)
                await pilot.pause()
                await app.workers.wait_for_complete([w for w in app.workers if w.group == "load"])
                assert app.screen.PLACE == place.name
            assert len(app._screen_stacks) == len(PLACES), app._screen_stacks
            print("visited", len(PLACES), app.services.lab.is_running)

asyncio.run(visit())
print("loaded:", *sorted({"torch", "reference"} & set(sys.modules)))
"""


@pytest.mark.slow
def test_no_place_imports_torch(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "workspace").update(load_catalog())
    done = subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=tmp_path,
        env={**os.environ, "LEARN_WORKSPACE": str(tmp_path / "workspace")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    visited, loaded = done.stdout.splitlines()
    assert visited.endswith("True")  # the Lab is there, in its own process
    assert loaded == "loaded:"
    assert "Event loop is closed" not in done.stderr
