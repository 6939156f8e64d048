"""Heat maps: a scale whose order can be seen on every terminal, and two matrices side by side."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from driving import Pilot, Small, press, settled, text
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color, ColorSystem

from tui.app.themes import THEMES
from tui.app.widgets.drawing import theme_scale
from tui.figures.colours import Scale, contrast
from tui.figures.comparison import NUMBER_WIDTH, MatrixComparison, differs, short, worst
from tui.figures.heatmap import SHADES, shade, share
from tui.study.targets import ExerciseTarget

NAN = math.nan
PLACES = [place / 100 for place in range(101)]
SCALE = Scale("#222a39", "#82aaff")
themes = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)


def scale_of(theme: Any) -> Scale:
    return theme_scale(theme.to_color_system().generate())


# the scale


@themes
@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
def test_a_scale_only_brightens_or_only_darkens(theme: Any, system: ColorSystem) -> None:
    """Also where a terminal takes the nearest of its 256 colours."""
    scale = scale_of(theme) if system == ColorSystem.TRUECOLOR else scale_of(theme).grey()
    colours = [Color.parse(scale.at(place)).downgrade(system) for place in PLACES]
    from_black = [contrast(colour.get_truecolor().hex, "#000000") for colour in colours]
    steps = [after - before for before, after in pairwise(from_black)]
    assert all(step >= 0 for step in steps) or all(step <= 0 for step in steps)
    assert len(set(from_black)) >= 8


@themes
@pytest.mark.parametrize("place", [*PLACES[::5], None])
@pytest.mark.parametrize("grey", [False, True])
def test_numbers_can_be_read_on_every_colour_of_every_theme(
    theme: Any, place: float | None, grey: bool
) -> None:
    scale = scale_of(theme).grey() if grey else scale_of(theme)
    assert contrast(scale.readable_on(place), scale.at(place)) >= 4.5


@given(st.floats(0, 1))
def test_more_is_denser_and_nothing_is_blank(at: float) -> None:
    assert shade(0.0) == " " and shade(1.0) == "█" and shade(None) == "!"
    assert SHADES.index(shade(at)) <= SHADES.index(shade(min(1.0, at + 0.2)))


@given(st.lists(st.floats(), min_size=3), st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_lies_on_the_scale(row: list[float], low: float) -> None:
    high = max([number for number in row if math.isfinite(number)], default=low)
    for number in row:
        at = share(number, min(low, high), max(low, high))
        assert (at is None) == (not math.isfinite(number))
        assert at is None or 0 <= at <= 1


# two matrices


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_short_number_is_short_and_near(number: float) -> None:
    assert len(short(number)) <= NUMBER_WIDTH
    if math.isfinite(number) and 1e-3 < abs(number) < 1e4:
        # Half of the last of two digits; -0.00168 has room for one.
        rel = 0.34 if -1e-2 < number < 0 else 0.06
        assert float(short(number)) == pytest.approx(number, rel=rel)


@pytest.mark.parametrize("number", [-0.0016769, -0.0015, -0.00999, -0.0100001, 0.0016769, 9999.4])
def test_numbers_that_hardly_fit(number: float) -> None:
    test_a_short_number_is_short_and_near.hypothesis.inner_test(number)  # type: ignore[attr-defined]


def test_what_differs() -> None:
    assert not differs(NAN, NAN)
    assert differs(NAN, 1.0) and differs(1.0, NAN)
    assert differs(math.inf, -math.inf) and not differs(math.inf, math.inf)
    assert differs(1.0, 1.01) and not differs(1.0, 1.0001)


def test_the_worst_place() -> None:
    assert worst([[0, 1], [5, 0]], [[0, 2], [1, 0]]) == (1, 0)
    assert worst([[0, NAN], [5, 0]], [[0, 2], [1, 0]]) == (0, 1)


def lines(comparison: MatrixComparison, width: int, scale: Scale | None = None) -> list[str]:
    return ["".join(span.text for span in line).rstrip() for line in comparison.draw(width, scale)]


def many(columns: int = 20, rows: int = 3) -> MatrixComparison:
    got = tuple(tuple(float((x + y) % 5) for x in range(columns)) for y in range(rows))
    expected = (*got[:-1], (*got[-1][:-1], 9.0))
    return MatrixComparison(got, expected, (1,), (4, 8))


def test_few_numbers_are_printed_and_marked() -> None:
    few = MatrixComparison(((0.5, NAN), (0.25, 1e-5)), ((0.5, 1.0), (0.25, 0.75)), (0, 1), (2, 3))
    assert lines(few, 60) == [
        "[0, 1, 2:4, 3:5]  from 1e-05 to 1",
        "yours              expected",
        "    0.5    ≠nan        0.5       1",
        "   0.25  ≠1e-05       0.25    0.75",
    ]
    assert lines(few, 60, SCALE) == lines(few, 60), "colour only repeats it"


def test_many_become_maps_of_shades_without_colour() -> None:
    assert lines(many(), 70) == [
        "[1, 4:7, 8:28]  from 0 to 9",
        "yours                  expected               differs",
        "  ░░▒  ░░▒  ░░▒  ░░▒     ░░▒  ░░▒  ░░▒  ░░▒   ····················",
        " ░░▒  ░░▒  ░░▒  ░░▒     ░░▒  ░░▒  ░░▒  ░░▒    ····················",
        "░░▒  ░░▒  ░░▒  ░░▒     ░░▒  ░░▒  ░░▒  ░░▒ █   ···················≠",
        "row 6, columns 21:28",
        "yours           0       1       2       3       4       0      ≠1",
        "expected        0       1       2       3       4       0       9",
    ]


@pytest.mark.parametrize("scale", [SCALE, None], ids=["colour", "plain"])
@pytest.mark.parametrize("columns", [1, 5, 20, 32])
@pytest.mark.parametrize("rows", [1, 8, 13, 32])
def test_a_comparison_keeps_to_the_width(columns: int, rows: int, scale: Scale | None) -> None:
    for width in (70, 110):
        if 3 * columns + 6 <= width:
            assert max(map(len, lines(many(columns, rows), width, scale))) <= width


def test_half_blocks_take_half_the_lines() -> None:
    tall = many(rows=13)
    assert len(lines(tall, 70)) - len(lines(tall, 70, SCALE)) == 13 - 7


# on a terminal


@pytest.mark.parametrize(
    ("terminal", "is_coloured"),
    [
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, True),
        ({"COLORTERM": "", "TERM": "screen-256color"}, True),
        ({"COLORTERM": "", "TERM": "xterm"}, False),
        ({"COLORTERM": "", "TERM": "linux"}, False),
    ],
    ids=["truecolor", "256", "16", "8"],
)
def test_where_colours_are_few_characters_take_their_place(
    small: Small,
    monkeypatch: pytest.MonkeyPatch,
    terminal: dict[str, str],
    is_coloured: bool,
) -> None:
    for name, value in terminal.items():
        monkeypatch.setenv(name, value)

    async def script(pilot: Pilot) -> None:
        pilot.app.action_go("exercise", ExerciseTarget("weights"))  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "r")
        assert "≠0.35" in text(pilot)
        drawn = [
            segment
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if "≠0.35" in segment.text
        ]
        behind = {segment.style.bgcolor.name for segment in drawn if segment.style}
        page = pilot.app.theme_variables["background"].lower()
        assert (behind != {page}) == is_coloured

    small.drive(script, (120, 40))


@themes
def test_with_256_colours_what_lies_behind_a_text_stays_grey(theme: Any) -> None:
    """rich takes a bluish dark grey for the cube's blue."""
    for name in ("background", "surface", "panel"):
        shown = Color.parse(getattr(theme, name)).downgrade(ColorSystem.EIGHT_BIT)
        assert len(set(shown.get_truecolor())) == 1, f"{name} is {shown.name}"
