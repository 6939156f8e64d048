"""What is counted follows its number."""

import pytest

from exercises.words import plural


@pytest.mark.parametrize(
    ("number", "says", "judged"),
    [
        (0, "0 days", "0 answers were judged"),
        (1, "1 day", "1 answer was judged"),
        (2, "2 days", "2 answers were judged"),
        (1200, "1,200 days", "1,200 answers were judged"),
    ],
)
def test_plurals(number: int, says: str, judged: str) -> None:
    assert plural(number, "day") == says
    assert plural(number, "answer was judged", "answers were judged") == judged
