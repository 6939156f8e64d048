"""A topic is one sitting that ends at its exercises; stubs and hints keep to one language."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

import pytest
import yaml

from exercises.catalog import Chapter, Exercise, Topic, load_catalog
from exercises.lesson import Code, ExerciseLine, Section, Table, load_lesson, sections, words_in

LEAST_WORDS, MOST_WORDS = 300, 900  # four to eight minutes, with examples to follow
MOST_AT_FIRST = 700  # with the introduction: somebody new writes code after some five minutes
MOST_IN_A_CHAPTER = 3000  # sentences and formulas, without code, tables and the reading list
MOST_FOR_AN_EXERCISE = 250  # where a chapter has so many exercises that this is more
LONGER = 2  # the first chapters, which are longer than that

SHAPE = re.compile(r"(?<!\w)\(([\w.]+(?:, [\w.]+)*)\)")
KEBAB = re.compile(r"`([a-z]+(?:-[a-z]+)+)`")

CHAPTERS = load_catalog().chapters
EXERCISES = load_catalog().exercises
TOPICS = [(chapter, topic) for chapter in CHAPTERS for topic in chapter.topics]
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
every_topic = pytest.mark.parametrize(
    ("chapter", "topic"), TOPICS, ids=[topic.id for _, topic in TOPICS]
)


def section_of(chapter: Chapter, topic: Topic) -> Section:
    return next(section for section in sections(chapter) if section.anchor == topic.id)


def named_in(section: Section) -> list[str]:
    return [block.id for block in section.blocks if isinstance(block, ExerciseLine)]


@every_topic
def test_a_topic_is_read_in_one_sitting(chapter: Chapter, topic: Topic) -> None:
    assert LEAST_WORDS <= words_in(section_of(chapter, topic).blocks) <= MOST_WORDS


def test_the_first_exercise_of_the_course_comes_soon() -> None:
    chapter, topic = TOPICS[0]
    assert chapter.exercises_of(topic.id)
    sitting = load_lesson(chapter.lesson).of_topic(chapter, topic)
    assert sum(words_in(section.blocks) for section in sitting) <= MOST_AT_FIRST


@pytest.mark.parametrize("chapter", CHAPTERS[LONGER:], ids=lambda chapter: chapter.id)
def test_a_chapter_has_no_more_prose_than_it_may(chapter: Chapter) -> None:
    blocks = load_lesson(chapter.lesson).blocks
    prose = words_in(block for block in blocks if not isinstance(block, Table))
    reading = next(one for one in sections(chapter) if one.title == "Where to read more")
    most = max(MOST_IN_A_CHAPTER, MOST_FOR_AN_EXERCISE * len(chapter.exercises))
    assert prose - words_in(reading.blocks) <= most


@every_topic
def test_a_topic_has_a_diagram(chapter: Chapter, topic: Topic) -> None:
    blocks = section_of(chapter, topic).blocks
    assert [block for block in blocks if isinstance(block, Code) and block.language == "text"]


@every_topic
def test_a_topic_ends_at_its_exercises(chapter: Chapter, topic: Topic) -> None:
    section = section_of(chapter, topic)
    own = [exercise.id for exercise in chapter.exercises if exercise.topics[0] == topic.id]
    assert named_in(section) == own
    last = section.blocks[len(section.blocks) - len(own) :]
    assert all(isinstance(block, ExerciseLine) for block in last), "something follows them"
    assert own or topic.reading_only


@every_chapter
def test_exercises_come_in_the_order_of_the_lesson(chapter: Chapter) -> None:
    named = [id for section in sections(chapter) for id in named_in(section)]
    assert [exercise.id for exercise in chapter.exercises] == named


@every_chapter
def test_an_exercise_needs_none_that_comes_later(chapter: Chapter) -> None:
    order = [exercise.id for exercise in EXERCISES]
    for exercise in chapter.exercises:
        assert set(exercise.needs) <= set(order[: order.index(exercise.id)]), exercise.id


@every_chapter
def test_difficulty_rises_but_for_a_breather(chapter: Chapter) -> None:
    levels = [exercise.difficulty for exercise in chapter.exercises]
    steps = [later - earlier for earlier, later in pairwise(levels)]
    assert max(levels) in levels[len(levels) // 2 :]
    assert not [pair for pair in pairwise(steps) if max(pair) < 0], "easier twice in a row"


@every_chapter
def test_mistakes_named_in_a_table_are_known_to_the_suites(chapter: Chapter) -> None:
    known = set()
    for exercise in chapter.exercises:
        listed = yaml.safe_load((exercise.suite / "misconceptions.yaml").read_text("utf-8"))
        known |= {entry["id"] for entry in listed}
    for section in sections(chapter):
        for table in section.blocks:
            if isinstance(table, Table):
                assert set(KEBAB.findall(table.text)) <= known, f"{chapter.lesson}:{table.line}"


@every_exercise
def test_a_stub_imports_what_its_hints_use(exercise: Exercise) -> None:
    imported = set()
    for node in ast.walk(ast.parse(exercise.stub.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported |= {(alias.asname or alias.name) for alias in node.names}
    used = set(re.findall(r"\b(math|torch|nn|F)\.\w", "\n".join(exercise.hints)))
    assert used <= imported


@every_exercise
def test_a_vector_and_its_width_share_no_letter(exercise: Exercise) -> None:
    """`h (B, n_h)` and not `h (B, h)`; nor `qᵀ W k` beside keys `(S, k)`."""
    tree = ast.parse(exercise.stub.read_text("utf-8"))
    nodes = list(ast.walk(tree))
    given = [a for node in nodes if isinstance(node, ast.arguments) for a in node.args]
    arguments = {a.arg for a in given if not (a.annotation and ast.unparse(a.annotation) == "int")}
    for node in nodes:
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            says = (ast.get_docstring(node) or "").partition(">>>")[0]
            sizes = {size for shape in SHAPE.findall(says) for size in shape.split(", ")}
            vectors = set(re.findall(r"\b([a-z])(?=ᵀ|_[a-z]\b)|\bW\w* ([a-z])\b", says))
            letters = {letter for pair in vectors for letter in pair} - {"", "d", "n"}
            assert not sizes & (arguments | letters)
