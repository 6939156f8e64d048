"""A lesson as it is shown: its Markdown without what only the course's own tools read."""

import re

FENCE = re.compile(r"(^```.*?^```[^\n]*$)", re.MULTILINE | re.DOTALL)
ANCHOR = re.compile(r"^(#{1,6} .*?)[ \t]*\{#[\w-]+\}[ \t]*$", re.MULTILINE)
# The app draws a figure in its place; a text says how to see it.
FIGURE = re.compile(r"^> \*\*Figure\*\* (?P<call>\w+(?: \w+=[^\s—]+)*)", re.MULTILINE)


def plain(text: str) -> str:
    """The lesson without the anchors of its headings, and with a command for each figure."""
    parts = FENCE.split(text)
    parts[::2] = map(_plain, parts[::2])
    return "".join(parts)


def _plain(text: str) -> str:
    return FIGURE.sub(r"> **Figure** `learn figure \g<call>`", ANCHOR.sub(r"\1", text))
