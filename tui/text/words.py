"""Small words that many sentences need."""

from __future__ import annotations


def fitted(text: str, room: int) -> str:
    """`text`, or as much of it as has room, with a mark."""
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
