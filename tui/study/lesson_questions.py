"""Which question follows which step of a lesson. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from quizzes.content_file import single_spaced
from quizzes.questions.question import Question
from tui.text.lesson_pages import LessonStep

RETURNS_AFTER = 3  # steps, at the earliest
TIMES = 3  # that one question is asked in one reading: once, and two returns


def check_after(
    steps: Sequence[LessonStep],
    place: int,
    questions: Sequence[Question],
    right: Collection[str],
    asked: Mapping[int, str] | None = None,
) -> Question | None:
    """The question to ask after `steps[place]`; None where there is nothing left that fits.

    `asked` holds what this reading has asked so far: a question's id by the place. What is in it
    and not right returns, but not at once and not without end. Otherwise the question whose
    material was read last is asked, the easiest of them.
    """
    earlier = {at: id for at, id in (asked or {}).items() if at != place}
    section = steps[place].section
    about = [question for question in questions if question.topic == section]
    since = first_places(steps, about)

    def rank(question: Question) -> tuple[bool, int, int]:
        return question.id not in earlier.values(), -since[question.id], question.difficulty

    fitting = [
        question
        for question in about
        if since[question.id] <= place
        and question.id not in right
        and may_return(question.id, place, earlier)
    ]
    return min(fitting, key=rank, default=None)


def may_return(id: str, place: int, asked: Mapping[int, str]) -> bool:
    """A question that was not asked yet may come at any time."""
    places = [at for at, other in asked.items() if other == id]
    return len(places) < TIMES and all(abs(place - at) >= RETURNS_AFTER for at in places)


def first_places(steps: Sequence[LessonStep], about: Sequence[Question]) -> dict[str, int]:
    """The first step after which each question about one section may be asked.

    That is where the words stand that it waits for. The questions that wait for none are spread
    over the section, the easy ones first.
    """
    if not about:
        return {}
    section = [place for place, step in enumerate(steps) if step.section == about[0].topic]
    found: dict[str, int] = {}
    for number, question in enumerate(sorted(about, key=lambda q: q.difficulty), start=1):
        if question.after is None:
            found[question.id] = section[-(-number * len(section) // len(about)) - 1]
        else:
            words = single_spaced(question.after)
            holding = (p for p in section if words in single_spaced(steps[p].text))
            found[question.id] = next(holding, section[-1])
    return found
