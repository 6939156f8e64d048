"""Turns a submission into a report. This is the whole public face:

from grader import Grader, Submission
with Grader() as grader:
    report = grader.grade(Submission(exercise="softmax", source=text))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.errors import GraderError
    from grader.grader import Grader
    from grader.report import Report
    from grader.submission import Submission

__all__ = ["Grader", "GraderError", "Report", "Submission"]

_MODULES = {
    "Grader": "grader.grader",
    "GraderError": "grader.errors",
    "Report": "grader.report",
    "Submission": "grader.submission",
}


def __getattr__(name: str) -> Any:
    """Loaded when it is asked for: a worker imports this package too, and needs none of it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
