"""A lesson as it is shown: its Markdown without what only the course's own tools read."""

import re
from collections.abc import Iterator

FENCE = re.compile(r"(^```.*?^```[^\n]*$)", re.MULTILINE | re.DOTALL)
ANCHOR = re.compile(r"^(#{1,6} .*?)[ \t]*\{#[\w-]+\}[ \t]*$", re.MULTILINE)
DISPLAYED = re.compile(r"\$\$\s*(.+?)\s*\$\$", re.DOTALL)
# The app draws a figure in its place; a text says how to see it.
FIGURE = re.compile(r"^> \*\*Figure\*\* (?P<call>\w+(?: \w+=[^\s—]+)*)", re.MULTILINE)
INLINE = re.compile(r"(?<!`)(\$[^$`\n]+\$)(?!`)")


def plain(text: str) -> str:
    """The lesson without the anchors of its headings, and with a command for each figure."""
    return "".join(part if is_code else _plain(part) for part, is_code in _parts(text))


def as_markdown(text: str) -> str:
    """`plain`, with formulas as code, so that Markdown takes no `_` or `\\` in them for its own."""
    return "".join(part if is_code else _guard(part) for part, is_code in _parts(plain(text)))


def _plain(text: str) -> str:
    return FIGURE.sub(r"> **Figure** `learn figure \g<call>`", ANCHOR.sub(r"\1", text))


def _guard(text: str) -> str:
    text = DISPLAYED.sub(lambda found: f"\n```\n{found[1]}\n```\n", text)
    parts = FENCE.split(text)
    parts[::2] = [INLINE.sub(r"`\1`", part) for part in parts[::2]]
    return "".join(parts)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether each is a fenced block of code."""
    for index, part in enumerate(FENCE.split(text)):
        yield part, index % 2 == 1
