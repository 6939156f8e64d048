"""`learn quiz`: questions one after the other, each explained at once."""

from __future__ import annotations

import secrets

import click

from quizzes.bank import load_bank
from quizzes.questions.sitting import SITTING
from tui.commands.arguments import chapter_argument, json_option, seed_option
from tui.commands.quiz_console import JsonLines, PlainLines, play
from tui.study.clock import now
from tui.study.quiz_round import (
    MAX_SEED,
    PREREQUISITES,
    Round,
    prerequisites_round,
    quiz_round,
)
from tui.study.session import Session, open_session


@click.command("quiz")
@chapter_argument
@click.option(
    "--count",
    type=click.IntRange(1, 100),
    default=SITTING,
    show_default=True,
    help="How many questions.",
)
@seed_option
@json_option
def quiz_command(chapter: str | None, count: int, seed: int | None, as_json: bool) -> None:
    """Answer questions on CHAPTER; without it, on what you have read, or on the first topic.

    `learn quiz prerequisites` shows what to know before chapter 1. Ctrl-D leaves; every answer so
    far is kept.
    """
    with open_session() as session:
        seed = secrets.randbelow(MAX_SEED) if seed is None else seed
        chosen = _round(session, chapter, seed, count)
        play(chosen, JsonLines() if as_json else PlainLines(session.catalog), now)


def _round(session: Session, chapter: str | None, seed: int, count: int) -> Round:
    bank, progress = load_bank(session.catalog), session.progress
    if chapter == PREREQUISITES:
        return prerequisites_round(bank, progress, seed, count)
    chosen = session.chapter(chapter) if chapter else None
    return quiz_round(chosen, bank, progress, seed, count)
