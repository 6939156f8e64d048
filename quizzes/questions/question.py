"""A question: as it is written, and as it is asked with the numbers of one draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from quizzes.questions.body import Body, Draw, Item, Mistake, Verdict
from quizzes.questions.expressions import ExpressionError, Scalar, Values
from quizzes.questions.free_response import Gap, Number, Output, Shape
from quizzes.questions.parse_answer import BadAnswer
from quizzes.questions.selected_response import Choices, Match, Option, Order

__all__ = [
    "DONT_KNOW",
    "KINDS",
    "Asked",
    "BadAnswer",
    "Body",
    "Choices",
    "ExpressionError",
    "Gap",
    "Item",
    "Match",
    "Mistake",
    "Number",
    "Option",
    "Order",
    "Output",
    "Question",
    "QuestionKind",
    "Shape",
    "Verdict",
]

QuestionKind = Literal["choice", "choices", "number", "shape", "order", "match", "gap", "output"]
KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
DONT_KNOW = "?"  # typed in place of an answer, of any kind


@dataclass(frozen=True)
class Question:
    """`chapter` is empty for the prerequisites, whose topics belong to no chapter.

    `after` are words of the lesson: what is asked is known to whoever has read up to them.
    """

    id: str
    chapter: str
    topic: str
    difficulty: int
    kind: QuestionKind
    ask: str
    body: Body
    parameters: Mapping[str, tuple[Scalar, ...]]
    proof: str | None = None
    after: str | None = None

    def draw(self, seed: int) -> Asked:
        """The question as it is asked; the same seed gives the same numbers and order."""
        random = Random(f"{self.id} {seed}")
        values = {name: random.choice(numbers) for name, numbers in self.parameters.items()}
        draw = Draw(values, random)
        return Asked(self, seed, values, draw.text(self.ask), self.body.drawn(draw))


@dataclass(frozen=True)
class Asked:
    question: Question
    seed: int
    values: Values
    ask: str
    body: Body

    @property
    def kind(self) -> QuestionKind:
        return self.question.kind

    @property
    def form(self) -> str:
        """How an answer is typed, in one sentence."""
        return self.body.form

    @property
    def items(self) -> tuple[Item, ...]:
        """What is listed below the question: options, steps, or the left sides of a match."""
        return self.body.items

    @property
    def partners(self) -> tuple[Item, ...]:
        """The right sides of a match."""
        return self.body.partners if isinstance(self.body, Match) else ()

    @property
    def code(self) -> str | None:
        """The code whose output is asked."""
        return self.body.code if isinstance(self.body, Output) else None

    @property
    def text(self) -> str:
        """The whole question in Markdown, with its code."""
        return f"{self.ask}\n\n```python\n{self.code.rstrip()}\n```" if self.code else self.ask

    def check(self, typed: str) -> Verdict:
        """Raises BadAnswer, which costs nothing, where `typed` has not the form of an answer."""
        return self.body.unknown() if typed.strip() == DONT_KNOW else self.body.check(typed)
