"""Understand an answer as a person types it: `2, 5, 7` and `(2x5x7)` are one shape.

What cannot be understood raises `BadAnswer`, which says what form is wanted and costs nothing.
"""

from __future__ import annotations

import re

from quizzes.questions.expressions import ExpressionError, Scalar, evaluate

OPTION_LETTERS = "abcdefghijklmnopqrstuvwxyz"
MEASURES = {"%", "percent", "million", "nats", "bits", "radians", "gigabytes", "MiB", "GiB"}
SHAPE_EXAMPLE = "11, 13"  # no question asks for these sizes

# What is typed for arithmetic, and what Python calls it.
ASCII_SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/", "^": "**"})
THOUSANDS = re.compile(r"[0-9]{1,3}((,[0-9]{3}){2,}|([\s_'][0-9]{3})+)")
NUMBER = re.compile(r"(?<![\w.])-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?(?![\w.])")
PAIR = re.compile(r"([a-z])[\W_]*([0-9]+)")
PAIRS = re.compile(r"(?:[\W_]*[A-Za-z][\W_]*[0-9]+)+[\W_]*")


class BadAnswer(ValueError):
    """One sentence that says what form of answer is wanted."""


def number(typed: str, unit: str = "", is_count: bool = False) -> Scalar:
    """`1e-3`, `1/3`, `2^10`, `4 194 304`, `12 bytes` where bytes are asked."""
    text = typed.strip().strip("$").strip()
    if unit and text.casefold().endswith(unit.casefold()):
        text = text[: -len(unit)].strip()
    if THOUSANDS.fullmatch(text):
        text = re.sub(r"\D", "", text)
    if "," in text:
        # Half of the world writes 1,5 for one and a half, the other half 1,500 for a thousand more.
        raise BadAnswer("Write the number without a comma, and decimals with a point: 1500 or 0.5.")
    try:
        return evaluate(text.translate(ASCII_SIGNS), {})
    except ExpressionError:
        examples = "123 or 3**7" if is_count else "1.23, 1.23e-3 or 22/17"
        raise BadAnswer(f"Write one number{of(unit)}, as {examples}.") from None


def of(unit: str) -> str:
    """` of tokens`, ` in nats`, or nothing: what follows the word number."""
    if unit in ("", "numbers"):
        return ""
    return f" {'in' if unit in MEASURES else 'of'} {unit}"


def shape(typed: str) -> tuple[int, ...]:
    """`2, 5, 7`, `(2, 5, 7)`, `[2 5 7]`, `2x5x7` or `torch.Size([2, 5, 7])`; `()` for a scalar."""
    text = re.sub(r"(?i)^torch\.size|^shape", "", typed.strip())
    text = re.sub(r"(?i)(?<=[0-9])\s*[x×*]\s*(?=[0-9])", " ", text)
    sizes = re.sub(r"[()\[\],;]", " ", text).split()
    is_scalar = not sizes and re.search(r"[(\[]", text)
    if not (sizes or is_scalar) or not all(re.fullmatch(r"[0-9]+", size) for size in sizes):
        raise BadAnswer(f"Write the size of each dimension, as {SHAPE_EXAMPLE}; () for a scalar.")
    return tuple(int(size) for size in sizes)


def places(typed: str, count: int) -> tuple[int, ...] | None:
    """The places, from 0, that `a c`, `A, C`, `ac`, `1,3` or `(c) (a)` name, in the order typed.

    None where it is something else, or names a place twice.
    """
    words = re.findall(r"[0-9]+|[^\W\d_]+", typed)
    if len(words) == 1 and (count < 10 or words[0].isalpha()):
        words = list(words[0])
    found = [place for word in words if (place := _place(word, count)) is not None]
    if not words or len(found) != len(words) or len(set(found)) != len(found):
        return None
    return tuple(found)


def assignment(typed: str, lefts: int, rights: int) -> tuple[int, ...] | None:
    """For each left side the place of its right one: `a2 b1`, `b=1, a=2`, or in order `2 1`."""
    if PAIRS.fullmatch(typed):
        pairs = sorted(PAIR.findall(typed.lower()))
        if [left for left, _ in pairs] != list(OPTION_LETTERS[:lefts]):
            return None
        words = [right for _, right in pairs]
    elif re.search(r"[^\W\d]", typed):
        return None
    else:
        words = re.findall(r"[0-9]+", typed)
        if len(words) == 1 and rights < 10:
            words = list(words[0])
    found = [place for word in words if (place := _place(word, rights)) is not None]
    return tuple(found) if len(found) == len(words) == lefts else None


def _place(word: str, count: int) -> int | None:
    if len(word) == 1 and word.lower() in OPTION_LETTERS[:count]:
        return OPTION_LETTERS.index(word.lower())
    if re.fullmatch(r"[0-9]{1,2}", word) and 1 <= int(word) <= count:
        return int(word) - 1
    return None


def without_spaces(text: str) -> str:
    """For the gap of a formula or of code, where `n d` and `nd` are one answer."""
    return re.sub(r"[\s$`]+", "", text).replace('"', "'")


def printed(text: str) -> str:
    """For what is printed: `(2, 3)` and `(2,3)` are one answer, `1 2` and `12` are two."""
    return re.sub(r"\s*(\W)\s*", r"\1", " ".join(text.replace('"', "'").split()))


def printed_values(text: str) -> str:
    """As `printed`, and numbers by their value: `[1, 0.50]` and `[1.0, 0.5]` are one answer."""
    return printed(NUMBER.sub(lambda number: repr(float(number[0])), text))
