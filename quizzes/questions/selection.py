"""Which questions are asked. Pure: what was answered before and the seed are arguments."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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


def for_exam(
    chapters: Sequence[Collection[Question]], count: int, seed: int
) -> tuple[Question, ...]:
    """`count` questions, chapter by chapter: each has as many as its share of all topics, and none
    of its topics is asked twice before each was asked once."""
    topics = [len({question.topic for question in questions}) for questions in chapters]
    chosen: list[Question] = []
    for questions, seats in zip(chapters, _seats(count, topics), strict=True):
        chosen += _in_turn(_shuffled(questions, seed), lambda question: 0)[:seats]
    return tuple(chosen)


def _seats(count: int, weights: Sequence[int]) -> list[int]:
    """`count` in whole shares by weight: what is left after rounding down goes to the largest
    remainders."""
    exact = [count * weight / sum(weights) for weight in weights]
    seats = [int(share) for share in exact]
    by_remainder = sorted(range(len(seats)), key=lambda place: seats[place] - exact[place])
    for place in by_remainder[: count - sum(seats)]:
        seats[place] += 1
    return seats


def pass_mark(asked: int) -> int:
    """How many of the questions of a test-out, and of the parts of an exam, must be right."""
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
