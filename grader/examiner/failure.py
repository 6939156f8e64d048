"""How a hidden suite says that the learner's answer is wrong."""

from grader.report import Comparison

RIGHT = "The result is right, and takes too much. "


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
