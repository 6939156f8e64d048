"""`learn testout`: show that you know a chapter or a topic, and go on to what follows."""

from __future__ import annotations

import secrets

import click

from quizzes.bank import load_bank
from tui.commands.arguments import json_option, seed_option
from tui.commands.quiz_console import JsonLines, PlainLines, play
from tui.output import print_json, print_message
from tui.study.clock import now
from tui.study.quiz_round import MAX_SEED, TestOutRound
from tui.study.session import open_session

NOT_PASSED = 1


@click.command("testout")
@click.argument("what")
@seed_option
@json_option
def testout_command(what: str, seed: int | None, as_json: bool) -> int:
    """Test out of a chapter or a topic: its hardest questions. Passing opens what follows it.

    Leaving with Ctrl-D ends the attempt. You may try as often as you like; the numbers change.
    """
    with open_session() as session:
        chapter, topic = session.part(what)
        seed = secrets.randbelow(MAX_SEED) if seed is None else seed
        attempt = TestOutRound(chapter, topic, load_bank(session.catalog), seed, session.progress)
        if not as_json:
            total = len(attempt.questions)
            print_message(
                f"{(topic or chapter).title}: {total} questions. {attempt.needed} right pass."
            )
        play(attempt, JsonLines() if as_json else PlainLines(session.catalog), now)
    if not attempt.verdicts and not as_json:
        print_message(f"This was no attempt at {attempt.name}.")
        return 0
    _print_outcome(attempt, as_json)
    return 0 if attempt.passed or not attempt.verdicts else NOT_PASSED


def _print_outcome(attempt: TestOutRound, as_json: bool) -> None:
    if as_json:
        print_json({"event": "testout", "passed": attempt.passed, "needed": attempt.needed})
    elif attempt.passed:
        print_message(f"Passed: {attempt.name} is behind you. `learn next` goes on.")
    else:
        print_message(f"Not passed: {attempt.needed} right answers pass {attempt.name}.")
