"""Markdown as plain lines."""

import pytest

from tui.text import plain


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.text.plain.width", lambda: 40)


def test_paragraphs_are_wrapped_and_formulas_rendered() -> None:
    text = "The scores are divided by\n$\\sqrt{d}$, since their variance is $d$.\n\nSecond."
    assert plain.wrapped(text) == (
        "The scores are divided by √d, since\ntheir variance is d.\n\nSecond."
    )


def test_code_is_set_in_without_its_fences_and_tables_stay_as_they_are() -> None:
    line, table = "x = 1  # a line that is longer than forty columns", "| a | b |\n|---|---|"
    shown = plain.wrapped(f"Look:\n\n```python\n{line}\n```\n\n{table}")
    assert shown == f"Look:\n\n    {line}\n\n{table}"


def test_lists_hang() -> None:
    text = "- one item that is long enough to be wrapped\n- two\n1. three"
    assert plain.wrapped(text, "  ") == (
        "  - one item that is long enough to be\n    wrapped\n  - two\n  1. three"
    )


def test_a_number_at_the_start_of_a_line_is_no_list() -> None:
    assert plain.wrapped("The sum is\n2. Then it grows.") == "The sum is 2. Then it grows."


def test_shortened() -> None:
    assert plain.shortened("a b c", 10) == "a b c"
    assert plain.shortened("The quick\nbrown fox", 12) == "The quick …"
