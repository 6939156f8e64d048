"""Which question follows which step of a lesson. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from quizzes.questions import Question
from tui.lesson_steps import LessonStep


def check_after(
    steps: Sequence[LessonStep],
    place: int,
    questions: Sequence[Question],
    right: Collection[str],
) -> Question | None:
    """The question to ask after `steps[place]`; None where there is nothing left that fits.

    The questions of a section are spread over its steps, the easy ones first, so that nothing is
    asked before it was read. What was answered wrongly comes back at the next step.
    """
    section = steps[place].section
    of_section = [place for place, step in enumerate(steps) if step.section == section]
    about = sorted((q for q in questions if q.topic == section), key=lambda q: q.difficulty)
    done = of_section.index(place) + 1
    allowed = about[: len(about) * done // len(of_section)]
    return next((question for question in allowed if question.id not in right), None)
