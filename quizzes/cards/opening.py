"""When the cards of a topic open. Pure: the days are arguments.

The one rule of it: the planner, Today, the review and the status all ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date


def opens_cards(
    topic: str, read_on: Mapping[str, date], tested_out: Collection[str], today: date
) -> bool:
    """New cards come from the day after reading: at once, they would only be read again.

    Who tested out of a topic has not just read it, and meets its cards at once.
    """
    return topic in tested_out or (topic in read_on and read_on[topic] < today)


def open_cards(
    cards: Mapping[str, str],
    met: Collection[str],
    read_on: Mapping[str, date],
    tested_out: Collection[str],
    today: date,
) -> tuple[str, ...]:
    """Of the cards, each with its topic: those of open topics, and those met before."""
    return tuple(
        card
        for card, topic in cards.items()
        if card in met or opens_cards(topic, read_on, tested_out, today)
    )
