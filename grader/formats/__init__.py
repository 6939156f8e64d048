"""One module for each form that finished reports can take: its `render(found, ...) -> str`.

`found` is one `Report`, or a sequence of them: what a folder holds. To add a format, write its
module here and its line in `FORMATS`. `facts` holds what all of them tell.
"""

from importlib import import_module

from grader.formats.facts import Found

# By the name that a person types: the module, loaded when it is asked for.
FORMATS = {
    "text": "grader.formats.text",
    "json": "grader.formats.json",
    "junit": "grader.formats.junit",
    "markdown": "grader.formats.markdown",
    "html": "grader.formats.html",
    "github": "grader.formats.github",
    "classroom50": "grader.formats.classroom50",
    "gradescope": "grader.formats.gradescope",
    "prairielearn": "grader.formats.prairielearn",
    "exercism": "grader.formats.exercism",
}


def render(found: Found, name: str, **layout: object) -> str:
    """`found` in the format of this name; `layout` is what that format alone takes."""
    text: str = import_module(FORMATS[name]).render(found, **layout)
    return text
