"""The kinds that are answered by labels: choose, put in order, match.

The labels in the examples of their `form` are no question's: an example must not be an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from quizzes.questions import parse_answer
from quizzes.questions.body import Body, Draw, Item, Verdict
from quizzes.questions.parse_answer import OPTION_LETTERS, BadAnswer


@dataclass(frozen=True)
class Option:
    """`holds` is Python that says whether the option is true, where that can be computed."""

    text: str
    why: str
    right: bool = False
    holds: str | None = None


@dataclass(frozen=True)
class Choices(Body):
    """Several options, of which one (`several` is false) or any number are right."""

    options: tuple[Option, ...]
    several: bool

    @property
    def form(self) -> str:
        if self.several:
            return "Type the letters of all that are right, as x z, or none."
        return f"Type one letter, a to {OPTION_LETTERS[len(self.options) - 1]}."

    @property
    def items(self) -> tuple[Item, ...]:
        return _items(OPTION_LETTERS, (option.text for option in self.options))

    def drawn(self, draw: Draw) -> Self:
        options = [replace(o, text=draw.text(o.text), why=draw.text(o.why)) for o in self.options]
        draw.random.shuffle(options)
        return replace(self, options=tuple(options))

    def check(self, typed: str) -> Verdict:
        chosen = self._chosen(typed)
        right = {place for place, option in enumerate(self.options) if option.right}
        misjudged = sorted(chosen ^ right, key=lambda place: self.options[place].right)
        explained = self._why(misjudged) if misjudged else self.reasons
        return Verdict(not misjudged, explained, self.right_answer)

    @property
    def right_answer(self) -> str:
        right = (place for place, option in enumerate(self.options) if option.right)
        return "\n".join(_line(OPTION_LETTERS[p], self.options[p].text) for p in right) or "none"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Where none is right, that is explained by why each of them is wrong."""
        right = [place for place, option in enumerate(self.options) if option.right]
        return self._why(right or range(len(self.options)))

    def _why(self, places: Iterable[int]) -> tuple[str, ...]:
        return tuple(f"{OPTION_LETTERS[place]}) {self.options[place].why}" for place in places)

    def _chosen(self, typed: str) -> set[int]:
        texts = [parse_answer.without_spaces(option.text).casefold() for option in self.options]
        # Where options are numbers, a number means the option's text and never its place.
        if (text := parse_answer.without_spaces(typed).casefold()) in texts:
            return {texts.index(text)}
        if self.several and text in ("none", "-", "0"):
            return set()
        by_place = any(character.isdecimal() for character in text)
        are_numbers = any(other[:1].isdecimal() for other in texts)
        chosen = parse_answer.places(typed, len(self.options))
        if not chosen or (by_place and are_numbers) or (len(chosen) > 1 and not self.several):
            raise BadAnswer(self.form)
        return set(chosen)


@dataclass(frozen=True)
class Order(Body):
    """`steps` are in the right order, `shown` are the same as they are listed."""

    steps: tuple[str, ...]
    why: str
    shown: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        return f"Type all {len(self.steps)} letters in the right order, as y x z."

    @property
    def items(self) -> tuple[Item, ...]:
        return _items(OPTION_LETTERS, self.shown)

    def drawn(self, draw: Draw) -> Self:
        steps = tuple(map(draw.text, self.steps))
        shown = list(steps)
        while tuple(shown) == steps:
            draw.random.shuffle(shown)
        return replace(self, steps=steps, shown=tuple(shown), why=draw.text(self.why))

    def check(self, typed: str) -> Verdict:
        order = parse_answer.places(typed, len(self.steps))
        if order is None or len(order) != len(self.steps):
            raise BadAnswer(self.form)
        right = tuple(self.shown[place] for place in order) == self.steps
        return Verdict(right, self.reasons, self.right_answer)

    @property
    def right_answer(self) -> str:
        return "\n".join(_line(OPTION_LETTERS[self.shown.index(s)], s) for s in self.steps)

    @property
    def reasons(self) -> tuple[str, ...]:
        return (self.why,)


@dataclass(frozen=True)
class Match(Body):
    """Each left side has its right one; `shown` are the right ones as they are listed."""

    pairs: tuple[tuple[str, str], ...]
    why: str
    shown: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        return "Type a number for each letter, as x2 y1 z3."

    @property
    def items(self) -> tuple[Item, ...]:
        return _items(OPTION_LETTERS, (left for left, _ in self.pairs))

    @property
    def partners(self) -> tuple[Item, ...]:
        return _items(map(str, range(1, 100)), self.shown)

    def drawn(self, draw: Draw) -> Self:
        pairs = tuple((draw.text(left), draw.text(right)) for left, right in self.pairs)
        shown = list(dict.fromkeys(right for _, right in pairs))
        draw.random.shuffle(shown)
        return replace(self, pairs=pairs, shown=tuple(shown), why=draw.text(self.why))

    def check(self, typed: str) -> Verdict:
        chosen = parse_answer.assignment(typed, len(self.pairs), len(self.shown))
        if chosen is None:
            raise BadAnswer(self.form)
        right = all(
            self.shown[place] == partner
            for place, (_, partner) in zip(chosen, self.pairs, strict=True)
        )
        return Verdict(right, self.reasons, self.right_answer)

    @property
    def right_answer(self) -> str:
        return "\n".join(
            _line(f"{letter}{self.shown.index(partner) + 1}", f"{left.rstrip('.')}: {partner}")
            for letter, (left, partner) in zip(OPTION_LETTERS, self.pairs, strict=False)
        )

    @property
    def reasons(self) -> tuple[str, ...]:
        return (self.why,)


def _items(labels: Iterable[str], texts: Iterable[str]) -> tuple[Item, ...]:
    return tuple(Item(label, text) for label, text in zip(labels, texts, strict=False))


def _line(label: str, text: str) -> str:
    """Of a right answer, which has one item a line."""
    return f"{label}) {' '.join(text.splitlines())}"
