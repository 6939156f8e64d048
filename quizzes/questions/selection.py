"""Which questions are asked. Pure: what was answered before and the seed are arguments."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from random import Random

from quizzes.questions.question import Question
from quizzes.questions.sitting import PASS_SHARE

TESTOUT_PER_TOPIC = 2


def for_quiz(
    questions: Iterable[Question], answered: Mapping[str, bool], count: int, seed: int
) -> tuple[Question, ...]:
    """What was answered wrongly first, then what was never asked, then the rest; topics in turn.

    `answered` says whether the last answer to a question was right, oldest first.
    """
    places = {id: place for place, id in enumerate(answered, start=1)}
    mixed = _shuffled(questions, seed)
    wrong = [question for question in mixed if answered.get(question.id) is False]
    others = [question for question in mixed if answered.get(question.id) is not False]
    # A question that was never asked has place 0, and comes before those that were.
    in_turn = _in_turn(others, lambda question: places.get(question.id, 0))
    return _in_turn((*wrong, *in_turn)[:count], lambda question: 0)


def for_testout(questions: Iterable[Question], seed: int) -> tuple[Question, ...]:
    """The hardest of every topic."""
    by_topic: dict[str, list[Question]] = defaultdict(list)
    for question in sorted(_shuffled(questions, seed), key=lambda q: -q.difficulty):
        by_topic[question.topic].append(question)
    hardest = [q for topic in by_topic.values() for q in topic[:TESTOUT_PER_TOPIC]]
    return _in_turn(hardest, lambda question: question.difficulty)


def pass_mark(asked: int) -> int:
    """How many of the questions of a test-out must be right."""
    return math.ceil(PASS_SHARE * asked)


def _shuffled(questions: Iterable[Question], seed: int) -> list[Question]:
    mixed = list(questions)
    Random(seed).shuffle(mixed)
    return mixed


def _in_turn(
    questions: Iterable[Question], rank: Callable[[Question], int]
) -> tuple[Question, ...]:
    """The first of each topic by rank, then the second of each: neighbours differ in topic."""
    counts: dict[str, int] = defaultdict(int)
    rounds: dict[int, list[Question]] = defaultdict(list)
    for question in sorted(questions, key=rank):
        rounds[counts[question.topic]].append(question)
        counts[question.topic] += 1
    return tuple(question for number in sorted(rounds) for question in rounds[number])
