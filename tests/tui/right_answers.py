"""What a learner types who knows everything."""

from typing import Any

from quizzes.questions.question import Asked


def right_answer(asked: Asked) -> str:
    body: Any = asked.body
    match asked.kind:
        case "choice" | "choices":
            right = [
                item.label for item, o in zip(asked.items, body.options, strict=True) if o.right
            ]
            return " ".join(right) or "none"
        case "number":
            return str(body.answer)
        case "shape":
            return f"({', '.join(body.answer)})"
        case "order":
            labels = {item.text: item.label for item in asked.items}
            return " ".join(labels[step] for step in body.steps)
        case "match":
            labels = {item.text: item.label for item in asked.partners}
            return " ".join(labels[right] for _, right in body.pairs)
        case _:
            return " ".join(str(body.answers[0]).splitlines())
