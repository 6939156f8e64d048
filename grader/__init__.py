"""Turns a submission into a report. This is the whole public face:

from grader import Grader, Submission
with Grader() as grader:
    report = grader.grade(Submission(exercise="softmax", source=text))
"""

from grader.errors import GraderError
from grader.grader import Grader
from grader.report import Report
from grader.submission import Submission

__all__ = ["Grader", "GraderError", "Report", "Submission"]
