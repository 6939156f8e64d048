"""The lessons hold what docs/authoring.md promises: each topic in three parts, each example run."""

import doctest
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
import yaml

from exercises.catalog import Chapter, load_catalog
from exercises.course import OURS

PARTS = ["Overview", "Mathematics", "Implementation"]
LANGUAGES = {"python", "text"}
CODE_WIDTH = 68  # what the app shows in 80 columns without a line break

SECTION = re.compile(r"## (?P<title>.+) \{#(?P<anchor>[a-z0-9-]+)\}")
EXERCISE = re.compile(r"> \*\*Exercise\*\* (?P<id>\w+) — .+\.")
LINK = re.compile(r"\[[^\]]+\]\((?P<target>[^)]+)\)")
FENCE = re.compile(r"```(?P<language>\w*)")

CHAPTERS = load_catalog().chapters
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    fence: str | None = None  # the language of the block that it stands in; None in prose


def read(chapter: Chapter) -> list[Line]:
    """The lines of a lesson; a fence itself belongs to no block and is left out."""
    lines, fence = [], None
    for number, text in enumerate(chapter.lesson.read_text(encoding="utf-8").splitlines(), 1):
        if found := FENCE.fullmatch(text):
            fence = found["language"] if fence is None else None
        else:
            lines.append(Line(number, text, fence))
    assert fence is None, f"{chapter.lesson}: the last code block is not closed"
    return lines


def prose(chapter: Chapter) -> list[Line]:
    """What is neither a code block nor `code` in a sentence."""
    return [
        Line(line.number, re.sub(r"`[^`]*`", "", line.text))
        for line in read(chapter)
        if line.fence is None
    ]


def paragraphs(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Each paragraph of prose with the number of its first line."""
    start, texts = 0, list[str]()
    for line in [*prose(chapter), Line(0, "")]:
        if line.text:
            start = start if texts else line.number
            texts.append(line.text)
        elif texts:
            yield start, "\n".join(texts)
            texts = []


def sections(chapter: Chapter) -> dict[str, list[str]]:
    """The titles of the parts of each section, by the section's anchor."""
    found: dict[str, list[str]] = {}
    for line in prose(chapter):
        if heading := SECTION.fullmatch(line.text):
            found[heading["anchor"]] = []
        elif line.text.startswith("### "):
            list(found.values())[-1].append(line.text.removeprefix("### "))
    return found


def anchors() -> list[str]:
    return [
        heading["anchor"]
        for chapter in CHAPTERS
        for line in prose(chapter)
        if (heading := SECTION.fullmatch(line.text))
    ]


def examples(chapter: Chapter) -> doctest.DocTest:
    """All `python` blocks as one doctest, with the line numbers of the lesson."""
    lines = read(chapter)
    code = [""] * lines[-1].number
    for line in lines:
        if line.fence == "python":
            code[line.number - 1] = line.text
    name = f"{chapter.id}/lesson.md"
    return doctest.DocTestParser().get_doctest("\n".join(code), {}, name, str(chapter.lesson), 0)


@every_chapter
def test_each_topic_has_its_section_in_three_parts(chapter: Chapter) -> None:
    found = sections(chapter)
    topics = [topic.id for topic in chapter.topics]
    assert [anchor for anchor in found if anchor in topics] == topics
    assert {topic: found[topic] for topic in topics} == dict.fromkeys(topics, PARTS)


@every_chapter
def test_each_part_has_something_to_read(chapter: Chapter) -> None:
    written = [line for line in read(chapter) if line.text]
    for line, following in pairwise(written):
        if line.fence is None and line.text.startswith("### "):
            is_prose = following.fence is None and not following.text.startswith("#")
            assert is_prose, f"{chapter.lesson}:{line.number}: a part begins with prose"


@every_chapter
def test_each_section_has_an_anchor(chapter: Chapter) -> None:
    bare = [
        line
        for line in prose(chapter)
        if line.text.startswith("## ") and not SECTION.fullmatch(line.text)
    ]
    assert not bare


def test_anchors_are_unique_in_the_course() -> None:
    assert [anchor for anchor, times in Counter(anchors()).items() if times > 1] == []


@every_chapter
def test_links_lead_somewhere(chapter: Chapter) -> None:
    known = {f"#{anchor}" for anchor in anchors()}
    for line in prose(chapter):
        for link in LINK.finditer(line.text):
            target = link["target"]
            reachable = target in known or target.startswith("https://")
            assert reachable, f"{chapter.lesson}:{line.number}: no such place: {target}"


def test_misconceptions_point_to_sections() -> None:
    """`see` in a hidden suite names the section that explains the mistake."""
    known = set(anchors())
    for file in OURS.suites.glob("*/*/misconceptions.yaml"):
        listed = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert [one["id"] for one in listed if one["see"] not in known] == [], file


@every_chapter
def test_formulas_are_balanced(chapter: Chapter) -> None:
    for number, text in paragraphs(chapter):
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
    for line in read(chapter):
        where = f"{chapter.lesson}:{line.number}"
        assert line.fence is None or line.fence in LANGUAGES, f"{where}: language {line.fence!r}"
        assert line.fence is None or len(line.text) <= CODE_WIDTH, f"{where}: too wide"


@every_chapter
def test_examples_run(chapter: Chapter) -> None:
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(examples(chapter), out=report.append)
    assert result.attempted > 0
    assert result.failed == 0, "\n" + "".join(report)


@every_chapter
def test_examples_can_fail(chapter: Chapter) -> None:
    """Wherever a result is shown, another result would have been noticed."""
    altered = examples(chapter)
    shown = [example for example in altered.examples if example.want]
    for example in shown:
        example.want, example.exc_msg = "another result\n", None
    result = doctest.DocTestRunner(verbose=False).run(altered, out=lambda text: None)
    assert result.failed == len(shown)


@every_chapter
def test_each_example_block_shows_a_result(chapter: Chapter) -> None:
    """A block without a result, or with `...` for one, would show nothing and prove nothing."""
    shown = {example.lineno for example in examples(chapter).examples if example.want}
    assert not [example for example in examples(chapter).examples if example.options]
    block: list[int] = []
    for line in [*read(chapter), Line(0, "")]:
        if line.fence == "python" and (not block or line.number == block[-1] + 1):
            block.append(line.number)
        elif block:
            has_result = any(number - 1 in shown for number in block)
            assert has_result, f"{chapter.lesson}:{block[0]}: a block without a result"
            block = [line.number] if line.fence == "python" else []


@every_chapter
def test_each_exercise_is_named_where_it_can_be_done(chapter: Chapter) -> None:
    named: dict[str, str] = {}
    anchor = ""
    for line in prose(chapter):
        if heading := SECTION.fullmatch(line.text):
            anchor = heading["anchor"]
        if "**Exercise**" in line.text:
            found = EXERCISE.fullmatch(line.text)
            assert found, f"{chapter.lesson}:{line.number}: not an exercise line"
            assert found["id"] not in named, f"{found['id']} is named twice"
            named[found["id"]] = anchor
    assert set(named) == {exercise.id for exercise in chapter.exercises}
    assert set(named.values()) <= {topic.id for topic in chapter.topics}


def test_the_table_of_layer_costs_fits_80_columns() -> None:
    stub = (OURS.exercises / "ch01_attention" / "layer_costs.py").read_text(encoding="utf-8")
    rows = [line for line in stub.splitlines() if re.match(r' {8}("|kind {2})', line)]
    assert len(rows) == 5
    assert max(map(len, rows)) <= 72
