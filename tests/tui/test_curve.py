"""Curves as text."""

import math

from tui.figures.curve import plot, sparkline


def test_a_falling_curve_goes_from_the_top_left_to_the_bottom_right() -> None:
    lines = plot({"one": [(step, 10.0 - step) for step in range(11)]}, width=40)
    rows = [line.partition("│")[2] for line in lines if "│" in line]
    columns = [row.index("●") for row in rows if "●" in row]
    assert columns == sorted(columns)
    assert rows[0].strip() and rows[-1].strip()
    assert all(len(line) <= 40 for line in lines)
    assert lines[0].split()[0] == "10.00"
    assert "step 10" in lines[-2]


def test_each_curve_has_its_mark_and_its_name() -> None:
    lines = plot({"low": [(1, 0.0), (2, 0.0)], "high": [(1, 5.0), (2, 5.0)]}, width=30)
    assert "×" in lines[0] and "●" not in lines[0]
    assert lines[-1].split() == ["●", "low", "×", "high"]


def test_what_is_no_number_is_left_out() -> None:
    assert plot({"one": [(1, math.nan)]}, width=30) == ["No number to draw."]
    assert "●" in "".join(plot({"one": [(1, math.inf), (2, 3.0)]}, width=30))
    assert sparkline([math.nan], 5) == ""


def test_a_sparkline_takes_its_width_and_shows_high_and_low() -> None:
    line = sparkline([float(100 - step) for step in range(100)], 10)
    assert len(line) == 10
    assert (line[0], line[-1]) == ("█", "▁")
