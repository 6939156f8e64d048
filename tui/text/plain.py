"""Markdown as plain lines: formulas in Unicode, paragraphs wrapped, code set in."""

from __future__ import annotations

import re

from exercises.lesson import ITEM
from exercises.wrapping import wrap
from tui.output import width

CODE_INDENT = 4
FENCE = re.compile(r"^```[^\n]*\n(.*?)\n```[ \t]*$", re.MULTILINE | re.DOTALL)
LINE_END = " ⏎ "  # of code on one line
# Lines whose breaks mean something: code, tables, displayed formulas, headings.
FIXED = re.compile(r"    |\t|\||#|>")


def plain(text: str) -> str:
    """`text` with its formulas as they are read in a terminal."""
    if "$" not in text:
        return text
    from tui.latex.latex import (
        render_text,  # 40 ms, which a text without formulas need not wait for
    )

    return render_text(text, width())


def wrapped(text: str, indent: str = "") -> str:
    """`plain`, in lines that fit, each behind `indent`."""
    lines: list[str] = []
    for part, is_code in _parts(plain(text)):
        if is_code:  # the fences are for a renderer, not for a reader
            code = part.splitlines()
            lines += [f"{indent}{' ' * CODE_INDENT}{line}".rstrip() for line in code]
            continue
        for block in _blocks(part):
            lines += _lines(block, indent)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def one_line(text: str) -> str:
    """`plain` on one line, also what would stand over several: a fraction, a sum, code."""
    text = FENCE.sub(lambda code: f"`{LINE_END.join(code[1].splitlines())}`", text)
    if "$" in text:
        from tui.latex.latex import render_in_line

        text = render_in_line(text)
    return " ".join(text.split())


def _parts(text: str) -> list[tuple[str, bool]]:
    return [(part, place % 2 == 1) for place, part in enumerate(FENCE.split(text))]


def _blocks(text: str) -> list[str]:
    """Paragraphs, items of lists and lines that stay as they are, one each."""
    blocks: list[str] = []
    for line in text.splitlines():
        goes_on = bool(blocks and blocks[-1].strip()) and not FIXED.match(blocks[-1])
        if goes_on and line.strip() and not _begins(line, blocks[-1]):
            blocks[-1] += f" {line.strip()}"
        else:
            blocks.append(line)
    return blocks


def _begins(line: str, block: str) -> bool:
    """Whether `line` does not belong to the paragraph or item before it."""
    if FIXED.match(line) and not ITEM.match(block):
        return True
    # A sentence may end with a number: only in a list is it that of the next item.
    item = ITEM.match(line)
    if item is None:
        return False
    return item[0] in ("- ", "* ", "1. ") or ITEM.match(block) is not None


def shortened(text: str, length: int = 200) -> str:
    """`text` on one line, cut behind a word."""
    line = one_line(text)
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0] + " …"


def _lines(block: str, indent: str) -> list[str]:
    if not block.strip() or FIXED.match(block):
        return [(indent + line).rstrip() for line in block.splitlines()] or [""]
    item = ITEM.match(block)
    hanging = indent + " " * len(item[0]) if item else indent
    return wrap(block, width(), indent, hanging)
