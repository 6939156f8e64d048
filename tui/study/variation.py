"""A mistake in code, met again in a colleague's file: what would the grader say, and which test?

Both questions are made from the misconception's own edit, and their answers are what the grader
finds, so nobody has to write them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from exercises.catalog import Exercise
from quizzes.questions.question import Asked, Choices, Option, Question

if TYPE_CHECKING:
    from grader import Grader, Report
    from grader.misconceptions import Misconception

OPTIONS = 4
WHAT = """A colleague hands in this file for *{title}*. What would the grader say of it?

```python
{code}
```
"""
WHERE = "Which hidden test of *{title}* sees that?"
RIGHT = "That is what this file does."
OTHER = "For that, `{old}` would have to be `{new}`."
NOTHING = "(nothing)"
PASSES = "It passes this test."


def variation(
    exercise: Exercise, name: str, grader: Grader, seed: int, course: Path | None = None
) -> tuple[Asked, ...]:
    """The questions on one misconception; none where it has left the suite.

    `course` is the folder of a teacher's own course that has the exercise.
    """
    from grader import Submission
    from grader.misconceptions import load_misconceptions

    solution = (exercise.suite / "solution.py").read_text("utf-8")
    known = load_misconceptions(exercise.suite / "misconceptions.yaml")
    made = next((one for one in known if one.id == name), None)
    if made is None:
        return ()
    code = made.apply(solution)
    others = [one for one in known if one.says != made.says]
    # Of two that make one edit, what is said of both may be true.
    others = [one for one in others if not set(one.edits) & set(made.edits)]
    asked = [_what(exercise, made, others, code, seed)]
    report = grader.grade(Submission(exercise.id, code, seed=0, course=course, explained=False))
    return tuple(asked + _where(exercise, report, seed))


def _what(
    exercise: Exercise, made: Misconception, others: Sequence[Misconception], code: str, seed: int
) -> Asked:
    chosen = Random(seed).sample(others, min(OPTIONS - 1, len(others)))
    options = [Option(made.says, RIGHT, right=True)]
    for other in chosen:
        old, new = (" ".join(text.split()) for text in other.edits[0])
        options.append(Option(other.says, OTHER.format(old=old, new=new or NOTHING)))
    ask = WHAT.format(title=exercise.title, code=_bare(code))
    return _question(exercise, f"{made.id}-what", ask, options, seed)


def _where(exercise: Exercise, report: Report, seed: int) -> list[Asked]:
    """Only where some tests see it, and some do not."""
    random = Random(seed)
    failed = [test for test in report.tests if test.outcome == "failed"]
    passed = [test for test in report.tests if test.outcome == "passed"]
    if not failed or not passed:
        return []
    seen = random.choice(failed)
    others = random.sample(passed, min(OPTIONS - 1, len(passed)))
    options = [
        Option(_text(seen.title), _text(seen.message), right=True),
        *(Option(_text(test.title), PASSES) for test in others),
    ]
    ask = WHERE.format(title=exercise.title)
    return [_question(exercise, f"{seen.name}-where", ask, options, seed)]


def _bare(code: str) -> str:
    """Without the words in it, which tell of the solution and not of the mistake."""
    import ast

    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _text(text: str) -> str:
    """What the grader writes is no Markdown."""
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("_", "\\_").replace("$", "\\$")


def _question(exercise: Exercise, id: str, ask: str, options: Sequence[Option], seed: int) -> Asked:
    body = Choices(tuple(options), several=False)
    question = Question(
        id, exercise.chapter, exercise.topic, exercise.difficulty, "choice", ask, body, {}
    )
    return question.draw(seed)
