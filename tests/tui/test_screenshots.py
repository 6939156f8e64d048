"""Each screen looks as it did: SVG pictures at both sizes, compared with those in `screenshots/`.

After a change that is meant, look at the new pictures and keep them:

    UPDATE_SCREENSHOTS=1 python -m pytest tests/tui/test_screenshots.py
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from driving import NARROW, WIDE, Pilot, Small, press, settled

from tui.study.targets import ExerciseTarget

FOLDER = Path(__file__).with_name("screenshots")
UPDATE = bool(os.environ.get("UPDATE_SCREENSHOTS"))

# The keys that lead to each picture; `exercise:` and an id opens that exercise.
PICTURES = {
    "today": (),
    "map": ("g", "m", "home", "j"),
    "exercise": ("exercise:scaled", "h"),
    "verdict": ("exercise:weights", "r"),
    "progress": ("g", "p"),
    "settings": ("g", "n", "j"),
    "help": ("g", "m", "question_mark"),
    "places": ("g",),
}
THEMES = ("light", "high-contrast")


def normalised(svg: str) -> str:
    """Without what differs between two runs and two versions of a font's address."""
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def compare(
    small: Small, name: str, keys: tuple[str, ...], size: tuple[int, int], theme: str
) -> None:
    small.record_something()
    seen: list[str] = []

    async def script(pilot: Pilot) -> None:
        for key in keys:
            if key.startswith("exercise:"):
                target = ExerciseTarget(key.partition(":")[2])
                pilot.app.action_go("exercise", target)  # type: ignore[attr-defined]
                await settled(pilot)
            else:
                await press(pilot, key)
        await settled(pilot)
        seen.append(normalised(pilot.app.export_screenshot(simplify=True)))

    small.drive(script, size, theme=theme)
    file = FOLDER / f"{name}-{size[0]}x{size[1]}.svg"
    if UPDATE:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(seen[0], "utf-8")
    assert file.exists(), f"There is no {file.name} yet: run with UPDATE_SCREENSHOTS=1"
    if seen[0] != file.read_text("utf-8"):
        fresh = small.workspace.root.parent / file.name
        fresh.write_text(seen[0], "utf-8")
        pytest.fail(f"{file.name} looks different now: compare {fresh} with it")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", PICTURES)
def test_it_looks_as_it_did(small: Small, name: str, size: tuple[int, int]) -> None:
    compare(small, name, PICTURES[name], size, "dark")


@pytest.mark.parametrize("theme", THEMES)
def test_in_another_theme(small: Small, theme: str) -> None:
    compare(small, f"verdict-{theme}", PICTURES["verdict"], WIDE, theme)
