"""A lesson as it is shown: its Markdown without what only the course's own tools read."""

from exercises.lesson import FIGURE, HEADING, scan


def plain(text: str) -> str:
    """The lesson without the anchors of its headings, and with a command for each figure."""
    lines = scan(text.split("\n"))
    return "\n".join(line.text if line.fence else _plain(line.text) for line in lines)


def _plain(line: str) -> str:
    if (heading := HEADING.fullmatch(line)) and heading["anchor"]:
        return f"{heading['marks']} {heading['title']}"
    # The app draws a figure in its place; a text says how to see it.
    if figure := FIGURE.fullmatch(line):
        says = line[figure.end("settings") :]
        return f"> **Figure** `learn figure {figure['name']}{figure['settings']}`{says}"
    return line
