"""The fixtures of a hidden suite besides `submission`: random numbers and expectations."""

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import torch
from torch import Tensor

from grader.examiner.comparison import Differs, check_close, tolerance
from grader.examiner.display import show
from grader.examiner.failure import Failure, Range, TooCostly
from grader.examiner.paired_calls import Cost

FIRST_USE_SECONDS = 0.1  # what a worker may spend on touching pages of torch for the first time

T = TypeVar("T")
# Takes note of a range, and says whether a test ends where numbers lie outside.
Note = Callable[[Range], bool]


class Rng:
    """Random numbers that depend on the seed and the test's name alone, whatever the device."""

    def __init__(self, seed: int, name: str, device: str = "cpu") -> None:
        digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
        # On the CPU even where another device is the default: the numbers must be the same.
        self._drawn: dict[str, Any] = {"generator": generator, "device": "cpu"}
        self._device = device

    def normal(self, *shape: int, scale: float = 1.0, dtype: torch.dtype = torch.float32) -> Tensor:
        """Normally distributed numbers with standard deviation `scale`."""
        numbers = torch.randn(shape, **self._drawn, dtype=torch.float64) * scale
        return numbers.to(self._device, dtype)

    def uniform(
        self,
        *shape: int,
        low: float = 0.0,
        high: float = 1.0,
        dtype: torch.dtype = torch.float32,
    ) -> Tensor:
        """Numbers between `low` and `high`."""
        numbers = torch.rand(shape, **self._drawn, dtype=torch.float64)
        return (low + (high - low) * numbers).to(self._device, dtype)

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Whole numbers from `low` up to and without `high`."""
        return torch.randint(low, high, shape, **self._drawn).to(self._device)

    def mask(self, *shape: int, keep: float = 0.6) -> Tensor:
        """A boolean mask whose every row allows something and, where it can, forbids something."""
        mask = torch.rand(shape, **self._drawn) < keep
        order = torch.rand(shape, **self._drawn).argsort(-1)
        mask = mask.scatter(-1, order[..., :1], True)
        if shape[-1] > 1:
            mask = mask.scatter(-1, order[..., 1:2], False)
        return mask.to(self._device)

    def permutation(self, n: int) -> Tensor:
        """The numbers below `n` in random order."""
        return torch.randperm(n, **self._drawn).to(self._device)

    def choice(self, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[int(torch.randint(len(options), (), **self._drawn))]


class Expectation:
    """One value, and what may be demanded of it. Each demand that does not hold is a `Failure`."""

    def __init__(self, value: Any, call: str, note: Note = lambda found: True) -> None:
        self._value = value
        self._call = call
        self._note = note

    def matches(
        self,
        expected: Any,
        *,
        rtol: float | None = None,
        atol: float | None = None,
        because: str = "",
    ) -> None:
        """The same numbers as `expected`, within the tolerance of its dtype."""
        try:
            check_close(self._value, expected, rtol, atol)
        except Differs as error:
            self._fail(str(error), because, error.expected, error)

    def equals(self, expected: Any, *, because: str = "") -> None:
        """Exactly `expected`; a number stands for a tensor full of it."""
        if isinstance(self._value, Tensor) and isinstance(expected, bool | int | float):
            expected = torch.full_like(self._value, expected)
        self.matches(expected, rtol=0.0, atol=0.0, because=because)

    def is_finite(self, *, because: str = "") -> None:
        """No NaN and no infinity."""
        value = self._numbers()
        wrong = int((~value.isfinite()).sum())
        if wrong and value.numel() == 1:
            self._fail(f"It should be finite; yours is {value.item():g}.", because, "a number")
        elif wrong:
            message = f"{wrong} of {value.numel()} numbers are NaN or infinite."
            self._fail(message, because, "finite numbers")

    def sums_to(self, total: float, *, dim: int = -1, because: str = "") -> None:
        """The sums along `dim` are all `total`."""
        sums = self._value.sum(dim)
        try:
            check_close(sums, torch.full_like(sums, total))
        except Differs as error:
            self._fail(f"Sums along dim {dim}: {error}", because, f"sums of {total:g}")

    def is_between(self, low: float, high: float, *, because: str = "") -> None:
        """All numbers lie from `low` to `high`, both included."""
        value = self._numbers()
        wrong = int((~((value >= low) & (value <= high))).sum())
        found = Range(because, value.double(), high - low, holds=not wrong)
        if not self._note(found) or not wrong:
            return
        if not value.is_floating_point():  # what is counted
            low, high = math.ceil(low), math.floor(high)
        between = f"between {low:g} and {high:g}"
        if value.numel() == 1:
            message = f"It should lie {between}; yours is {value.item():g}."
            self._fail(message, because, f"a number {between}")
        message = f"{wrong} of {value.numel()} numbers do not lie {between}."
        self._fail(message, because, f"numbers {between}")

    def differs_from(self, other: Any, *, because: str = "") -> None:
        """Somewhere different from `other` by more than the tolerance."""
        relative, absolute = tolerance(other)
        value, before = self._numbers(), Expectation(other, self._call)._numbers()
        common = torch.promote_types(value.dtype, before.dtype)
        value, before = value.to(common), before.to(common)
        moved = ~torch.isclose(value, before, rtol=relative, atol=absolute) & ~value.isnan()
        if not moved.any():
            self._fail("It should change here, and it does not.", because, "another value")

    def takes_at_most(self, times: float, *, because: str = "") -> None:
        """Processor time, of a `Cost`: so many times that of the solution for the same call."""
        cost: Cost = self._value
        if cost.seconds is None or cost.seconds <= FIRST_USE_SECONDS:
            return
        ours = cost.our_seconds()
        if cost.seconds > times * ours + FIRST_USE_SECONDS:
            message = (
                f"It took {cost.seconds:.2g} s of processor time; ours took "
                f"{ours:.2g} s, and up to {times:g} times that is fine."
            )
            raise TooCostly(_opened(because, message), self._call)

    def holds_at_most(self, megabytes: float, *, because: str = "") -> None:
        """The most memory that was held at once, of a `Cost`, libraries of the learner's included.

        What is loaded and kept beforehand counts as well, so leave 100 MB for imports.
        """
        cost: Cost = self._value
        if cost.peak_bytes is not None and cost.peak_bytes > megabytes * 1e6:
            held = f"It held {cost.peak_bytes / 1e6:.0f} MB at once"
            message = f"{held}; {megabytes:g} MB are enough for it."
            raise TooCostly(_opened(because, message), self._call)

    def has_shape(self, *shape: int, because: str = "") -> None:
        """A tensor of this shape."""
        if tuple(self._value.shape) != shape:
            message = f"It should have shape {shape}; yours has {tuple(self._value.shape)}."
            self._fail(message, because, f"shape {shape}")

    def _numbers(self) -> Tensor:
        try:
            return torch.as_tensor(self._value)
        except (OverflowError, RuntimeError, ValueError):  # a number may have thousands of digits
            self._fail("This number is too large.", "", "a number of common size")

    def _fail(
        self,
        message: str,
        because: str,
        expected: str,
        error: Differs | None = None,
    ) -> NoReturn:
        got = error.got if error else show(self._value)
        comparison = error.comparison if error else None
        raise Failure(
            _opened(because, message),
            self._call,
            got,
            expected,
            comparison=comparison,
        ) from None


def _opened(because: str, message: str) -> str:
    """A message with the suite's own sentence in front, if there is one."""
    return f"{because} {message}" if because else message


__all__ = ["Expectation", "Rng"]
