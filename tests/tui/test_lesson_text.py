"""Lessons as they are shown: no anchors, and formulas as text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from exercises.catalog import Chapter, load_catalog
from tui.commands.read import _drawings, _rendered
from tui.text.lesson_markdown import plain
from tui.text.terminal import for_terminal

CHAPTERS = load_catalog().chapters


def test_anchors_go_and_only_from_headings() -> None:
    text = (
        "# Title {#title}\n\n## Part two {#part-2}\ntext {#kept}\n```python\n# code {#kept}\n```\n"
    )
    assert plain(text) == ("# Title\n\n## Part two\ntext {#kept}\n```python\n# code {#kept}\n```\n")


def test_formulas_are_rendered_and_guarded_from_markdown() -> None:
    text = r"Let $a_i * b_i$ and `$c$` be." + "\n\n$$\n\\frac{a_1}{\\sqrt{d}}\n$$\n\nEnd of $W_q$."
    shown = for_terminal(text, 80)
    assert shown.startswith(r"Let aᵢ ∗ bᵢ and `$c$` be.")
    assert "```formula\n a₁\n────\n √d\n```" in shown
    assert shown.endswith(r"End of W\_q.")


def test_code_is_left_alone() -> None:
    code = '```python\n>>> price = "$5" + "$6"  # $$\n```\n'
    assert for_terminal(plain(code), 80) == code


@pytest.mark.parametrize("chapter", CHAPTERS, ids=[chapter.id for chapter in CHAPTERS])
def test_every_lesson_renders(chapter: Chapter) -> None:
    shown = _rendered(plain(chapter.lesson.read_text("utf-8")))
    assert "{#" not in shown
    assert "\\frac" not in shown and "$$" not in shown
    for topic in chapter.topics:
        assert topic.title.split()[0] in shown


def test_no_line_of_a_figure_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    text = "> **Figure** positional_waves length=6 width=8 — Waves.\n"
    drawings = _drawings(text)
    (drawing,) = drawings.values()
    shown = [line.strip() for line in _rendered(plain(text, drawings)).splitlines()]
    assert {line.strip() for line in drawing.splitlines()} <= set(shown)


def test_a_terminal_gets_a_pager(
    learn_path: str, workspace: Path, environment: Callable[..., Any], learn: Any
) -> None:
    terminal = pexpect.spawn(
        learn_path,
        ["read"],
        cwd=workspace,
        env=environment(TERM="xterm", PAGER="cat"),
        encoding="utf-8",
        timeout=30,
    )
    topic = CHAPTERS[0].topics[0]
    terminal.expect(topic.title.split(":")[0])
    terminal.expect("Question 1 of 3")
    terminal.expect("> ")
    terminal.sendeof()
    terminal.expect("Read: ")
    terminal.expect("Exercise ")
    terminal.expect("learn edit layer_costs")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert f"1/{len(CHAPTERS[0].topics)} topics read" in learn("status").stdout
