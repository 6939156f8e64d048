"""How a hidden suite says that the learner's answer is wrong."""

from dataclasses import dataclass

from torch import Tensor

from grader.report import Comparison

RIGHT = "The result is right, and takes too much. "


@dataclass(frozen=True)
class Range:
    """Numbers that had to lie in a range, in the suite's words, how wide it is, and whether they
    did."""

    says: str
    numbers: Tensor
    width: float
    holds: bool

    def is_near(self, other: "Range") -> bool:
        """Whether another answer's numbers are in the range as well, or as near to these as chance
        brings two draws: a suite leaves so much room that half of it is more than chance needs."""
        if self.says != other.says or self.numbers.shape != other.numbers.shape:
            return False
        if self.holds and other.holds:
            return True
        return bool(((self.numbers - other.numbers).abs() <= self.width / 2).all())


class Failure(Exception):
    """The learner's answer is wrong. Any other exception in a test is our error."""

    def __init__(
        self,
        message: str,
        call: str = "",
        got: str = "",
        expected: str = "",
        frames: tuple[tuple[str, int, str, str], ...] = (),
        comparison: Comparison | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.call = call
        self.got = got
        self.expected = expected
        self.frames = frames
        self.comparison = comparison


class TooCostly(Failure):
    """The answer takes more than the exercise allows; it is right, where it has come in time."""

    def __init__(self, message: str, call: str, in_time: bool = True) -> None:
        super().__init__(message, call)
        self.says = f"{RIGHT}{message}" if in_time else message
