"""Our solution beside the learner's own, in the app; the command is tested in test_commands."""

import pytest
from driving import NARROW, WIDE, Pilot, Small, opened, press, text

from tui.study.solutions import Row, Solutions

STUB = [f"# line {number}" for number in range(1, 11)]
MINE = "\n".join(
    [*STUB, "def weights(x):", "    e = x.exp()", "    return e / e.sum()  # right", ""]
)
OURS = "\n".join([*STUB, "def weights(x):", "    return x.softmax(dim=-1)", ""])


@pytest.fixture
def passed(small: Small) -> Small:
    """`weights` has passed, as `MINE`."""
    exercise = small.catalog.exercise("weights")
    path = exercise.suite / "solution.py"
    path.parent.mkdir(parents=True)
    path.write_text(OURS, "utf-8")
    small.workspace.file(exercise).write_text(MINE)

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "s")
        assert "o compares yours with ours" in " ".join(text(pilot).split())

    small.drive(script, WIDE)
    return small


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_what_differs_is_seen_and_closed_again(passed: Small, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "s")
        await press(pilot, "o")
        seen = text(pilot)
        assert "… 9 equal lines" in seen
        assert "def weights(x):" in seen
        if size == WIDE:
            (line,) = (line for line in seen.splitlines() if "e = x.exp()" in line)
            assert "return x.softmax(dim=-1)" in line, "one beside the other"
        else:
            lines = [line.strip() for line in seen.splitlines()]
            assert any(line.startswith("-     e = x.exp()") for line in lines)
            assert any(line.startswith("+     return x.softmax(dim=-1)") for line in lines)
        await press(pilot, "o")
        assert "equal lines" not in text(pilot)

    passed.drive(script, size)


def test_a_long_line_goes_on_between_its_words(passed: Small) -> None:
    says = " ".join(f"word{number:02}" for number in range(20))
    solution = passed.catalog.exercise("weights").suite / "solution.py"
    solution.write_text(OURS.replace("    return", f"    # {says}\n    return"), "utf-8")

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "s")
        await press(pilot, "o")
        assert set(says.split()) <= set(text(pilot).split())

    passed.drive(script, WIDE)


def test_before_the_pass_there_is_no_such_key(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "o")
        assert "yours" not in text(pilot)

    small.drive(script, WIDE)


def test_rows_hold_each_line_of_both_sides() -> None:
    rows = list(Solutions(MINE, OURS).rows())
    skipped = sum(row.skipped for row in rows)
    mine = [row.mine for row in rows if row.mine is not None]
    ours = [row.ours for row in rows if row.ours is not None]
    assert skipped + len(mine) == len(MINE.splitlines())
    assert skipped + len(ours) == len(OURS.splitlines())
    assert rows[0] == Row(skipped=9)


def test_an_answer_that_is_ours_has_no_rows_that_differ() -> None:
    assert all(row.is_equal for row in Solutions(OURS, OURS).rows())


def test_a_course_without_solutions_says_so(passed: Small) -> None:
    (passed.catalog.exercise("weights").suite / "solution.py").unlink()

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "s")
        await press(pilot, "o")
        assert any("has no solution of weights" in n.message for n in pilot.app._notifications)

    passed.drive(script, WIDE)
