"""A round of questions on stdin and stdout: as sentences for a person, as JSON for a script."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

import click

from exercises.catalog import Catalog
from quizzes.questions.question import DONT_KNOW, Asked, BadAnswer, Verdict
from tui.commands.prompt import read_line
from tui.output import print_json
from tui.study.quiz_round import Round
from tui.text.plain import one_line, wrapped


class Lines(ABC):
    """How a round is shown."""

    prompt = ""

    @abstractmethod
    def question(self, asked: Asked, number: int, of: int) -> None: ...

    @abstractmethod
    def bad_answer(self, says: str) -> None: ...

    @abstractmethod
    def verdict(self, verdict: Verdict) -> None: ...

    @abstractmethod
    def result(self, round: Round) -> None: ...


def play(round: Round, lines: Lines, now: Callable[[], datetime]) -> None:
    """Ask until all is answered or the input ends. What was answered is kept either way."""
    while asked := round.current:
        lines.question(asked, len(round.verdicts) + 1, len(round.questions))
        verdict = None
        while verdict is None:
            typed = read_line(lines.prompt)
            if typed is None:
                _show_result(round, lines)
                return
            try:
                verdict = round.answer(typed, now())
            except BadAnswer as error:
                lines.bad_answer(str(error))
        if round.explains:
            lines.verdict(verdict)
    _show_result(round, lines)


def _show_result(round: Round, lines: Lines) -> None:
    if round.explains:
        lines.result(round)


class PlainLines(Lines):
    prompt = "> "

    def __init__(self, catalog: Catalog) -> None:
        self._titles = {id: topic.title for id, (_, topic) in catalog.topics.items()}

    def question(self, asked: Asked, number: int, of: int) -> None:
        click.secho(f"\nQuestion {number} of {of}", bold=True)
        click.echo(wrapped(asked.text))
        for items in (asked.items, asked.partners):
            if items:
                click.echo()
            for item in items:
                click.echo(_item(f"{item.label}) {item.text}"))
        form = wrapped(f"{asked.form} Or {DONT_KNOW} if you do not know.")
        click.secho(f"\n{form}", dim=True)

    def bad_answer(self, says: str) -> None:
        click.echo(says)

    def verdict(self, verdict: Verdict) -> None:
        if verdict.right:
            click.secho("Right.", fg="green", bold=True)
        else:
            if not verdict.unknown:
                click.secho("Not right.", fg="red", bold=True)
            _tell_answer(verdict.answer)
        for explanation in verdict.explanations:
            click.echo(wrapped(explanation))

    def result(self, round: Round) -> None:
        answered = len(round.verdicts)
        if not answered:
            click.echo("Nothing was answered.")
            return
        left = len(round.questions) - answered
        said = f"{round.correct} of {answered} right."
        click.secho(f"\n{said}" + (f" {left} not answered." if left else ""), bold=True)
        if round.revisit:
            click.echo("To revisit:")
        for topic in round.revisit:
            title = self._titles.get(topic)
            # The topics of the prerequisites have no section in a lesson.
            click.echo(f"  {one_line(title)}: learn read {topic}" if title else f"  {topic}")


def _item(text: str) -> str:
    """An item behind its label, which the lines that follow leave free."""
    return wrapped(text, " " * 5).removeprefix(" " * 3)


def _tell_answer(answer: str) -> None:
    """In one line with what is said of it, or one item a line."""
    if "\n" not in answer:
        click.echo(wrapped(f"The answer is: {answer}"))
        return
    click.echo("The answer is:")
    for item in answer.splitlines():
        click.echo(_item(item))


class JsonLines(Lines):
    """One JSON document a line: `question`, `bad_answer`, `verdict` and, last, `result`."""

    def question(self, asked: Asked, number: int, of: int) -> None:
        print_json(
            {
                "event": "question",
                "number": number,
                "of": of,
                "id": asked.question.id,
                "topic": asked.question.topic,
                "kind": asked.kind,
                "ask": asked.ask,
                "code": asked.code,
                "items": [asdict(item) for item in asked.items],
                "partners": [asdict(item) for item in asked.partners],
                "form": asked.form,
            }
        )

    def bad_answer(self, says: str) -> None:
        print_json({"event": "bad_answer", "says": says})

    def verdict(self, verdict: Verdict) -> None:
        print_json({"event": "verdict", **asdict(verdict)})

    def result(self, round: Round) -> None:
        print_json(
            {
                "event": "result",
                "correct": round.correct,
                "answered": len(round.verdicts),
                "of": len(round.questions),
                "revisit": round.revisit,
            }
        )
