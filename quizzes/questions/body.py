"""What every kind of question shares: `selected_response.py` and `free_response.py` hold the kinds.

All values are texts. As written in the YAML they may hold expressions of parameters; `drawn` gives
the same kind with the expressions replaced by their values, and with its parts shuffled.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Self

from quizzes.questions.expressions import Values, evaluate, fill


@dataclass(frozen=True)
class Verdict:
    """All texts are Markdown. `explanations`: of what was answered first, then of what is right.

    `unknown`: they said that they do not know, and so answered nothing wrongly.
    """

    right: bool
    explanations: tuple[str, ...]
    answer: str
    unknown: bool = False


@dataclass(frozen=True)
class Item:
    """A line below the question: the label by which it is answered, and its text."""

    label: str
    text: str


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, and why it is wrong. A shape has a part per dimension."""

    answer: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Draw:
    """The numbers of one draw of a question, and the order in which its parts are shown."""

    values: Values
    random: Random

    def text(self, template: str) -> str:
        return fill(template, self.values)

    def value(self, expression: str) -> str:
        return repr(evaluate(expression, self.values))

    def mistakes(
        self, wrong: tuple[Mistake, ...], read: Callable[[str], str]
    ) -> tuple[Mistake, ...]:
        return tuple(Mistake(tuple(map(read, m.answer)), self.text(m.why)) for m in wrong)


class Body(ABC):
    """What is special to one kind of question."""

    @property
    @abstractmethod
    def form(self) -> str:
        """How an answer is typed, in one sentence."""

    @property
    def items(self) -> tuple[Item, ...]:
        """What is listed below the question."""
        return ()

    @property
    @abstractmethod
    def right_answer(self) -> str:
        """In Markdown."""

    @property
    @abstractmethod
    def reasons(self) -> tuple[str, ...]:
        """Why that is right."""

    @abstractmethod
    def drawn(self, draw: Draw) -> Self: ...

    @abstractmethod
    def check(self, typed: str) -> Verdict:
        """Raises BadAnswer where `typed` does not have the form of an answer."""

    def unknown(self) -> Verdict:
        """For who says that they do not know."""
        return Verdict(False, self.reasons, self.right_answer, unknown=True)
