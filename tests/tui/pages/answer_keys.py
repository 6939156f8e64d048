"""The keys that give an answer, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator

from right_answers import right_answer

from quizzes.questions.question import Asked

NAMED = {" ": "space", ",": "comma", "(": "left_parenthesis", ")": "right_parenthesis"}


def right_keys(asked: Asked) -> list[str]:
    return keys_for(asked, right_answer(asked))


def wrong_keys(asked: Asked) -> list[str]:
    """An answer in the right form that is not the right one."""
    labels = [item.label for item in asked.items]
    match asked.kind:
        case "choice" | "choices":
            right = right_answer(asked).split()
            wrong = [label for label in labels if label not in right]
            return keys_for(asked, wrong[0] if wrong else labels[0])
        case "order":  # as it is shown, which is never right
            return ["enter"]
        case "match":
            partners = [partner.label for partner in asked.partners]
            right = right_answer(asked).split()
            return [
                *(partners[(partners.index(one) + 1) % len(partners)] for one in right),
                "enter",
            ]
        case _:
            return keys_for(asked, "987654321")


def keys_for(asked: Asked, answer: str) -> list[str]:
    match asked.kind:
        case "choice" | "choices":
            return [*("" if answer == "none" else answer.split()), "enter"]
        case "order":
            return [*_sorting([item.label for item in asked.items], answer.split()), "enter"]
        case "match":
            return [*answer.split(), "enter"]
        case _:
            return [*(NAMED.get(letter, letter) for letter in answer), "enter"]


def _sorting(shown: list[str], wanted: list[str]) -> Iterator[str]:
    """From the first line on: go to the label that belongs here, and carry it up."""
    cursor = 0
    for place, label in enumerate(wanted):
        at = shown.index(label)
        yield from ["down"] * (at - cursor) if at >= cursor else ["up"] * (cursor - at)
        yield from ["shift+up"] * (at - place)
        shown.insert(place, shown.pop(at))
        cursor = place
