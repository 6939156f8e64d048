"""When the cards of a chapter open. Pure: the days are arguments.

The one rule of it: the planner, Today, the review and the status all ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date


def opens_cards(
    chapter: str, read_on: Mapping[str, date], tested_out: Collection[str], today: date
) -> bool:
    """New cards come from the day after reading: at once, they would only be read again.

    Who tested out of a chapter has not just read it, and meets its cards at once.
    """
    return chapter in tested_out or (chapter in read_on and read_on[chapter] < today)


def open_cards(
    cards: Mapping[str, Iterable[str]],
    met: Collection[str],
    read_on: Mapping[str, date],
    tested_out: Collection[str],
    today: date,
) -> tuple[str, ...]:
    """Of the cards of each chapter: those of the chapters that are open, and those met before."""
    return tuple(
        card
        for chapter, of_chapter in cards.items()
        for card in of_chapter
        if card in met or opens_cards(chapter, read_on, tested_out, today)
    )
