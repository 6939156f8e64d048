"""Questions from their YAML. A mistake is reported with file and line (docs/authoring.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import cast

from exercises.yaml_mapping import Fields
from quizzes.content_file import ContentFile
from quizzes.questions.body import Body, Mistake
from quizzes.questions.expressions import ExpressionError, Scalar
from quizzes.questions.free_response import Gap, Number, Output, Shape
from quizzes.questions.question import KINDS, Question, QuestionKind
from quizzes.questions.selected_response import Choices, Match, Option, Order

BLANK = "____"
MAX_ITEMS = 9  # one digit names each of them
ANY_SEED = 0


def read_questions(content: ContentFile) -> tuple[Question, ...]:
    return tuple(_question(fields, content) for fields in content.entries())


def _question(fields: Fields, content: ContentFile) -> Question:
    kind = cast(QuestionKind, fields.one_of("kind", KINDS))
    question = Question(
        id=fields.text("id"),
        chapter=content.chapter,
        topic=content.topic(fields),
        difficulty=fields.whole("difficulty", 1, 5),
        kind=kind,
        ask=_ask(fields, kind),
        parameters=_parameters(fields.mapping("parameters")) if fields.has("parameters") else {},
        body=BODIES[kind](fields),
        proof=fields.optional("proof"),
        after=content.after(fields),
    )
    try:
        question.draw(ANY_SEED)
    except ExpressionError as error:
        raise fields.mistake(f"({question.id}): {error}", "id") from error
    return question


def _ask(fields: Fields, kind: str) -> str:
    ask = fields.text("ask")
    gaps = len(re.findall(r"_{4,}", ask))
    if kind == "gap" and gaps != 1:
        raise fields.mistake(f"must hold one gap, {BLANK}, not {gaps}", "ask")
    return ask


def _parameters(fields: Fields) -> dict[str, tuple[Scalar, ...]]:
    for name in fields.names:
        if not name.isidentifier():
            raise fields.mistake("is no name that an expression can use", name)
    return {name: fields.numbers(name, at_least=2) for name in fields.names}


def _choice(fields: Fields) -> Body:
    options = _options(fields)
    right = sum(option.right for option in options)
    if right != 1:
        raise fields.mistake(f"must have one option with `right: true`, not {right}", "options")
    return Choices(options, several=False)


def _choices(fields: Fields) -> Body:
    return Choices(_options(fields), several=True)


def _options(fields: Fields) -> tuple[Option, ...]:
    options = []
    for entry in fields.mappings("options"):
        right = entry.has("right") and entry.flag("right")
        holds = entry.optional("holds")
        options.append(Option(entry.scalar("text"), entry.text("why"), right, holds))
        entry.finish()
    _check_items(fields, "options", [option.text for option in options])
    return tuple(options)


def _number(fields: Fields) -> Body:
    return Number(
        answer=fields.scalar("answer"),
        tolerance=fields.scalar("tolerance"),
        decimals=fields.whole("decimals", 1, 6) if fields.has("decimals") else None,
        unit=fields.optional("unit") or "",
        why=fields.text("why"),
        wrong=_wrong(fields, lambda entry: (entry.scalar("answer"),)),
    )


def _shape(fields: Fields) -> Body:
    return Shape(
        answer=fields.scalars("answer"),
        why=fields.text("why"),
        wrong=_wrong(fields, lambda entry: entry.scalars("answer")),
    )


def _order(fields: Fields) -> Body:
    steps = fields.scalars("steps")
    _check_items(fields, "steps", steps)
    return Order(steps, fields.text("why"))


def _match(fields: Fields) -> Body:
    pairs = fields.pairs("pairs")
    _check_items(fields, "pairs", [left for left, _ in pairs])
    return Match(pairs, fields.text("why"))


def _gap(fields: Fields) -> Body:
    return Gap(
        answers=fields.scalars("answers", at_least=1),
        why=fields.text("why"),
        wrong=_wrong(fields, lambda entry: (entry.scalar("answer"),)),
    )


def _output(fields: Fields) -> Body:
    return Output(
        code=fields.text("code"),
        answers=(fields.scalar("answer"),),
        why=fields.text("why"),
        wrong=_wrong(fields, lambda entry: (entry.scalar("answer"),)),
    )


BODIES: dict[QuestionKind, Callable[[Fields], Body]] = {
    "choice": _choice,
    "choices": _choices,
    "number": _number,
    "shape": _shape,
    "order": _order,
    "match": _match,
    "gap": _gap,
    "output": _output,
}


def _wrong(fields: Fields, answer: Callable[[Fields], tuple[str, ...]]) -> tuple[Mistake, ...]:
    if not fields.has("wrong"):
        return ()
    mistakes = []
    for entry in fields.mappings("wrong"):
        mistakes.append(Mistake(answer(entry), entry.text("why")))
        entry.finish()
    return tuple(mistakes)


def _check_items(fields: Fields, key: str, texts: Collection[str]) -> None:
    if not 2 <= len(texts) <= MAX_ITEMS:
        raise fields.mistake(f"must have 2 to {MAX_ITEMS} entries, not {len(texts)}", key)
    if len(set(texts)) != len(texts):
        raise fields.mistake("must not repeat a text", key)
