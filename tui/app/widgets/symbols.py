"""One symbol and one colour for each state. The symbol says it all; colour only repeats it."""

from __future__ import annotations

from textual.content import Content

from tui.study.mastery import State

STATE_SYMBOLS: dict[State, tuple[str, str]] = {
    "locked": ("◌", "$text-muted"),
    "open": ("○", "$foreground"),
    "passed": ("✓", "$success"),
    "mastered": ("★", "$accent"),
}
OUTCOMES = {
    "passed": ("✓", "$success"),
    "failed": ("✗", "$error"),
    "error": ("!", "$warning"),
}
WAITS = ("○", "$warning")  # a test of what is right, which counts once the rest is


def legend() -> Content:
    return Content("   ").join(
        Content.assemble(symbol, " ", (state, "$text-muted"))
        for state, symbol in STATE_SYMBOLS.items()
    )


def difficulty(level: int) -> str:
    return "●" * level + "○" * (5 - level)
