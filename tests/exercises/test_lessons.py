"""The lessons hold what docs/authoring.md promises: each topic in three parts, each example run."""

import doctest
import re
from collections import Counter
from collections.abc import Iterator

import pytest
import yaml

from exercises.catalog import Chapter, load_catalog
from exercises.course import OURS
from exercises.lesson import Code, ExerciseLine, Lesson, Prose, load_lesson

PARTS = ["Overview", "Mathematics", "Implementation"]
LANGUAGES = {"python", "text"}
CODE_WIDTH = 68  # what the app shows in 80 columns without a line break

LINK = re.compile(r"\[[^\]]+\]\((?P<target>[^)]+)\)")

CHAPTERS = load_catalog().chapters
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)


def lesson(chapter: Chapter) -> Lesson:
    return load_lesson(chapter.lesson)


def code_blocks(chapter: Chapter) -> list[Code]:
    return [block for block in lesson(chapter).blocks if isinstance(block, Code)]


def prose(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Each block with its line: without code blocks, and without `code` in a sentence."""
    for block in lesson(chapter).blocks:
        if not isinstance(block, Code):
            yield block.line, re.sub(r"`[^`]*`", "", block.text)


def anchors() -> list[str]:
    every = (section.anchor for chapter in CHAPTERS for section in lesson(chapter).sections)
    return [anchor for anchor in every if anchor]


def examples(chapter: Chapter) -> doctest.DocTest:
    """All `python` blocks as one doctest, with the line numbers of the lesson."""
    code = [""] * len(chapter.lesson.read_text("utf-8").splitlines())
    for block in code_blocks(chapter):
        if block.language == "python":
            code[block.line : block.line + len(block.code)] = block.code
    name = f"{chapter.id}/lesson.md"
    return doctest.DocTestParser().get_doctest("\n".join(code), {}, name, str(chapter.lesson), 0)


@every_chapter
def test_each_topic_has_its_section_in_three_parts(chapter: Chapter) -> None:
    topics = [topic.id for topic in chapter.topics]
    found = {
        section.anchor: [part.title for part in section.parts if part.title]
        for section in lesson(chapter).sections
    }
    assert [anchor for anchor in found if anchor in topics] == topics
    assert {topic: found[topic] for topic in topics} == dict.fromkeys(topics, PARTS)


@every_chapter
def test_each_part_has_something_to_read(chapter: Chapter) -> None:
    for section in lesson(chapter).sections:
        for part in section.parts:
            begins_well = part.blocks and not isinstance(part.blocks[0], Code)
            assert begins_well, f"{chapter.lesson}:{part.line}: a part begins with prose"


@every_chapter
def test_no_sentence_is_taken_for_a_list(chapter: Chapter) -> None:
    """Markdown begins one at a line that a number or a dash begins, in a paragraph too."""
    for block in lesson(chapter).blocks:
        if isinstance(block, Prose):
            begun = re.search(r"\n(1\.|[-*+]) ", block.text)
            assert not begun, f"{chapter.lesson}:{block.line}: {block.text}"


@every_chapter
def test_each_section_has_an_anchor(chapter: Chapter) -> None:
    for section in lesson(chapter).sections:
        assert re.fullmatch("[a-z0-9-]+", section.anchor or ""), f"{chapter.lesson}:{section.line}"


def test_anchors_are_unique_in_the_course() -> None:
    assert [anchor for anchor, times in Counter(anchors()).items() if times > 1] == []


@every_chapter
def test_links_lead_somewhere(chapter: Chapter) -> None:
    known = {f"#{anchor}" for anchor in anchors()}
    for line, text in prose(chapter):
        for link in LINK.finditer(text):
            target = link["target"]
            reachable = target in known or target.startswith("https://")
            assert reachable, f"{chapter.lesson}:{line}: no such place: {target}"


def test_misconceptions_point_to_sections() -> None:
    """`see` in a hidden suite names the section that explains the mistake."""
    known = set(anchors())
    for file in OURS.suites.glob("*/*/misconceptions.yaml"):
        listed = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert [one["id"] for one in listed if one["see"] not in known] == [], file


@every_chapter
def test_formulas_are_balanced(chapter: Chapter) -> None:
    for number, text in prose(chapter):
        where = f"{chapter.lesson}:{number}"
        *outside, rest = re.split(r"\$\$(.+?)\$\$", text, flags=re.DOTALL)
        inline = " ".join([*outside[::2], rest])
        assert "$$" not in inline, f"{where}: $$ is not closed"
        assert inline.count("$") % 2 == 0, f"{where}: $ is not closed"
        for formula in [*outside[1::2], *inline.split("$")[1::2]]:
            assert formula.strip(), f"{where}: an empty formula"
            assert_balanced(formula, where)


def assert_balanced(formula: str, where: str) -> None:
    """Braces, \\left and \\right, \\begin and \\end close in the order in which they opened."""
    still_open: list[str] = []
    token = r"\\(begin|end)\{(\w+)\}|\\(left|right)(?![a-z])|(?<!\\)([{}])"
    for found in re.finditer(token, formula):
        edge, environment, delimiter, brace = found.groups()
        if edge == "begin" or delimiter == "left" or brace == "{":
            still_open.append(environment or delimiter or brace)
            continue
        expected = environment or {"right": "left", "}": "{"}[delimiter or brace]
        opened = still_open.pop() if still_open else "nothing"
        assert opened == expected, f"{where}: {found[0]} closes {opened} in {formula}"
    assert not still_open, f"{where}: {still_open} is not closed in {formula}"


@every_chapter
def test_code_blocks_fit_their_place(chapter: Chapter) -> None:
    for block in code_blocks(chapter):
        where = f"{chapter.lesson}:{block.line}"
        assert block.closed, f"{where}: not closed"
        assert block.language in LANGUAGES, f"{where}: language {block.language!r}"
        assert max(map(len, block.code)) <= CODE_WIDTH, f"{where}: too wide"


class StrictChecker(doctest.OutputChecker):
    """A result is right where it is the one that is shown, and another would have been noticed."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        other = super().check_output("another result\n", got, optionflags)
        return super().check_output(want, got, optionflags) and not other


@every_chapter
def test_examples_run(chapter: Chapter) -> None:
    report: list[str] = []
    runner = doctest.DocTestRunner(checker=StrictChecker(), verbose=False)
    result = runner.run(examples(chapter), out=report.append)
    assert result.attempted > 0
    assert result.failed == 0, "\n" + "".join(report)


@every_chapter
def test_each_example_block_shows_a_result(chapter: Chapter) -> None:
    """A block without a result, or with `...` for one, would show nothing and prove nothing."""
    shown = {example.lineno for example in examples(chapter).examples if example.want}
    assert not [example for example in examples(chapter).examples if example.options]
    for block in code_blocks(chapter):
        if block.language == "python":
            has_result = shown & set(range(block.line, block.line + len(block.code)))
            assert has_result, f"{chapter.lesson}:{block.line}: a block without a result"


@every_chapter
def test_each_exercise_is_named_where_it_can_be_done(chapter: Chapter) -> None:
    named: dict[str, str | None] = {}
    for section in lesson(chapter).sections:
        for block in section.blocks:
            where = f"{chapter.lesson}:{block.line}"
            if isinstance(block, ExerciseLine):
                assert block.says.endswith("."), f"{where}: says not what it is about"
                assert block.id not in named, f"{block.id} is named twice"
                named[block.id] = section.anchor
            elif not isinstance(block, Code):
                assert "**Exercise**" not in block.text, f"{where}: not an exercise line"
    assert set(named) == {exercise.id for exercise in chapter.exercises}
    assert set(named.values()) <= {topic.id for topic in chapter.topics}


def test_the_table_of_layer_costs_fits_80_columns() -> None:
    stub = (OURS.exercises / "ch01_attention" / "layer_costs.py").read_text(encoding="utf-8")
    rows = [line for line in stub.splitlines() if re.match(r' {8}("|kind {2})', line)]
    assert len(rows) == 5
    assert max(map(len, rows)) <= 72
