"""A lesson as it is shown: its Markdown without what only the course's own tools read."""

from collections.abc import Mapping

from exercises.lesson import FIGURE, HEADING, scan

# By the name and the settings of a figure, as the lesson has them: its drawing as text.
Drawings = Mapping[str, str]


def figure_calls(text: str) -> tuple[str, ...]:
    """The name and the settings of each figure in a lesson, in order."""
    lines = (line.text for line in scan(text.split("\n")) if not line.fence)
    found = filter(None, map(FIGURE.fullmatch, lines))
    return tuple(dict.fromkeys(figure["name"] + figure["settings"] for figure in found))


def plain(text: str, drawings: Drawings | None = None) -> str:
    """The lesson without the anchors of its headings, and each figure drawn where it stands; with
    its command where there is no drawing."""
    lines = scan(text.split("\n"))
    return "\n".join(
        line.text if line.fence else _plain(line.text, drawings or {}) for line in lines
    )


def _plain(line: str, drawings: Drawings) -> str:
    if (heading := HEADING.fullmatch(line)) and heading["anchor"]:
        return f"{heading['marks']} {heading['title']}"
    if not (figure := FIGURE.fullmatch(line)):
        return line
    call = figure["name"] + figure["settings"]
    if call in drawings:
        return f"{figure['says'] or ''}\n\n```text\n{drawings[call]}\n```"
    return f"> **Figure** `learn figure {call}`{line[figure.end('settings') :]}"
