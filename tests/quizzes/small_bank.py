"""A small bank in a temporary folder, beside a small course, which tests bend and break."""

from pathlib import Path
from typing import Any

import yaml

from exercises.catalog import Catalog
from quizzes.bank import Bank

CHAPTER = "ch01_attention"
TOPICS = ("soft-lookup", "scores")

Entry = dict[str, Any]

BASE: Entry = {"id": "q", "topic": "scores", "difficulty": 2, "ask": "What is it?"}
KINDS: dict[str, Entry] = {
    "choice": {
        "options": [
            {"text": "Nothing.", "right": True, "why": "It cancels."},
            {"text": "It grows.", "why": "It does not."},
            {"text": "It ends.", "why": "It goes on."},
        ]
    },
    "choices": {
        "options": [
            {"text": "Queries", "right": True, "why": "They ask."},
            {"text": "Keys", "right": True, "why": "They are found."},
            {"text": "Quarks", "why": "They are physics."},
        ]
    },
    "number": {
        "answer": 12,
        "tolerance": 0,
        "unit": "bytes",
        "why": "Three floats.",
        "wrong": [{"answer": 24, "why": "Those are doubles."}],
    },
    "shape": {
        "answer": [2, 5, 7],
        "why": "Batch first.",
        "wrong": [{"answer": [5, 2, 7], "why": "That is time first."}],
    },
    "order": {"steps": ["score", "softmax", "average"], "why": "Weights come of scores."},
    "match": {
        "pairs": [["query", "asks"], ["key", "is found"], ["value", "answers"]],
        "why": "So.",
    },
    "gap": {
        "ask": "The scores are divided by ____.",
        "answers": [r"\sqrt{d_k}", "√d_k", "sqrt(d_k)"],
        "why": "Variance.",
        "wrong": [{"answer": "d_k", "why": "That is the variance itself."}],
    },
    "output": {
        "code": "print((2, 3))",
        "answer": "(2, 3)",
        "why": "A tuple.",
        "wrong": [{"answer": "2 3", "why": "Those are two arguments."}],
    },
}
CARDS: dict[str, Entry] = {
    "basic": {"front": "Why?", "back": "Because."},
    "cloze": {"text": "The [[query]] asks, the [[key]] is found."},
    "formula": {"front": "Softmax", "back": "$$e^x$$ with x a score"},
}


def question(kind: str, **changes: Any) -> Entry:
    return BASE | {"kind": kind} | KINDS[kind] | changes


def card(kind: str, **changes: Any) -> Entry:
    return {"id": "c", "topic": "scores", "kind": kind} | CARDS[kind] | changes


class Library:
    """The files of a bank, and the bank that reads them."""

    def __init__(self, catalog: Catalog) -> None:
        self.root = catalog.course.quizzes
        self.catalog = catalog

    def write(self, name: str, *entries: Entry | str) -> Path:
        """`name` is a file of the chapter, or one of the whole course where it starts with `/`."""
        file = self.root / (name[1:] if name.startswith("/") else f"{CHAPTER}/{name}")
        file.parent.mkdir(parents=True, exist_ok=True)
        texts = [e if isinstance(e, str) else dump([e]) for e in entries]
        file.write_text("".join(texts), "utf-8")
        return file

    @property
    def bank(self) -> Bank:
        return Bank(self.catalog)


def dump(data: Any) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
