"""The map's rails: each edge of the course is drawn, and none that is not there."""

from itertools import pairwise
from pathlib import Path

from small_course import small_course

from exercises.catalog import load_catalog
from exercises.course import Course
from tui.study.exercise_graph import NODE, rows, unlocks

UP, DOWN = set("│├┤┼╯╰┴" + NODE), set("│├┤┼" + NODE)


def test_the_small_course(tmp_path: Path) -> None:
    drawn = [
        row.rails.replace(NODE, "o")
        for row in rows(small_course(Course.at(tmp_path)))
        if row.exercise
    ]
    assert drawn == ["o", "o", "├─o", "o", "o", "├─o", "o", "o", "o"]


def test_rails_never_hang_in_the_air() -> None:
    """What goes down from a line goes on in the next one, in every chapter of the course."""
    for chapter in load_catalog().chapters:
        rails = [
            row.rails for row in rows(load_catalog()) if row.chapter is chapter and row.exercise
        ]
        for upper, lower in pairwise(rails):
            for place, char in enumerate(upper):
                if char in "│├┤┼":
                    assert lower[place : place + 1] in UP | {"─"}, (chapter.id, upper, lower)


def test_every_need_within_a_chapter_is_met_by_a_rail() -> None:
    catalog = load_catalog()
    for row in rows(catalog):
        if row.exercise is None:
            continue
        near = [id for id in row.exercise.needs if catalog.exercise(id).chapter == row.chapter.id]
        at = row.rails.index(NODE)
        joined = row.rails[at + 1 : at + 2] == "─" or row.rails[at - 1 : at] == "─"
        assert len(near) < 2 or joined, row.exercise.id


def test_unlocks_is_the_inverse_of_needs() -> None:
    catalog = load_catalog()
    for exercise in catalog.exercises:
        for other in unlocks(catalog, exercise.id):
            assert exercise.id in other.needs
