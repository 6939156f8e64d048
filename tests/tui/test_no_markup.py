"""Nothing that comes from outside is markup: folders, programs and files are shown as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driving import WIDE, Pilot, Small, make_small, press, settled, text

from tui.app.places import PLACES
from tui.study.targets import ExerciseTarget

ODD = "[draft] [/nope] [bold red]x"


@pytest.fixture
def odd(small: Small, tmp_path: Path) -> Small:
    """The small course in a folder whose name looks like markup."""
    folder = tmp_path / ODD.replace("/", "")
    folder.mkdir()
    return make_small(folder, small.catalog)


def test_every_place_stands_a_folder_that_looks_like_markup(odd: Small) -> None:
    odd.record_something()

    async def script(pilot: Pilot) -> None:
        app: Any = pilot.app
        for place in PLACES:
            app.action_go(place.name)
            await settled(pilot)
        app.action_go("settings")
        await settled(pilot)
        seen = "".join(text(pilot).split())  # a long path wraps
        assert "[draft][nope][boldred]x" in seen

    odd.drive(script, WIDE)


@pytest.mark.parametrize("says", [ODD, "[/]", "[@click=app.quit]leave[/]", "a [b"])
def test_a_message_is_shown_as_it_is(small: Small, says: str) -> None:
    async def script(pilot: Pilot) -> None:
        pilot.app.notify(says)
        await settled(pilot)
        (note,) = pilot.app._notifications
        assert note.message == says and not note.markup

    small.drive(script, WIDE)


def test_an_editor_that_looks_like_markup(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "[/nope] x")

    async def script(pilot: Pilot) -> None:
        app: Any = pilot.app
        app.action_go("exercise", ExerciseTarget("weights"))
        await settled(pilot)
        await press(pilot, "e")
        assert app.is_running

    small.drive(script, WIDE)
