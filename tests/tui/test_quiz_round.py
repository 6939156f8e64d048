"""A round of questions: each answer is kept at once, as it was meant."""

from datetime import UTC, datetime

import pytest
from right_answers import right_answer

from quizzes.bank import load_bank
from quizzes.questions.question import BadAnswer
from tui.progress.progress import Progress
from tui.study.quiz_round import Round

NOW = datetime(2025, 3, 3, 18, tzinfo=UTC)
QUESTIONS = [question for question in load_bank().questions if question.kind == "choice"][:2]


def test_an_answer_is_kept_without_the_spaces_around_it(progress: Progress) -> None:
    """And what is not in the form of an answer is not kept: the same is asked again."""
    asked = Round(QUESTIONS, 7, "quiz", progress.answers)
    first, second = asked.questions
    with pytest.raises(BadAnswer):
        asked.answer("what?", NOW)
    assert asked.current is first and progress.answers.all() == []
    typed = right_answer(first)
    assert asked.answer(f"  {typed} \n", NOW).right
    assert asked.current is second and asked.correct == 1
    (kept,) = progress.answers.all()
    assert (kept.answer, kept.right, kept.context, kept.at) == (typed, True, "quiz", NOW)
