"""What stands where on a certificate: A4 on its side, in millimetres from the top left corner."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Literal
from unicodedata import east_asian_width

from grader.certificates.facts import Facts, Signer

WIDTH, HEIGHT = 297.0, 210.0
MIDDLE = WIDTH / 2
PAPER, INK, SOFT, ACCENT = "#fdfcf8", "#1d2a44", "#5b6477", "#a3742c"
POINT = 25.4 / 72  # in millimetres
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

Font = Literal["serif", "italic", "sans", "bold", "mono"]


@dataclass(frozen=True)
class Text:
    """A line of text, its middle at `x` and its base line at `y`; `size` in points, `spacing`
    between its letters in millimetres."""

    x: float
    y: float
    text: str
    size: float
    font: Font = "sans"
    colour: str = INK
    spacing: float = 0.0


@dataclass(frozen=True)
class Box:
    """A rectangle: filled, or with a line of `line` millimetres around it."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    line: float = 0.0


Item = Text | Box


def page(facts: Facts, signer: Signer | None = None) -> tuple[Item, ...]:
    """The whole page, the lowest first."""
    return (
        Box(0, 0, WIDTH, HEIGHT, PAPER),
        Box(9, 9, WIDTH - 18, HEIGHT - 18, INK, 0.8),
        Box(11.2, 11.2, WIDTH - 22.4, HEIGHT - 22.4, ACCENT, 0.25),
        *_seal(facts.seed, MIDDLE - 10, 21, 20),
        Text(MIDDLE, 52, "LEARN THE TRANSFORMER BY BUILDING ONE", 9.5, colour=SOFT, spacing=0.9),
        Text(MIDDLE, 69, "Certificate of the Final Exam", 34, "serif"),
        Text(MIDDLE, 82, "This is to say that", 12, "italic", SOFT),
        Text(MIDDLE, 97, facts.name, _fitting(facts.name, WIDTH - 40, 30), "italic", ACCENT),
        Box(MIDDLE - 65, 102, 130, 0.25, ACCENT),
        Text(
            MIDDLE,
            111,
            "has passed the final exam of the course: questions on all its",
            12.5,
            "serif",
        ),
        Text(
            MIDDLE,
            117.5,
            "chapters, and exercises solved in code and graded by hidden tests.",
            12.5,
            "serif",
        ),
        *_figures(facts, 139),
        *_signature(signer, 163),
        Text(MIDDLE, 189, _origin(facts), 7.5, "mono", SOFT),
    )


def _figures(facts: Facts, y: float) -> list[Text]:
    figures = (
        (in_words(facts.day), "passed on"),
        (f"{facts.correct} of {facts.asked}", "questions right"),
        (f"{facts.exercises_passed} of {facts.exercises}", "exercises of the exam passed"),
        (f"{facts.course_passed} of {facts.course_exercises}", "exercises of the course passed"),
    )
    column = (WIDTH - 50) / len(figures)
    items = []
    for number, (figure, label) in enumerate(figures):
        x = 25 + column * (number + 0.5)
        items += [Text(x, y, figure, 16, "serif"), Text(x, y + 6, label, 8.5, colour=SOFT)]
    return items


def _signature(signer: Signer | None, y: float) -> list[Item]:
    if signer is None:
        first = "Not signed"
        second = (
            "Written on the learner's own machine: it is worth what the learner's word is worth."
        )
        third = "A classroom that has seen the exam signs it with: grader sign FILE --key KEY"
    else:
        first = f"Signed by {signer.by}" if signer.by else "Signed"
        second = (
            f"on {in_words(signer.on)} with the key {signer.key}. This line alone proves nothing;"
        )
        third = "whether it is true, the file and the public key tell: grader verify FILE --key PUB"
    return [
        Box(MIDDLE - 75, y - 9, 150, 22, SOFT if signer is None else ACCENT, 0.25),
        Text(MIDDLE, y - 2.5, first, _fitting(first, 146, 11), "bold"),
        Text(MIDDLE, y + 3.2, second, 9, colour=SOFT),
        Text(MIDDLE, y + 8.4, third, 9, colour=SOFT),
    ]


def _origin(facts: Facts) -> str:
    suites = facts.suite_version or "not installed"
    return f"course {facts.course_version} · hidden suites {suites} · seed of the exam {facts.seed}"


def _seal(seed: int, x: float, y: float, side: float) -> list[Box]:
    """The weights of a causal attention, each row summing to 1: another picture for each seed."""
    random, count = Random(seed), 8
    step = side / count
    boxes = []
    for row in range(count):
        scores = [random.random() ** 2 + 0.05 for _ in range(row + 1)]
        for column, score in enumerate(scores):
            colour = _mixed(PAPER, INK, 0.12 + 0.88 * score / max(scores))
            boxes.append(Box(x + column * step, y + row * step, step - 0.35, step - 0.35, colour))
    return boxes


def _mixed(one: str, other: str, share: float) -> str:
    """A colour between two, `share` of it the other."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _fitting(text: str, room: float, most: float) -> float:
    """The size in points, at most `most`, in which any letters stay within `room` millimetres."""
    letters = sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
    return min(most, room / POINT / (0.95 * letters))


def in_words(day: date) -> str:
    """28 November 2026, whatever language the machine speaks."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
