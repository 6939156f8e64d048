"""Which questions a quiz and a test-out ask."""

from itertools import pairwise

from quizzes.questions.question import Number, Question
from quizzes.questions.selection import TESTOUT_PER_TOPIC, for_quiz, for_testout, pass_mark

TOPICS = ("a", "b", "c")


def made(topic: str, number: int, difficulty: int = 1) -> Question:
    body = Number(why="W", wrong=(), answer="1", tolerance="0")
    return Question(f"{topic}{number}", "ch", topic, difficulty, "number", "?", body, {})


ALL = [made(topic, number, difficulty=number) for topic in TOPICS for number in range(1, 6)]


def ids(questions: tuple[Question, ...]) -> list[str]:
    return [question.id for question in questions]


def test_a_quiz_takes_all_topics_in_turn() -> None:
    chosen = for_quiz(ALL, {}, 6, seed=1)
    assert sorted(question.topic for question in chosen) == ["a", "a", "b", "b", "c", "c"]
    assert all(one.topic != other.topic for one, other in pairwise(chosen))


def test_a_seed_decides_all() -> None:
    assert for_quiz(ALL, {}, 6, seed=1) == for_quiz(ALL, {}, 6, seed=1)
    assert len({tuple(ids(for_quiz(ALL, {}, 6, seed))) for seed in range(20)}) > 10


def test_what_was_wrong_comes_back_first_then_what_is_new() -> None:
    answered = {f"a{n}": True for n in range(1, 6)} | {"a3": False, "b1": False, "c2": True}
    chosen = ids(for_quiz(ALL, answered, 2, seed=5))
    assert set(chosen) == {"a3", "b1"}
    rest = ids(for_quiz(ALL, answered, 10, seed=5))
    assert "c2" not in rest, "eight were never asked"


def test_what_was_right_longest_ago_comes_next() -> None:
    answered = {question.id: True for question in reversed(ALL)}
    assert set(ids(for_quiz(ALL, answered, 3, seed=0))) == {"a5", "b5", "c5"}


def test_a_quiz_never_repeats_and_may_be_short() -> None:
    assert sorted(ids(for_quiz(ALL, {"a1": False}, 99, seed=2))) == sorted(ids(tuple(ALL)))
    assert for_quiz([], {}, 5, seed=0) == ()


def test_a_testout_takes_the_hardest_of_every_topic() -> None:
    chosen = for_testout(ALL, seed=3)
    assert sorted(ids(chosen)) == ["a4", "a5", "b4", "b5", "c4", "c5"]
    assert len(chosen) == TESTOUT_PER_TOPIC * len(TOPICS)


def test_among_equally_hard_ones_the_seed_decides() -> None:
    equal = [made("a", number) for number in range(6)]
    assert len({tuple(ids(for_testout(equal, seed))) for seed in range(20)}) > 5


def test_the_pass_mark_is_four_fifths() -> None:
    assert [pass_mark(asked) for asked in (1, 5, 10, 12)] == [1, 4, 8, 10]
