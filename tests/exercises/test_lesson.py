"""The parser of `lesson.md`: what it finds, where, and what it does not take for anything."""

from pathlib import Path

import pytest

from exercises.lesson import (
    Block,
    Code,
    ExerciseLine,
    FigureCall,
    FigureLine,
    Formula,
    Items,
    Prose,
    Table,
    load_lesson,
    parse,
)

LESSON = """# Title

Words before.

## One {#one}

At once.

### Overview

Two lines
of prose.
```python
>>> 1

2
```

- an item

| a |
|---|

$$x$$

> **Exercise** softmax — build it.
> **Figure** masks kind=causal length=8 — Look.

### Mathematics

## Two

None.
"""


def test_a_lesson_is_sections_of_parts_of_blocks() -> None:
    lesson = parse(LESSON)
    one, two = lesson.sections
    assert lesson.title == "Title"
    assert [(block.line, block.text) for block in lesson.introduction.blocks] == [
        (3, "Words before.")
    ]
    assert (one.line, one.title, one.anchor) == (5, "One", "one")
    assert (two.title, two.anchor, two.text) == ("Two", None, "None.")
    assert [(part.line, part.title) for part in one.parts] == [
        *(
            (5, ""),
            (9, "Overview"),
            (LESSON.splitlines().index("### Mathematics") + 1, "Mathematics"),
        ),
    ]
    assert one.text.startswith("At once.\n\n### Overview\n\nTwo lines")


def test_blocks_know_what_they_are() -> None:
    blocks = parse(LESSON).sections[0].parts[1].blocks
    kinds = [Prose, Code, Items, Table, Formula, ExerciseLine, FigureLine]
    assert [type(block) for block in blocks] == kinds
    _, code, *_, exercise, figure = blocks
    assert isinstance(code, Code)
    assert (code.language, code.code, code.closed) == ("python", (">>> 1", "", "2"), True)
    assert isinstance(exercise, ExerciseLine)
    assert (exercise.id, exercise.says) == ("softmax", "build it.")
    call = FigureCall("masks", ("kind=causal", "length=8"), "Look.")
    assert isinstance(figure, FigureLine) and figure.call == call


def test_a_call_is_a_block_of_its_own_without_blank_lines_around_it() -> None:
    lines = (
        "Before.",
        "> **Exercise** softmax — build it.",
        "After.",
        "> **Figure** masks — Look.",
    )
    blocks = parse("\n".join(lines)).blocks
    assert [type(block) for block in blocks] == [Prose, ExerciseLine, Prose, FigureLine]
    assert [(block.line, block.text) for block in blocks] == list(enumerate(lines, start=1))


@pytest.mark.parametrize(
    "code",
    [
        "```text\n## No {#no}\n### No\n> **Exercise** no — no.\n```",
        "~~~\n```\n## No {#no}\n~~~",
        "````text\n```\n## No {#no}\n```\n\n## No {#neither}\n````",
        " ```\n## No {#no}\n ```",
    ],
)
def test_code_is_nothing_but_code(code: str) -> None:
    lesson = parse(f"## One {{#one}}\n\n{code}\n\n## Two {{#two}}\n")
    assert [section.anchor for section in lesson.sections] == ["one", "two"]
    (block,) = lesson.blocks
    assert isinstance(block, Code) and block.closed and block.text == code


def test_code_that_is_not_closed_is_kept() -> None:
    (block,) = parse("Text.\n```python\n>>> 1\n\n## No {#no}").blocks[1:]
    assert isinstance(block, Code) and not block.closed
    assert block.code == (">>> 1", "", "## No {#no}")


def test_every_block_stands_at_its_line() -> None:
    lines = LESSON.splitlines()
    blocks: tuple[Block, ...] = parse(LESSON).blocks
    assert len(blocks) == 10
    for block in blocks:
        text = block.text.splitlines()
        assert lines[block.line - 1 : block.line - 1 + len(text)] == text


def test_a_lesson_is_parsed_once_until_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "lesson.md"
    file.write_text(LESSON, "utf-8")
    assert load_lesson(file) is load_lesson(file)
    file.write_text(LESSON.replace("Words", "Other words"), "utf-8")
    assert load_lesson(file).blocks[0].text == "Other words before."
