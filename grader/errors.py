"""What can go wrong on our side of the fence, and the exit code each thing means.

    GraderError                 3  our own fault, never the learner's
    ├── UsageError              2  the command or the call asked for something that cannot be
    │   └── SubmissionError     2  there is nothing to grade: no file, or no such exercise
    ├── ProtocolError           3  a frame that no honest peer would send
    ├── ExaminerLost            3  the examining process died
    ├── SandboxLost             3  the process that workers come from died
    └── Cancelled               3  nobody waits for the verdict any more

What goes wrong in a learner's code is no exception here: it is a failed test in a `Report`.
"""


class GraderError(Exception):
    """Base of all errors of this package; `exit_code` is what a command ends with."""

    exit_code = 3


class UsageError(GraderError):
    """The caller asked for something that cannot be done."""

    exit_code = 2


class SubmissionError(UsageError):
    """There is nothing to grade."""


class ProtocolError(GraderError):
    """A peer broke the frame format."""


class ExaminerLost(GraderError):
    """An examining process ended before it answered."""


class SandboxLost(GraderError):
    """The process that workers are forked from has ended, and they with it; or none could start."""


class Cancelled(GraderError):
    """Who asked for a verdict has taken the question back."""
