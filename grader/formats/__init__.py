"""One module for each form that a finished `Report` can take: its `render(report, ...) -> str`.

To add one, write its module here and its line in `FORMATS`. `facts` holds what all of them tell.
"""

from importlib import import_module

from grader.report import Report

# By the name that a person types: the module, loaded when it is asked for.
FORMATS = {
    "text": "grader.formats.text",
    "json": "grader.formats.json",
    "junit": "grader.formats.junit",
}


def render(report: Report, name: str, **layout: object) -> str:
    """`report` in the format of this name; `layout` is what that format alone takes."""
    text: str = import_module(FORMATS[name]).render(report, **layout)
    return text
