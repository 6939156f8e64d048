"""A lesson as it is shown: its Markdown without what only the course's own tools read."""

from collections.abc import Mapping

from exercises.lesson import HEADING, FigureCall, figure_call, scan

Drawings = Mapping[FigureCall, str]  # as text


def figure_calls(text: str) -> tuple[FigureCall, ...]:
    """Each figure in a lesson, in order."""
    lines = (line.text for line in scan(text.split("\n")) if not line.fence)
    return tuple(dict.fromkeys(filter(None, map(figure_call, lines))))


def plain(text: str, drawings: Drawings | None = None) -> str:
    """The lesson without the anchors of its headings, and each figure drawn where it stands; with
    its command where there is no drawing."""
    drawn, lines = drawings or {}, scan(text.split("\n"))
    return "\n".join(line.text if line.fence else _plain(line.text, drawn) for line in lines)


def _plain(line: str, drawings: Drawings) -> str:
    if (heading := HEADING.fullmatch(line)) and heading["anchor"]:
        return f"{heading['marks']} {heading['title']}"
    call = figure_call(line)
    if call is None:
        return line
    if call in drawings:
        return f"{call.says}\n\n```text\n{drawings[call]}\n```"
    command = " ".join(("learn figure", call.name, *call.settings))
    return f"> **Figure** `{command}`" + (f" — {call.says}" if call.says else "")
