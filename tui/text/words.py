"""Small words that many sentences need."""

from __future__ import annotations


def fitted(text: str, room: int) -> str:
    """`text`, or as much of it as has room, with a mark."""
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def in_a_row(days: int) -> str:
    """Of a streak; nothing of a single day, which is none."""
    return f"{days} days in a row" if days > 1 else ""
