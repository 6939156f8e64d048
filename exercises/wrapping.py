"""Lines of text that fit a terminal. What is to be typed stays in one piece."""

import re

ANSI = re.compile(r"\x1b\[[0-9;]*m")  # colours, which take no room
TYPED = re.compile(r"`[^`\n]+`")
KEPT = "\ue000"  # stands for a space between words that stay together


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """`text` in lines of at most `width` columns, the first behind `first`, the others behind
    `rest`, which is as `first` where it is not given.

    A line ends at a space alone, never at a hyphen, and never between two `backticks`: so no
    command, option, id or path is broken. What is longer than a line is left too long.
    """
    rest = first if rest is None else rest
    room = width - max(len(first), len(rest))

    def kept(typed: re.Match[str]) -> str:
        return typed[0].replace(" ", KEPT) if len(typed[0]) <= room else typed[0]

    lines: list[str] = []
    line, length = "", width
    for gap, word in re.findall(r"(\s*)(\S+)", TYPED.sub(kept, text)):
        between = " " if "\n" in gap else gap
        size = len(ANSI.sub("", word))
        if length + len(between) + size > width:
            lines.append(line)
            # Columns of a table begin with spaces of their own.
            indent = rest if len(lines) > 1 else first + between
            line, length = indent + word, len(indent) + size
        else:
            line, length = line + between + word, length + len(between) + size
    return [each.replace(KEPT, " ") for each in (*lines[1:], line) if each]
