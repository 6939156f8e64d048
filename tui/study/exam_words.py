"""What is said of an exam, in the terminal and in the app."""

from __future__ import annotations

from tui.output import shown
from tui.study.exam import Exam, ExamResult
from tui.text.plain import one_line


def what_it_asks(exam: Exam) -> str:
    return (
        f"Final exam, seed {exam.record.seed}: {len(exam.round.questions)} questions,"
        f" {exam.needed} right pass; {len(exam.exercises)} exercises, {exam.exercises_needed} pass."
    )


def what_to_write(exam: Exam) -> str:
    """Once all is answered: the exercises, and where their files are."""
    unwritten = exam.unwritten()
    lines = ["All questions are answered. Now write these files in", f"{shown(exam.folder)}:"]
    for exercise in exam.exercises:
        state = "a stub" if exercise in unwritten else "written"
        lines.append(f"  {exercise.stub.name}  {one_line(exercise.title)} ({state})")
    return "\n".join(lines)


def outcome(result: ExamResult) -> str:
    """Of an exam that was handed in: whether it was passed, and by how much."""
    record = result.record
    return (
        f"{'Passed' if record.passed else 'Not passed'}."
        f" Questions: {record.correct} of {len(record.questions)} right; {result.needed} pass."
        f" Exercises: {result.exercises_passed} of {len(result.outcomes)} passed;"
        f" {result.exercises_needed} pass."
    )


def details(result: ExamResult) -> str:
    """The questions by chapter, and each exercise."""
    chapters = (
        f"  {score.right:>2} of {score.asked:>2}  chapter {score.chapter.number}:"
        f" {one_line(score.chapter.title)}"
        for score in result.chapters
    )
    exercises = (
        f"  {'✓' if passed else '✗'} {one_line(exercise.title)} ({exercise.id})"
        for exercise, passed in result.outcomes
    )
    return "\n".join([*chapters, "", *exercises])
