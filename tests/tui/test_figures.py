"""Figures as text: nothing depends on colour, everything fits, pictures hold the same."""

from __future__ import annotations

import builtins
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from tui.figures.colours import Scale
from tui.figures.figure import Figure, View, draw, number, views
from tui.figures.lab_process import BadRequest, entries, setting
from tui.figures.picture import CannotDraw, picture, save

SCALE = Scale("#262b36", "#82aaff")
FIGURE = Figure(
    title="Weights",
    rows=((0.0, 0.25, 1.0), (0.5, 0.123, 0.004)),
    row_labels=("it", "was"),
    column_labels=("the", "animal", "tired"),
    low=0.0,
    high=1.0,
    caption="Rows ask.",
)
BARS = Figure("Bars", ((0.9, 0.1),), ("weight",), ("2", "-1"), 0.0, 1.0, "Two bars.")


def lines(figure: Figure, width: int = 80, **options: Any) -> list[str]:
    return ["".join(span.text for span in line) for line in draw(figure, width, **options)]


def wide(columns: int, rows: int = 3) -> Figure:
    values = tuple(tuple((x + y) % 5 / 4 for x in range(columns)) for y in range(rows))
    names = [tuple(map(str, range(count))) for count in (rows, columns)]
    return Figure("Wide", values, names[0], names[1], 0.0, 1.0, "")


def test_there_is_room_for_numbers() -> None:
    assert lines(FIGURE) == [
        "       the animal  tired",
        " it      0    .25   1.00 ",
        "was    .50    .12    .00 ",
    ]


def test_without_room_for_numbers_there_are_shades() -> None:
    first = lines(wide(20), 60)[1]
    assert first == "0 " + "  ░░▒▒▓▓██" * 4


def test_a_single_row_is_drawn_as_bars_with_their_values() -> None:
    first, second = lines(BARS)
    assert first.startswith(" 2 ") and first.endswith(" 0.900")
    assert first.count("█") > 8 * second.count("█")


def test_whole_numbers_are_shown_whole_beside_bars_with_the_same_head() -> None:
    counts = Figure("Bytes", ((3.0, 1.0, 3.0),), ("bytes",), ("é", "a", "é"), 0.0, 8.0, "")
    assert [line.split()[-1] for line in lines(counts)] == ["3", "1", "3"]
    pytest.importorskip("matplotlib")
    [axes] = picture(counts).axes
    assert [bar.get_width() for bar in axes.patches] == [3, 1, 3]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["é", "a", "é"]
    assert [label.get_text() for label in axes.texts] == ["3", "1", "3"]


@pytest.mark.parametrize("columns", [1, 3, 12, 24, 64])
@pytest.mark.parametrize("width", [70, 110])
@pytest.mark.parametrize("view", [None, "shades", "dense"])
def test_every_line_fits(columns: int, width: int, view: View | None) -> None:
    for line in lines(wide(columns), width, view=view, scale=SCALE):
        assert len(line) <= width


def test_colour_only_comes_on_top_of_what_is_drawn() -> None:
    for view in ("numbers", "shades"):
        assert lines(FIGURE, view=view, scale=SCALE) == lines(FIGURE, view=view)


def test_no_two_views_are_drawn_alike_and_nothing_is_cut() -> None:
    for scale in (SCALE, None):
        for columns in (3, 12, 40):
            figure = wide(columns, rows=5)
            found = views(figure, 70, scale)
            drawn = [lines(figure, 70, view=view, scale=scale) for view in found]
            assert len({str(each) for each in drawn}) == len(found) > (scale is not None)
            assert all(len(line) <= 70 for each in drawn for line in each)
            assert drawn[0] == lines(figure, 70, scale=scale), "the first is the usual one"


def test_dense_needs_colour_and_halves_the_lines() -> None:
    assert len(lines(wide(4, rows=9), view="dense", scale=SCALE)) == 1 + 5
    assert lines(wide(4, rows=9), view="dense") == lines(wide(4, rows=9), view="shades")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1.0, "1.00"), (0.42, ".42"), (-0.5, "-.50"), (0.998, "1.00"), (0.001, ".00")],
)
def test_numbers_are_short(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize("view", ["numbers", "shades", "dense"])
@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
@pytest.mark.parametrize("columns", [2, 9, 12, 40])
@pytest.mark.parametrize("words", [True, False])
def test_every_head_stands_over_its_column(
    view: View, width: int, columns: int, words: bool
) -> None:
    """A head begins where its cell does, or ends where its number does; there are gaps between."""
    names = tuple(
        f"{place}{'abcdefgh'[: place % 7 + 1] if words else ''}" for place in range(columns)
    )
    figure = replace(wide(columns), column_labels=names)
    heads, first = (
        "".join(span.text for span in line)
        for line in draw(figure, width, view=view, scale=SCALE)[:2]
    )
    found = list(re.finditer(r"\S+", heads))
    assert len(found) > 1 and heads.startswith("  ")
    if view == "numbers":
        ends = [match.end() for match in re.finditer(r"\S+", first)][1:]
        places = [ends.index(match.end()) for match in found]
    else:
        cell = (len(first) - 2) // columns
        assert all((match.start() - 2) % cell == 0 for match in found)
        places = [(match.start() - 2) // cell for match in found]
    for place, match in zip(places, found, strict=True):
        assert names[place].startswith(match[0].rstrip("…"))
    if view == "numbers" or cell >= 5:
        assert len(found) == columns, "where each has room, each has its head"


@pytest.mark.parametrize("view", [None, *get_args(View)])
@pytest.mark.parametrize("width", [30, 50, 60, 70, 80, 120])
def test_a_number_at_the_head_of_a_column_is_never_cut(view: View | None, width: int) -> None:
    names = ("0.1", "0.5", "0.9", "0.99", "0.999", "0.9999", "16,384", "-1.5")
    figure = replace(wide(len(names)), column_labels=names)
    heads, *rest = lines(figure, width, view=view, scale=SCALE)
    assert set(heads.split()) <= set(names)
    assert view == "numbers" or all(len(line) <= width for line in rest)


@pytest.mark.parametrize("width", [60, 66, 80])
def test_a_word_is_not_cut_where_there_is_room_for_all(width: int) -> None:
    names = ("The", "animal", "did", "not", "cross", "because", "it", "was", "tired")
    assert tuple(lines(replace(wide(9), column_labels=names), width)[0].split()) == names


def test_values_outside_the_range_are_drawn_at_its_ends() -> None:
    assert (FIGURE.share(-3), FIGURE.share(7)) == (0, 1)
    flat = Figure("", ((2.0, 2.0),) * 2, ("a", "b"), ("c", "d"), 2.0, 2.0, "")
    assert flat.share(2.0) == 0.5


def test_what_the_lab_answers_is_read() -> None:
    answer = {**FIGURE.__dict__, "rows": [list(row) for row in FIGURE.rows]}
    assert Figure.read(json.loads(json.dumps(answer))) == FIGURE


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("length=8", ("length", 8)),
        ("temperature=0.5", ("temperature", 0.5)),
        ("causal=True", ("causal", True)),
        ("kind=global + window", ("kind", "global + window")),
    ],
)
def test_settings_as_they_are_typed(typed: str, read: tuple[str, object]) -> None:
    assert setting(typed) == read


def test_a_setting_without_a_value_is_refused() -> None:
    with pytest.raises(BadRequest, match="length=1"):
        setting("length")


# The command.

Learn = Callable[..., Any]


def test_the_command_lists_the_figures(learn: Learn) -> None:
    done = learn("figure", "--json")
    assert done.returncode == 0
    listed = entries(json.loads(done.stdout))
    assert {"attention_weights", "masks", "softmax_temperature"} <= {one.name for one in listed}
    shown = learn("figure").stdout
    assert "causal=false" in shown
    values = [
        str(value) for one in listed for parameter in one.parameters for value in parameter.values
    ]
    beyond_ascii = [value for value in values if not value.isascii()]
    assert "café" in beyond_ascii
    assert all(f'"{value}"' in shown for value in beyond_ascii), "as it is typed, and no escape"


def test_the_command_draws_without_a_workspace(learn: Learn) -> None:
    done = learn("figure", "masks", "kind=causal", "length=4")
    assert done.returncode == 0
    assert done.stdout.splitlines()[3:7] == [
        "0      1      0      0      0",
        "1      1      1      0      0",
        "2      1      1      1      0",
        "3      1      1      1      1",
    ]


def test_the_command_says_what_there_is_instead(learn: Learn) -> None:
    done = learn("figure", "mask")
    assert done.returncode == 2
    assert "There are attention_weights" in done.stderr
    done = learn("figure", "text_in_tokens", "text=thé")
    assert done.returncode == 2
    assert '"sea", "café", not "thé"' in done.stderr


def test_a_file_of_the_learner_is_not_taken_for_torch(learn: Learn, folder: Path) -> None:
    (folder / "torch.py").write_text("raise SystemExit('not this one')")
    assert learn("figure", "masks", "length=4").returncode == 0


# Pictures.


@pytest.mark.parametrize("figure", [FIGURE, BARS, wide(32)], ids=lambda figure: figure.title)
def test_a_picture_is_saved_and_is_the_same_each_time(figure: Figure, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    first, second = tmp_path / "one.svg", tmp_path / "two.svg"
    save(figure, first)
    save(figure, second)
    assert first.read_bytes() == second.read_bytes()
    assert figure.title.encode() in first.read_bytes()
    save(figure, tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


def test_an_ending_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotDraw, match=r"\.png, \.svg, \.pdf"):
        save(FIGURE, tmp_path / "figure.txt")


def test_without_matplotlib_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return imported(name, *rest, **more)

    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(CannotDraw, match="pip install matplotlib"):
        save(FIGURE, tmp_path / "figure.png")
