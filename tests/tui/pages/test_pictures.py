"""Read, Quiz, Review, Search, Sheet and Lab look as they did (see test_screenshots.py)."""

from __future__ import annotations

import pytest
from driving import NARROW, WIDE, Small
from small_texts import write_texts
from test_screenshots import compare

# The keys that lead to each picture.
PICTURES = {
    "read": ("g", "r", "c", "home", "down", "enter"),
    "contents": ("g", "r", "c"),
    "quiz": ("g", "q", "down", "enter"),
    "explained": ("g", "q", "down", "enter", "b", "enter"),
    "review": ("g", "v", "space"),
    "search": ("g", "s"),
    "term": ("g", "s", "down", "down", "enter"),
    "sheet": ("g", "h", "right"),
    "lab": ("g", "l", *("right",) * 5),
}


@pytest.fixture
def texts(small: Small, warm_lab: None, monkeypatch: pytest.MonkeyPatch) -> Small:
    write_texts(small.catalog.course)
    monkeypatch.setattr("tui.app.screens.quiz.secrets.randbelow", lambda _: 3)
    return small


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", PICTURES)
def test_it_looks_as_it_did(texts: Small, name: str, size: tuple[int, int]) -> None:
    compare(texts, name, PICTURES[name], size, "dark")


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
def test_in_another_theme(texts: Small, theme: str) -> None:
    compare(texts, f"explained-{theme}", PICTURES["explained"], WIDE, theme)
    compare(texts, f"lab-{theme}", PICTURES["lab"], WIDE, theme)
