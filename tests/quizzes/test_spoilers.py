"""Nothing that can be read before an exercise is passed holds the lines of its solution.

A text of a chapter may use what an earlier chapter has built.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from code_forms import code_of, form, seen_through, value_of

from exercises.catalog import Chapter, Exercise, load_catalog
from exercises.lesson import sections
from quizzes.bank import load_bank
from quizzes.questions.free_response import Text, Typed
from quizzes.questions.question import Choices, Question
from quizzes.questions.selected_response import Match, Order

CHAPTERS = load_catalog().chapters
BANK = load_bank()
OPEN_AT_THE_END = 2  # the last hints may say nearly all
TELLING = 3  # operations of a line that says something of its own
COMMON = {
    "max(abs(Sub(_, _)))",  # how far two tensors lie apart: everybody's line
    "Add(Mult(_, _), Mult(_, _))",  # a weighted sum of two
}

every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)


@dataclass(frozen=True)
class Secrets:
    """By their form: the telling lines as they stand, and functions that are a single formula."""

    lines: dict[str, str]
    formulas: dict[str, str]


@cache
def secrets(exercise: Exercise) -> Secrets:
    tree = ast.parse((exercise.suite / "solution.py").read_text("utf-8"))
    lines, formulas = {}, {}
    for node in ast.walk(tree):
        if (value := value_of(node)) is not None and form(value, {}).size >= TELLING:
            lines[form(value, {}).text] = ast.unparse(node)
        if isinstance(node, ast.FunctionDef) and all(map(value_of, node.body)):
            *_, last = seen_through(node.body)
            if last.size >= TELLING:
                formulas[last.text] = f"all of {node.name}"
    return Secrets(_without_common(lines), _without_common(formulas))


def _without_common(forms: dict[str, str]) -> dict[str, str]:
    return {telling: line for telling, line in forms.items() if telling not in COMMON}


@cache  # a text is read for each exercise that it might give away
def forms_in(text: str) -> tuple[set[str], set[str]]:
    """Of the code in a text: each expression as it is written, and each with its names resolved."""
    written, meant = set(), set()
    for statements in code_of(text):
        nodes = [node for statement in statements for node in ast.walk(statement)]
        written |= {form(node, {}).text for node in nodes if isinstance(node, ast.expr)}
        meant |= {whole.text for whole in seen_through(statements)}
    return written, meant


def given_away(text: str, exercise: Exercise) -> list[str]:
    written, meant = forms_in(text)
    secret = secrets(exercise)
    found = [line for telling, line in secret.lines.items() if telling in written]
    return found + [all_of for telling, all_of in secret.formulas.items() if telling in meant]


def open_texts(chapter: Chapter) -> Iterator[tuple[str, str]]:
    part = BANK.chapter(chapter.id)
    for section in sections(chapter):
        yield f"the lesson's section {section.anchor}", section.text
    for question in part.questions:
        yield f"question {question.id}", "\n\n".join(texts_of(question))
    for faq in part.faq:
        yield f"faq {faq.id}", f"{faq.question}\n\n{faq.answer}"
    for note in part.notes:
        yield f"card {note.id}", f"{note.text}\n\n{note.back}"
    for exercise in chapter.exercises:
        for number, hint in enumerate(exercise.hints[:-OPEN_AT_THE_END], start=1):
            yield f"hint {number} of {exercise.id}", hint
    sheet = BANK.cheat_sheet.read_text("utf-8")
    if own := re.search(rf"(?ms)^## {chapter.number} · .*?(?=^## |\Z)", sheet):
        yield "the cheat sheet", own[0]


def texts_of(question: Question) -> Iterator[str]:
    """What is asked, all that can be chosen, and what is explained."""
    asked = question.draw(0)
    yield asked.ask
    yield f"```python\n{asked.code}\n```" if asked.code else ""
    match asked.body:
        case Choices(options=options):
            yield from (f"{option.text}\n\n{option.why}" for option in options)
        case Order(steps=steps, why=why):
            yield "\n".join(steps)
            yield why
        case Match(pairs=pairs, why=why):
            yield from (f"{left}\n\n{right}" for left, right in pairs)
            yield why
        case Typed(why=why, wrong=wrong) as body:
            yield from (why, *(mistake.why for mistake in wrong))
            if isinstance(body, Text) and asked.kind == "gap":
                yield from (re.sub("_{4,}", answer, asked.ask) for answer in body.answers)


@every_chapter
def test_nothing_open_gives_a_solution_away(chapter: Chapter) -> None:
    ahead = [e for other in CHAPTERS if other.number >= chapter.number for e in other.exercises]
    spoilers = [
        f"{place} gives {exercise.id} away: {line}"
        for place, text in open_texts(chapter)
        for exercise in ahead
        for line in given_away(text, exercise)
    ]
    assert not spoilers, "\n".join(spoilers)


def test_the_glossary_gives_nothing_away() -> None:
    for term in BANK.glossary:
        for exercise in load_catalog().exercises:
            assert given_away(f"{term.short}\n\n{term.long}", exercise) == [], term.id


def test_an_answer_that_waits_is_not_read_before_the_pass() -> None:
    waiting = set(BANK.faq_after([e.id for e in load_catalog().exercises])) - set(BANK.faq)
    assert waiting
    for faq in waiting:
        assert faq.waits_for
        assert faq in BANK.faq_after([faq.waits_for])
        assert given_away(faq.answer, load_catalog().exercise(faq.waits_for)), "it need not wait"


def test_a_solution_in_a_text_would_be_found() -> None:
    """But for a few that are too short to have a line of their own."""
    exercises = load_catalog().exercises
    found = [
        exercise.id
        for exercise in exercises
        if given_away(
            f"```python\n{(exercise.suite / 'solution.py').read_text('utf-8')}```", exercise
        )
    ]
    assert len(found) >= 0.75 * len(exercises)


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("softmax", "```python\n>>> e = (s - s.max()).exp()\n>>> e / e.sum()\n```"),
        (
            "masked_softmax",
            "```python\ns = s.masked_fill(~m, torch.finfo(s.dtype).min)\n"
            "w = torch.softmax(s, dim=-1).masked_fill(~m, 0.0)\n```",
        ),
        ("masked_softmax", "Take `F.softmax(x.masked_fill(~allowed, low), -1)`, then"),
        ("multiplicative_score", "`a @ w @ b.mT`"),
        (
            "scaled_dot_product_attention",
            "`scores = q @ k.mT / math.sqrt(q.size(-1))`\n"
            "`scores = scores.masked_fill(~mask, -math.inf)`",
        ),
        ("attention_entropy", "sum it: `-torch.xlogy(p, p).sum(dim=-1)`"),
        ("per_head_projection", "`torch.einsum('bsc,hcd->bhsd', x, w)`"),
    ],
)
def test_a_solution_in_other_words_is_found(id: str, text: str) -> None:
    assert given_away(text, load_catalog().exercise(id))


def test_what_leads_up_to_a_solution_is_none() -> None:
    for exercise in load_catalog().exercises:
        assert not given_away("`weights @ values`, `F.softmax(scores, dim=-1)`", exercise)
