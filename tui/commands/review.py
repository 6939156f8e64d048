"""`learn review`: the flashcards of this day."""

from __future__ import annotations

import time

import click

from quizzes.cards.card import Card
from quizzes.cards.scheduling import RATINGS, Rating
from tui.commands.arguments import json_option
from tui.commands.prompt import read_line
from tui.output import print_json
from tui.study.clock import local_now
from tui.study.daily_cards import todays_cards
from tui.study.review_session import ReviewSession
from tui.study.review_words import leech_note, postponed_note, span
from tui.study.session import open_session, open_session_to_look
from tui.text.plain import wrapped

RATINGS_BY_KEY: dict[str, Rating] = {str(rating): rating for rating in RATINGS}
RATINGS_BY_NAME: dict[str, Rating] = {name: rating for rating, name in RATINGS.items()}
RATINGS_AS_TYPED = RATINGS_BY_KEY | RATINGS_BY_NAME


@click.command("review")
@click.option("--limit", type=click.IntRange(min=1), help="Stop after this many cards.")
@json_option
def review_command(limit: int | None, as_json: bool) -> None:
    """Review the cards that are due, then meet new ones.

    Enter shows the answer; 1 to 4 say how well you knew it; u takes back the last rating, q leaves.
    With --json it only prints which cards are waiting.
    """
    with (open_session_to_look if as_json else open_session)() as session:
        if as_json:
            waiting = todays_cards(session, local_now())
            print_json(
                {
                    "learning": waiting.learning,
                    "due": waiting.due,
                    "new": waiting.new,
                    "postponed": waiting.postponed,
                }
            )
            return
        reviews = ReviewSession(session, local_now(), limit)
        _print_start(reviews)
        while (card := reviews.current) and _ask(reviews, card):
            pass
        _print_end(reviews)


def _ask(reviews: ReviewSession, card: Card) -> bool:
    """Ask one card; False where the learner leaves."""
    started = time.monotonic()
    click.secho(f"\n{reviews.left} left", dim=True)
    click.echo(wrapped(card.front))
    typed = read_line("Enter shows the answer: ")
    if typed is None or typed.strip().lower() == "q":
        return False
    if typed.strip().lower() == "u":
        _undo(reviews)
        return True
    click.echo(wrapped(card.back))
    if card.hidden:
        click.echo(wrapped(f"Hidden was: {card.hidden}"))
    click.secho(_choices(reviews), dim=True)
    while True:
        typed = read_line("How well? ")
        key = "q" if typed is None else typed.strip().lower()
        if key == "q":
            return False
        if key == "u":
            _undo(reviews)
            return True
        if key in RATINGS_AS_TYPED:
            break
        click.echo("Type 1, 2, 3 or 4; u to take back the last rating; q to leave.")
    spent = round((time.monotonic() - started) * 1000)
    after = reviews.rate(RATINGS_AS_TYPED[key], local_now(), spent)
    if after.state == "relearning" and (note := leech_note(after)):
        click.echo(f"{wrapped(note)}\nlearn read {card.topic}")
    return True


def _undo(reviews: ReviewSession) -> None:
    if not reviews.undo(local_now()):
        click.echo("There is no rating to take back.")


def _choices(reviews: ReviewSession) -> str:
    intervals = reviews.intervals(local_now())
    shown = [f"{rating} {name} ({span(intervals[rating])})" for rating, name in RATINGS.items()]
    return "  ".join([*shown, "u undo", "q quit"])


def _print_start(reviews: ReviewSession) -> None:
    plan = reviews.plan
    if not plan.cards:
        click.echo(wrapped(reviews.when_empty))
        return
    click.echo(f"{plan.repeats} due, {len(plan.new)} new.")
    if note := postponed_note(plan):
        click.echo(wrapped(note))


def _print_end(reviews: ReviewSession) -> None:
    if reviews.count:
        click.secho(f"\n{reviews.count} reviewed, {reviews.left} left.", bold=True)
