"""Small words that many sentences need."""

from __future__ import annotations


def plural(number: int, noun: str) -> str:
    """`1 day`, `2 days`, `0 days`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def fitted(text: str, room: int) -> str:
    """`text`, or as much of it as has room, with a mark."""
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
