"""The kinds that are answered in the learner's own words: a number, a shape, a piece of text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from quizzes.questions import parse_answer
from quizzes.questions.body import Body, Draw, Mistake, Verdict
from quizzes.questions.expressions import evaluate, shown
from quizzes.questions.parse_answer import BadAnswer

# Decimal fractions have no exact binary form: 0.4 must count as 0.3 with a tolerance of 0.1.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Typed(Body):
    why: str
    wrong: tuple[Mistake, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        return (self.why,)

    def judged(self, right: bool, is_met: Callable[[Mistake], bool]) -> Verdict:
        """Explain the known mistake that was met, if any, and then the right answer."""
        met = () if right else tuple(m.why for m in self.wrong if is_met(m))[:1]
        return Verdict(right, (*met, *self.reasons), self.right_answer)


@dataclass(frozen=True)
class Number(Typed):
    answer: str
    tolerance: str
    unit: str = ""
    decimals: int | None = None

    @property
    def form(self) -> str:
        return f"Type a number{parse_answer.of(self.unit)}."

    @property
    def right_answer(self) -> str:
        exact = evaluate(self.answer, {})
        rounded = exact if self.decimals is None else round(exact, self.decimals)
        return f"{shown(rounded)} {self.unit}".strip()

    def drawn(self, draw: Draw) -> Self:
        return replace(
            self,
            why=draw.text(self.why),
            wrong=draw.mistakes(self.wrong, draw.value),
            answer=draw.value(self.answer),
            tolerance=draw.value(self.tolerance),
        )

    def check(self, typed: str) -> Verdict:
        tolerance = evaluate(self.tolerance, {})
        is_count = tolerance == 0 and isinstance(evaluate(self.answer, {}), int)
        given = parse_answer.number(typed, self.unit, is_count)

        def is_near(expression: str) -> bool:
            wanted = evaluate(expression, {})
            return abs(given - wanted) <= tolerance + ROUNDING * abs(wanted)

        return self.judged(is_near(self.answer), lambda m: is_near(m.answer[0]))


@dataclass(frozen=True)
class Shape(Typed):
    answer: tuple[str, ...]

    @property
    def form(self) -> str:
        return f"Type the shape, as {parse_answer.SHAPE_EXAMPLE}."

    @property
    def right_answer(self) -> str:
        comma = "," if len(self.answer) == 1 else ""
        return f"({', '.join(self.answer)}{comma})"

    def drawn(self, draw: Draw) -> Self:
        return replace(
            self,
            why=draw.text(self.why),
            wrong=draw.mistakes(self.wrong, draw.value),
            answer=tuple(map(draw.value, self.answer)),
        )

    def check(self, typed: str) -> Verdict:
        given = tuple(map(str, parse_answer.shape(typed)))
        return self.judged(given == self.answer, lambda m: given == m.answer)


@dataclass(frozen=True)
class Text(Typed):
    """Compared by what `same` leaves of a text; every one of `answers` is right."""

    answers: tuple[str, ...]

    @property
    def right_answer(self) -> str:
        return self.answers[0]

    def same(self, text: str) -> str:
        return parse_answer.without_spaces(text)

    def drawn(self, draw: Draw) -> Self:
        return replace(
            self,
            why=draw.text(self.why),
            wrong=draw.mistakes(self.wrong, draw.text),
            answers=tuple(map(draw.text, self.answers)),
        )

    def check(self, typed: str) -> Verdict:
        given = self.same(typed)
        if not given:
            raise BadAnswer(self.form)
        right = given in map(self.same, self.answers)
        return self.judged(right, lambda m: given == self.same(m.answer[0]))


@dataclass(frozen=True)
class Gap(Text):
    """A piece that is missing in a formula or in code."""

    @property
    def form(self) -> str:
        return "Type what belongs in the gap; spaces do not count."


@dataclass(frozen=True)
class Output(Text):
    """What `code` prints."""

    code: str

    @property
    def form(self) -> str:
        return "Type what it prints; spaces and line breaks do not count."

    def same(self, text: str) -> str:
        return parse_answer.printed(text)

    def check(self, typed: str) -> Verdict:
        """`[1, 1]` counts as `[1.0, 1.0]`, unless `wrong` says that just this is the mistake."""
        verdict = super().check(typed)
        texts = [self.answers[0], *(mistake.answer[0] for mistake in self.wrong)]
        if verdict.right or self.same(typed) in map(self.same, texts):
            return verdict
        values = parse_answer.printed_values(typed)
        meant = next((text for text in texts if parse_answer.printed_values(text) == values), None)
        if meant is None:
            return verdict
        meant_one = super().check(meant)
        if not meant_one.right:
            return meant_one
        note = f"The numbers are right. It prints `{meant}`."
        return replace(meant_one, explanations=(note, *meant_one.explanations))

    def drawn(self, draw: Draw) -> Self:
        return replace(super().drawn(draw), code=draw.text(self.code))
