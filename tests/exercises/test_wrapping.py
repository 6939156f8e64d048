"""Paragraphs in lines that fit, from which commands can be copied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.wrapping import wrap

TYPED = (
    "`learn rewrite --give-up softmax`",
    "--give-up",
    "soft-lookup",
    "layer_costs",
    "work-space/ch01_attention/a-file.py",
    "`learn solution --diff softmax`",
)


@given(
    words=st.lists(st.sampled_from((*TYPED, "a", "well-known", "word.", "(or")), min_size=1),
    width=st.integers(40, 100),
    indent=st.sampled_from(("", "  ", " " * 6)),
)
def test_nothing_that_is_typed_is_broken_and_no_word_is_lost(
    words: list[str], width: int, indent: str
) -> None:
    lines = wrap(" ".join(words), width, indent)
    assert " ".join(line.strip() for line in lines) == " ".join(words)
    assert all(len(line) <= width and line.startswith(indent) for line in lines)
    for typed in TYPED:
        assert sum(line.count(typed) for line in lines) == sum(word.count(typed) for word in words)


def test_colours_take_no_room() -> None:
    painted = "\x1b[1mone\x1b[0m two three"
    assert wrap(painted, 13) == [painted]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("  1  one", ["-   1  one"]),
        ("one  two", ["- one  two"]),
        ("one\n  two", ["- one two"]),
        ("a-word-that-is-longer-than-a-line b", ["- a-word-that-is-longer-than-a-line", "  b"]),
        (
            "`code that is longer than a line` b",
            ["- `code that", "  is longer", "  than a", "  line` b"],
        ),
    ],
)
def test_what_a_line_is_made_of(text: str, lines: list[str]) -> None:
    assert wrap(text, 12, "- ", "  ") == lines
