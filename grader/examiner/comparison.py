"""Compares what came back with what should have, and puts the difference into words.

Everything here runs on our side. Values from a learner are plain tensors, numbers and containers by
now.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.examiner.display import apart, article, kind_of, name_list, show
from grader.report import Comparison
from grader.worker.protocol import Handle, RecordValue, record_fields
from grader.worker.values import HeldValue, leaves, parts

# Relative and absolute tolerance. Measured: right answers in another order of summation stay under
# a tenth of these, and float32 arithmetic inside a float64 answer does not.
TOLERANCES = {
    torch.float64: (1e-8, 1e-10),
    torch.float32: (1e-4, 1e-5),
    torch.float16: (1e-2, 1e-3),
    torch.bfloat16: (4e-2, 1e-2),
}
NUMBER_TOLERANCE = (1e-6, 1e-9)
FLOAT_MAX = 1e300  # beyond it, a whole number may not fit into a float
SHOWN_ROWS = 16


class Differs(Exception):
    """Two values are not the same; the text says how, `got` and `expected` show both sides."""

    def __init__(
        self, message: str, got: str = "", expected: str = "", comparison: Comparison | None = None
    ) -> None:
        super().__init__(message)
        self.got = got
        self.expected = expected
        self.comparison = comparison


def check_structure(got: Any, expected: Any, what: str = "The result") -> Any:
    """Give `got` in the form of `expected`, whose numbers do not matter here.

    Raises `Differs` where type, number of results, shape, dtype or device is not the same. A list
    is as good as a tuple, an int as a float, a record as a tuple of its fields.
    """
    if isinstance(expected, Tensor):  # as most are: to ask whether it is a record takes longer
        return _check_tensor(got, expected, what)
    wanted = record_fields(expected)
    if wanted is not None:
        return _check_record(got, wanted, expected, what)
    if isinstance(expected, tuple | list):
        return _check_sequence(got, expected, what)
    if isinstance(expected, dict):
        return _check_dictionary(got, expected, what)
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        wanted_type = (int,) if isinstance(expected, int) else (int, float)
        if not isinstance(got, wanted_type) or isinstance(got, bool):
            noun = "a whole number (int)" if isinstance(expected, int) else "a number"
            raise _wrong_type(got, noun, what)
        return got
    if not isinstance(expected, bool | str | torch.dtype | None):  # an object over there
        if not isinstance(got, Handle):
            raise _wrong_type(got, kind_of(expected), what)
        return Handle(expected.id, got.type)  # by the name we gave it: nothing of theirs is trusted
    if type(got) is not type(expected):
        raise _wrong_type(got, kind_of(expected), what)
    return got


def _wrong_type(got: Any, wanted: str, what: str) -> Differs:
    message = f"{what} should be {wanted}; yours is {kind_of(got)}."
    if got is None:
        message += " Is a `return` missing?"
    return Differs(message, show(got), wanted)


def _check_record(got: Any, wanted: dict[str, Any], expected: Any, what: str) -> Any:
    found = record_fields(got)
    if found is None or list(found) != list(wanted):
        name = getattr(expected, "_type_name", type(expected).__name__)
        raise _wrong_type(got, f"{article(name)} {name} with {', '.join(wanted)}", what)
    for name, item in wanted.items():
        check_structure(found[name], item, f"`{name}`")
    return got


def _check_sequence(got: Any, expected: Any, what: str) -> Any:
    if isinstance(got, RecordValue):
        got = tuple(got)
    if not isinstance(got, tuple | list) or len(got) != len(expected):
        raise _wrong_type(got, kind_of(expected), what)
    items = []
    for number, (mine, theirs) in enumerate(zip(got, expected, strict=True), start=1):
        items.append(check_structure(mine, theirs, f"{what}, value {number} of {len(expected)},"))
    return type(expected)(items)


def _check_dictionary(got: Any, expected: dict[Any, Any], what: str) -> Any:
    if not isinstance(got, dict):
        raise _wrong_type(got, kind_of(expected), what)
    if set(got) != set(expected):
        missing = [key for key in expected if key not in got]
        extra = [key for key in got if key not in expected]
        says = [
            f"{name_list(names)} {'are' if len(names) > 1 else 'is'} {fault}"
            for names, fault in ((missing, "missing"), (extra, "not asked for"))
            if names
        ]
        raise Differs(f"{what}: {'; '.join(says)}.", name_list(got), name_list(expected))
    return {key: check_structure(got[key], item, f"`{key}`") for key, item in expected.items()}


def _check_tensor(got: Any, expected: Tensor, what: str) -> Tensor:
    if not isinstance(got, Tensor):
        raise _wrong_type(got, kind_of(expected), what)
    for name, mine, theirs in (
        ("shape", tuple(got.shape), tuple(expected.shape)),
        ("dtype", got.dtype, expected.dtype),
        ("device", got.device.type, expected.device.type),
    ):
        if mine != theirs:
            message = f"{what} should have {name} {theirs}; yours has {mine}."
            raise Differs(message, f"{name} {mine}", f"{name} {theirs}")
    return got


def tolerance(expected: Any) -> tuple[float, float]:
    """Relative and absolute tolerance for values like `expected`."""
    if isinstance(expected, Tensor):
        return TOLERANCES.get(expected.dtype, (0.0, 0.0))
    return NUMBER_TOLERANCE if isinstance(expected, float) else (0.0, 0.0)


def check_close(
    got: Any, expected: Any, rtol: float | None = None, atol: float | None = None
) -> None:
    """Raise `Differs` unless both have one structure and, within the tolerance, the same numbers.

    NaN equals nothing, and an infinity equals itself.
    """
    got = check_structure(got, expected)
    if (wanted := parts(expected)) is not None:
        for found, part in zip(parts(got) or (), wanted, strict=True):
            _check_part(found.value, part.value, _name_of(expected, part), rtol, atol)
    elif isinstance(expected, Tensor):
        _check_tensor_close(got, expected, rtol, atol)
    elif isinstance(expected, int | float) and not isinstance(expected, bool):
        relative, absolute = tolerance(expected)
        relative, absolute = (
            relative if rtol is None else rtol,
            absolute if atol is None else atol,
        )
        if not _numbers_close(got, expected, relative, absolute):
            mine, theirs = apart(got, expected)
            raise Differs(f"It should be {theirs}; yours is {mine}.", mine, theirs)
    elif isinstance(expected, bool | str | torch.dtype | None) and got != expected:
        raise Differs(
            f"It should be {show(expected)}; yours is {show(got)}.", show(got), show(expected)
        )


def _numbers_close(got: float, expected: float, relative: float, absolute: float) -> bool:
    if not relative and not absolute:
        return got == expected
    try:
        return math.isclose(got, expected, rel_tol=relative, abs_tol=absolute)
    except OverflowError:  # a whole number beyond the range of float
        return False


def _name_of(whole: Any, part: HeldValue) -> str:
    """What a sentence calls one of several values."""
    numbered = isinstance(whole, tuple | list) and record_fields(whole) is None
    return f"Value {part.label + 1}" if numbered else f"`{part.label}`"


def _check_part(got: Any, expected: Any, what: str, rtol: float | None, atol: float | None) -> None:
    try:
        check_close(got, expected, rtol, atol)
    except Differs as error:
        raise Differs(f"{what}: {error}", error.got, error.expected, error.comparison) from None


def _check_tensor_close(
    got: Tensor, expected: Tensor, rtol: float | None, atol: float | None
) -> None:
    relative, absolute = tolerance(expected)
    relative, absolute = (relative if rtol is None else rtol, absolute if atol is None else atol)
    if torch.equal(got, expected) or torch.allclose(got, expected, rtol=relative, atol=absolute):
        return
    close = torch.isclose(got, expected, rtol=relative, atol=absolute)
    wrong = int((~close).sum())
    invalid = torch.isnan(got) & ~torch.isnan(expected) if got.is_floating_point() else ~close
    index, text = _worst(got, expected, close, invalid)
    place = f" at [{', '.join(map(str, index))}]" if index else ""
    if got.numel() == 1:
        message = f"It should be {text[1]}; yours is {text[0]}."
    elif got.is_floating_point() and invalid.any():
        first = f", the first{place}" if place else ""
        message = f"{int(invalid.sum())} of {got.numel()} numbers are NaN{first}."
    else:
        mine, theirs = text
        message = f"{wrong} of {got.numel()} numbers differ; the most{place}: "
        message += f"yours {mine}, expected {theirs}."
    raise Differs(message, show(got), show(expected), compare(got, expected, index))


def _worst(
    got: Tensor, expected: Tensor, close: Tensor, invalid: Tensor
) -> tuple[tuple[int, ...], tuple[str, str]]:
    if got.is_floating_point():
        if invalid.any():
            flat = int(invalid.flatten().to(torch.uint8).argmax())
        else:
            distance = (got.double() - expected.double()).abs().nan_to_num(nan=math.inf)
            flat = int(distance.masked_fill(close, -1.0).flatten().argmax())
    else:
        flat = int((~close).flatten().to(torch.uint8).argmax())
    index = place_of(flat, got.shape)
    return index, apart(got[index].item(), expected[index].item())


def place_of(flat: int, shape: Sequence[int]) -> tuple[int, ...]:
    """The index of the number that stands at `flat` in a row of all.

    By numpy: torch's own function loads sympy for it, 0.7 s of the first wrong answer.
    """
    return tuple(int(place) for place in np.unravel_index(flat, shape))


def compare(got: Tensor, expected: Tensor, index: tuple[int, ...]) -> Comparison | None:
    """The last two dimensions around `index`, at most 16 × 16 numbers, for a heat map."""
    if got.dim() == 0 or not got.is_floating_point():
        return None
    if got.dim() == 1:
        got, expected, index = got[None], expected[None], (0, *index)
    *lead, row, column = index
    top, left = _window(row, got.size(-2)), _window(column, got.size(-1))

    def rows(tensor: Tensor) -> tuple[tuple[float, ...], ...]:
        plane = tensor[tuple(lead)][top : top + SHOWN_ROWS, left : left + SHOWN_ROWS]
        return tuple(
            tuple(float(f"{number:.4g}") for number in row) for row in plane.double().tolist()
        )

    return Comparison(tuple(lead), (top, left), rows(got), rows(expected))


def _window(position: int, size: int) -> int:
    """Where a window that shows `position` begins: at 0 if it can, else around it."""
    if position < SHOWN_ROWS:
        return 0
    return min(position - SHOWN_ROWS // 2, size - SHOWN_ROWS)


def has_form(got: Any, expected: Any) -> bool:
    """Whether `got` has the form of `expected`, whatever its numbers are."""
    try:
        check_structure(got, expected)
    except Differs:
        return False
    return True


def same(got: Any, expected: Any, slack: float = 1.0) -> bool:
    """Whether two results agree, NaN counting as equal to NaN: did the same mistake make both?

    `slack` widens the tolerance.
    """
    try:
        got = check_structure(got, expected)
    except Differs:
        return False
    pairs = zip(leaves(got), leaves(expected), strict=True)
    return all(_is_close(mine, theirs, slack) for (_, mine), (_, theirs) in pairs)


def distance(got: Any, expected: Any) -> float:
    """The largest difference of two numbers in results of one form; infinite where one is NaN."""
    try:
        pairs = zip(leaves(check_structure(got, expected)), leaves(expected), strict=True)
    except Differs:
        return math.inf
    return max((_apart(mine, theirs) for (_, mine), (_, theirs) in pairs), default=0.0)


def _apart(got: Any, expected: Any) -> float:
    if isinstance(expected, Tensor):
        gaps = (got.double() - expected.double()).abs().masked_fill(got == expected, 0.0)
        return float(gaps.nan_to_num(nan=math.inf).max()) if gaps.numel() else 0.0
    if isinstance(expected, int | float) and abs(got) < FLOAT_MAX and abs(expected) < FLOAT_MAX:
        return abs(float(got) - float(expected))
    return 0.0 if got == expected else math.inf


def _is_close(got: Any, expected: Any, slack: float) -> bool:
    relative, absolute = (slack * number for number in tolerance(expected))
    if isinstance(expected, Tensor):
        # Mostly they are equal, which takes a tenth of the time to see.
        return torch.equal(got, expected) or torch.allclose(
            got, expected, rtol=relative, atol=absolute, equal_nan=True
        )
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(got, float) and math.isnan(got)
    if isinstance(expected, int | float):
        return _numbers_close(got, expected, relative, absolute)
    return isinstance(expected, Handle) or bool(got == expected)
