"""The rounds of questions that can be chosen, in the list of Quiz and in the command palette."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exercises.catalog import Chapter
from tui.study import targets


@dataclass(frozen=True)
class Offer:
    """`description` is for where nothing around it says what it is."""

    target: targets.AnyQuiz
    title: str
    description: str


def rounds(chapters: Iterable[Chapter]) -> tuple[Offer, ...]:
    one_by_one = "questions, explained one by one"
    return (
        Offer(targets.QuizTarget(), "What you have read", one_by_one),
        *(Offer(targets.QuizTarget(each.id), _title(each), one_by_one) for each in chapters),
        Offer(targets.MistakesTarget(), "What once went wrong", "what comes back today"),
        Offer(targets.PrerequisitesTarget(), "What you should know before chapter 1", one_by_one),
        Offer(targets.ExamTarget(), "The final exam", "the last one begun, or a new one"),
    )


def testouts(chapters: Iterable[Chapter]) -> tuple[Offer, ...]:
    opens = "passing opens what follows the chapter"
    return tuple(Offer(targets.TestOutTarget(each.id), _title(each), opens) for each in chapters)


def _title(chapter: Chapter) -> str:
    return f"Chapter {chapter.number}: {chapter.title}"
