"""What there is to read and to answer in the small course, for pictures that never change."""

import yaml

from exercises.course import Course

LESSON = r"""# The attention mechanism

After this chapter you can read a formula in a terminal.

## About weights {#ch01-weights}

### Overview

The **softmax** turns scores $s_i$ into weights that are positive and sum to 1:

$$\alpha_i = \frac{\exp(s_i)}{\sum_{j=1}^{S} \exp(s_j)}$$

| scores | weights | what you see |
|---|---|---|
| all equal | $1/S$ each | the plain mean |
| one far above | nearly 1 | one value |

In code, for two scores:

```python
>>> F.softmax(torch.tensor([1.0, 1.0]), dim=0)
tensor([0.5000, 0.5000])
```

> **Exercise** weights — turn scores into weights.

### Mathematics

Only differences count: $\mathrm{softmax}(s + c) = \mathrm{softmax}(s)$.

## Key takeaways {#takeaways}

- Subtract the maximum before `exp`.
"""

QUESTIONS = [
    {
        "id": "shift",
        "topic": "ch01-weights",
        "difficulty": 1,
        "kind": "choice",
        "ask": "You add 100 to every score of a row. What becomes of its weights?",
        "options": [
            {"text": "Nothing.", "right": True, "why": r"The factor $e^{100}$ cancels."},
            {"text": "They grow by a factor of 100.", "why": "Softmax is not linear."},
            {"text": "The largest becomes 1.", "why": "That takes a larger *difference*."},
        ],
    }
]

CARDS = [
    {
        "id": "jacobian",
        "topic": "ch01-weights",
        "kind": "cloze",
        "text": r"The Jacobian of softmax at weights $p$ is [[$\mathrm{diag}(p) - p p^\top$]].",
    }
]

TERMS = [
    {
        "term": "Softmax",
        "id": "softmax",
        "short": "The function that turns any scores into positive weights that sum to 1.",
        "long": r"It is $\exp(s_i) / \sum_j \exp(s_j)$. Only differences of scores count.",
        "lesson": "ch01-weights",
        "exercise": "weights",
        "reference": "attention.py",
    },
    {"term": "Key", "id": "key", "short": "What something can be found by.", "long": "A vector."},
]

SHEET = r"""# Cheat sheet

## 1 · The attention mechanism

$$o = \sum_i \alpha_i \, v_i$$

- Softmax over the keys, `dim=-1`.
"""


def write_texts(course: Course) -> None:
    quizzes = course.quizzes
    for chapter in course.exercises.glob("ch*"):
        # An anchor may occur only once in the course.
        lesson = (
            LESSON if chapter.name == "ch01_scores" else LESSON.replace("{#", f"{{#{chapter.name}-")
        )
        (chapter / "lesson.md").write_text(lesson, "utf-8")
    folder = quizzes / "ch01_scores"
    (folder / "quiz.yaml").write_text(yaml.safe_dump(QUESTIONS), "utf-8")
    (folder / "cards.yaml").write_text(yaml.safe_dump(CARDS), "utf-8")
    (quizzes / "glossary.yaml").write_text(yaml.safe_dump(TERMS), "utf-8")
    (quizzes / "cheatsheet.md").write_text(SHEET, "utf-8")
