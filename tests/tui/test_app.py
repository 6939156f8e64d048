"""The house of the app: every place by key, mouse and palette, and what holds on all of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import pytest
from driving import NARROW, WIDE, Pilot, Small, press, settled, text
from textual.binding import Binding
from textual.widgets import OptionList

from exercises.catalog import load_catalog
from tui.app import themes
from tui.app.app import HOW_TO_LEAVE, NO_SHELL
from tui.app.palette import closeness
from tui.app.places import PLACES, PLACES_BY_NAME
from tui.app.screens.training import TrainingScreen
from tui.app.widgets.key_bar import SPARE
from tui.figures.colours import contrast
from tui.progress.settings import SETTINGS

OWN = ("today", "map", "exercise", "progress", "settings")
sizes = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])


def place_of(pilot: Pilot) -> str:
    return str(getattr(pilot.app.screen, "PLACE", type(pilot.app.screen).__name__))


def column_of(pilot: Pilot, line: int, words: str) -> int:
    return text(pilot).splitlines()[line].index(words)


# places


def test_letters_are_unambiguous_and_in_their_titles() -> None:
    assert len({place.key for place in PLACES}) == len(PLACES) == 11
    assert all(place.key in place.title.lower() for place in PLACES)


def test_by_key(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        for place in OWN:
            await press(pilot, "g", PLACES_BY_NAME[place].key)
            assert place_of(pilot) == place

    small.drive(script)


@sizes
def test_by_mouse(small: Small, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot) -> None:
        for place in OWN:
            column = column_of(pilot, 0, PLACES_BY_NAME[place].title)
            await pilot.click("PlaceBar", offset=(column + 1, 0))
            await settled(pilot)
            assert place_of(pilot) == place

    small.drive(script, size)


@pytest.mark.slow
@pytest.mark.usefixtures("warm_lab")
def test_a_terminal_may_be_made_tiny(small: Small) -> None:
    small.record_something()

    async def script(pilot: Pilot) -> None:
        for place in PLACES:
            await find(pilot, f"goto{place.name}")
            before = text(pilot)
            for size in ((1, 1), (30, 10), NARROW):
                await pilot.resize_terminal(*size)
                await settled(pilot)
            assert place_of(pilot) == place.name
            assert text(pilot).splitlines()[0] == before.splitlines()[0]

    small.drive(script)


@pytest.mark.slow
def test_by_palette(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        for place in OWN:
            await find(pilot, f"goto{place}")
            assert place_of(pilot) == place

    small.drive(script)


@sizes
def test_the_palette_says_how_to_leave_it(small: Small, size: tuple[int, int]) -> None:
    """And none of the place below: those would be typed."""

    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "e")
        await offers(pilot, "weights")
        last = text(pilot).splitlines()[-1]
        assert last.split() == ["esc", "Close"]

    small.drive(script, size)


async def offers(pilot: Pilot, words: str) -> list[str]:
    """What the palette finds, the nearest first."""
    await press(pilot, "ctrl+p", *words)
    options = pilot.app.screen.query_one("CommandList", OptionList)
    for _ in range(100):
        await pilot.pause(0.02)
        if options.option_count and options.display:
            break
    return [str(option.prompt) for option in options.options]


async def find(pilot: Pilot, words: str) -> None:
    """Take what the palette finds first."""
    await offers(pilot, words)
    await press(pilot, "enter")
    await pilot.pause()
    await settled(pilot)


@pytest.mark.usefixtures("warm_lab")
def test_the_palette_leads_to_the_training_of_a_model(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await find(pilot, "train")
        for _ in range(100):
            await pilot.pause(0.02)
            if isinstance(pilot.app.screen, TrainingScreen):
                break
        assert place_of(pilot) == "TrainingScreen"
        await press(pilot, "escape")
        assert place_of(pilot) == "lab"

    small.drive(script)


@pytest.mark.parametrize("query", ["train", "softmax", "mask", "go to", "head", "layer no"])
def test_what_is_typed_ranks_above_scattered_letters(query: str) -> None:
    titles = [f"Exercise: {each.title} ({each.id})" for each in load_catalog().exercises]
    ranked = sorted(
        [*titles, "Train your model (Lab)", "Go to Today"], key=partial(closeness, query)
    )
    held = [all(word in text.casefold() for word in query.split()) for text in ranked]
    assert held == sorted(held) and any(held)


def test_the_list_of_places_by_arrows(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "down", "down", "enter")
        assert place_of(pilot) == PLACES[2].name
        await press(pilot, "g", "escape")
        assert place_of(pilot) == PLACES[2].name

    small.drive(script)


def test_escape_goes_back_through_the_places(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "m", "g", "n", "g", "p")
        for place in ("settings", "map", "today", "today"):
            await press(pilot, "escape")
            assert place_of(pilot) == place

    small.drive(script)


def test_ctrl_c_says_how_to_leave_in_plain_words(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        for place in OWN:
            await press(pilot, "g", PLACES_BY_NAME[place].key, "ctrl+c")
            await pilot.pause()
            (note,) = pilot.app._notifications
            assert note.message == HOW_TO_LEAVE and not note.title and not note.markup
            assert pilot.app.is_running
            pilot.app.clear_notifications()

    small.drive(script)


def test_ctrl_z_without_a_shell_says_so(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        for way in ((), ("g", "s"), ("ctrl+p",)):  # a page, where one types, and over an overlay
            await press(pilot, *way, "ctrl+z")
            await pilot.pause()
            (note,) = pilot.app._notifications
            assert note.message == NO_SHELL
            pilot.app.clear_notifications()

    small.drive(script)


def test_an_exercise_by_palette(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await find(pilot, "onentropy")
        assert place_of(pilot) == "exercise"
        assert "An exercise on entropy" in text(pilot)

    small.drive(script)


def test_a_topic_by_palette(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await find(pilot, "about masks")
        assert place_of(pilot) == "read"
        (said,) = (note.message for note in pilot.app._notifications)
        assert "ch01-masks" in said  # which the lesson of the small course does not hold

    small.drive(script)


def test_scattered_letters_count_only_where_nothing_holds_the_words(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        found = await offers(pilot, "exam")
        assert found and all("exam" in offer.casefold() for offer in found)
        await press(pilot, "escape")
        assert "entropy" in (await offers(pilot, "entrpy"))[0]

    small.drive(script)


def test_a_round_of_questions_by_palette(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await find(pilot, "wrong")
        (said,) = (note.message for note in pilot.app._notifications)
        assert said.startswith("No mistake comes back today")
        for words, head in (("exam", "Question 1 of"), ("test", "must be right")):
            await find(pilot, words)
            assert place_of(pilot) == "quiz"
            assert head in text(pilot)

    small.drive(script)


def test_a_place_is_as_it_was_left(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "m", "j", "j")
        before = text(pilot)
        await press(pilot, "g", "t", "g", "m")
        assert text(pilot) == before

    small.drive(script)


# help and keys


def shown_bindings(pilot: Pilot) -> list[Binding]:
    active = pilot.app.screen.active_bindings.values()
    return [each.binding for each in active if each.binding.show and each.enabled]


@sizes
def test_the_last_line_and_help_hold_every_key(small: Small, size: tuple[int, int]) -> None:
    """Where there is no room for all, those of the place come first."""
    small.record_something()

    async def script(pilot: Pilot) -> None:
        for place in OWN:
            await press(pilot, "g", PLACES_BY_NAME[place].key)
            bindings = shown_bindings(pilot)
            last = text(pilot).splitlines()[size[1] - 1]
            here = [binding for binding in bindings if binding.action not in SPARE]
            assert all(binding.description in last for binding in here), last
            await press(pilot, "question_mark")
            help = pilot.app.screen.query_one(".panel")
            seen = text(pilot)
            while help.scroll_y < help.max_scroll_y:
                await press(pilot, "pagedown")
                seen += text(pilot)
            assert all(binding.tooltip in seen for binding in bindings), place
            await press(pilot, "escape")
            assert place_of(pilot) == place

    small.drive(script, size)


@pytest.mark.parametrize(("lines", "scrolls"), [(40, False), (12, True)])
def test_an_overlay_that_holds_more_than_fits_says_so(
    small: Small, lines: int, scrolls: bool
) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "m", "question_mark")
        assert ("↑↓ Scroll" in text(pilot).splitlines()[-1]) == scrolls

    small.drive(script, (80, lines))


def test_a_key_of_the_last_line_by_mouse(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await pilot.click("KeyBar", offset=(column_of(pilot, 23, "? Help"), 0))
        await settled(pilot)
        assert place_of(pilot) == "HelpScreen"

    small.drive(script)


def test_q_quits(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await pilot.press("q")
        assert not pilot.app.is_running or pilot.app._exit

    small.drive(script)


# colours


def colours(pilot: Pilot) -> set[tuple[str, str]]:
    """Every pair of text and background on the screen. Lines and blocks are no text."""
    found = set()
    for strip in pilot.app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            if is_text(segment.text) and style and style.color and style.bgcolor:
                pair = style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex
                found.add(pair)
    return found


def is_text(text: str) -> bool:
    return any(not char.isspace() and not "\u2500" <= char <= "\u259f" for char in text)


def test_a_new_theme_reaches_the_places_that_were_visited_before(small: Small) -> None:
    """Coming back styles nothing anew, unless the theme has changed meanwhile."""

    async def script(pilot: Pilot) -> None:
        for keys in ("gm", "gp", "gn"):
            await press(pilot, *keys)
        await press(pilot, "right")
        for keys in ("gm", "gp", "gt"):
            await press(pilot, *keys)
            backs = {back for _, back in colours(pilot)}
            assert themes.LIGHT.background in backs
            assert themes.DARK.background not in backs

    small.drive(script, WIDE)


@pytest.mark.parametrize("theme", themes.THEME_NAMES)
def test_text_stands_out_in_every_theme(small: Small, theme: str) -> None:
    small.record_something()
    least = 7 if theme == "high-contrast" else 4.5

    async def script(pilot: Pilot) -> None:
        for place in OWN:
            await press(pilot, "g", PLACES_BY_NAME[place].key)
            for front, back in colours(pilot):
                assert contrast(front, back) >= least, (place, front, back)

    small.drive(script, WIDE, theme=theme)


def test_the_themes_are_those_that_can_be_set() -> None:
    assert SETTINGS["theme"].choices == themes.THEME_NAMES


def test_no_color_uses_the_colours_of_the_terminal(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So text can be read on every background; what is chosen is marked by other means."""
    monkeypatch.setenv("NO_COLOR", "1")
    small.record_something()

    async def script(pilot: Pilot) -> None:
        for place in OWN:
            await press(pilot, "g", PLACES_BY_NAME[place].key)
            for strip in pilot.app.screen._compositor.render_strips():
                for segment in strip:
                    style = segment.style
                    for colour in (style.color, style.bgcolor) if style else ():
                        assert colour is None or colour.is_default, (place, segment)

    small.drive(script)


# starting


def test_a_dumb_terminal_gets_lines(learn: Any, small: Small) -> None:
    assert "Run" in learn(cwd=small.workspace.root, TERM="dumb").stdout


# the end


@pytest.mark.parametrize(
    ("late", "outcome"),
    [
        (lambda app: app.query_one("Brief"), nullcontext()),
        (lambda app: 1 / 0, pytest.raises(ZeroDivisionError)),
    ],
    ids=["widgets that are gone", "a fault"],
)
def test_what_misses_its_widgets_at_the_end_is_no_mistake_but_a_fault_is(
    small: Small, late: Callable[[Any], object], outcome: AbstractContextManager[object]
) -> None:
    async def script(pilot: Pilot) -> None:
        pilot.app.call_later(late, pilot.app)
        pilot.app.exit(return_code=7)

    with outcome:
        small.drive(script)
