"""The catalog reads every chapter, refuses what breaks the rules, and understands a typed name."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import (
    Catalog,
    CatalogError,
    Forbidden,
    Limits,
    UnknownChapter,
    UnknownExercise,
    load_catalog,
)


@pytest.fixture
def catalog(course: Any, entry: Callable[..., Any]) -> Catalog:
    course.add("ch01_attention", entry("softmax"), entry("masked_softmax", needs=["softmax"]))
    course.add(
        "ch02_self_attention",
        entry("self_attention", needs=["softmax"]),
        entry("attention_entropy"),
        entry("attention_cost"),
    )
    return course.load()


def test_the_own_course_loads_once_and_is_sound() -> None:
    catalog = load_catalog()
    assert catalog is load_catalog()
    assert [chapter.number for chapter in catalog.chapters] == list(
        range(1, len(catalog.chapters) + 1)
    )
    for exercise in catalog.exercises:
        assert exercise.stub.is_file(), exercise.id
    for chapter in catalog.chapters:
        assert chapter.lesson.is_file(), chapter.id


def test_every_key_arrives(course: Any, entry: Callable[..., Any]) -> None:
    course.add(
        "ch03_heads",
        entry(
            "heads",
            forbidden=[{"names": ["softmax", "Softmax"], "instead": "Build it."}],
            limits={"seconds": 20},
        ),
        topics=[
            {"id": "soft-lookup", "title": "Soft lookup"},
            {"id": "history", "title": "History", "reading_only": True},
        ],
    )
    (chapter,) = course.load().chapters
    (exercise,) = chapter.exercises
    assert (chapter.id, chapter.number, chapter.title) == ("ch03_heads", 3, "Title of ch03_heads")
    assert chapter.lesson == course.root / "ch03_heads" / "lesson.md"
    assert [topic.reading_only for topic in chapter.topics] == [False, True]
    assert exercise.chapter == "ch03_heads"
    assert exercise.stub == course.root / "ch03_heads" / "heads.py"
    assert exercise.forbidden == (Forbidden(("softmax", "Softmax"), "Build it."),)
    assert exercise.limits == Limits(seconds=20, total_seconds=80, memory_mb=Limits.memory_mb)
    assert exercise.hints == ("A nudge?", "More.", "Nearly all.")


def test_a_catalog_cannot_be_changed(catalog: Catalog) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalog.exercises[0].title = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"difficulty": 6}, "exercises[1].difficulty must be from 1 to 5"),
        ({"difficulty": "easy"}, "exercises[1].difficulty must be a number"),
        ({"difficulty": 1.5}, "exercises[1].difficulty must be a whole number"),
        ({"difficulty": True}, "exercises[1].difficulty must be a number"),
        ({"hints": ["one", "two"]}, "exercises[1].hints must have at least 3, not 2"),
        ({"hints": ["one", {"a": "b"}, "three"]}, "exercises[1].hints[1] must be a text"),
        ({"hints": "one"}, "exercises[1].hints must be a list"),
        ({"entry": []}, "exercises[1].entry must have at least 1"),
        ({"title": ""}, "exercises[1].title must be a text"),
        ({"topics": ["nowhere"]}, "exercises[1].topics[0] 'nowhere' is no topic"),
        ({"needs": ["second"]}, "exercises[1].needs[0] 'second' is no exercise that comes before"),
        ({"needs": ["third"]}, "exercises[1].needs[0] 'third' is no exercise that comes before"),
        ({"id": "first"}, "exercises[1].id 'first' is already the id of another exercise"),
        ({"id": "Second Try"}, "exercises[1].id 'Second Try' must be lower-case"),
        ({"need": []}, "exercises[1].need is not a key that is known here"),
        ({"limits": {"second": 3}}, "exercises[1].limits.second is not a key"),
        ({"limits": 3}, "exercises[1].limits must be a mapping"),
        ({"forbidden": [{"names": ["softmax"]}]}, "exercises[1].forbidden[0].instead is missing"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_key(
    course: Any, entry: Callable[..., Any], changes: dict[str, Any], says: str
) -> None:
    file = course.add("ch01_a", entry("first"), entry("second", **changes), entry("third"))
    with pytest.raises(CatalogError) as error:
        course.load()
    assert says in str(error.value)
    assert str(error.value).startswith(f"{file}:{error.value.line}: ")
    lines = file.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if "- id: first" in line)
    assert error.value.line is not None
    assert start < error.value.line <= len(lines)


def test_the_line_is_that_of_the_key(course: Any, entry: Callable[..., Any]) -> None:
    file = course.add("ch01_a", entry("first", difficulty=9))
    with pytest.raises(CatalogError) as error:
        course.load()
    assert error.value.line is not None
    assert "difficulty: 9" in file.read_text().splitlines()[error.value.line - 1]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"title: [", "is not valid YAML"),
        (b"", "the file must be a mapping"),
        (b"- a\n- b\n", "the file must be a mapping"),
        (b"title: \xff\xfe", "UTF-8"),
        (b"title: 2025-13-01\n", "cannot be read as YAML"),
        (b"title: " + b"9" * 6000, "cannot be read as YAML"),
        (b"title: Only a title\n", "topics is missing"),
    ],
)
def test_a_file_that_is_no_chapter(course: Any, content: bytes, says: str) -> None:
    file = course.add("ch01_a")
    file.write_bytes(content)
    with pytest.raises(CatalogError, match=r"chapter\.yaml") as error:
        course.load()
    assert says in str(error.value)


def test_two_topics_with_one_id(course: Any) -> None:
    topic = {"id": "twice", "title": "Twice"}
    course.add("ch01_a", topics=[topic, topic])
    with pytest.raises(CatalogError, match=r"topics\[1\]\.id 'twice' is already"):
        course.load()


def test_an_id_is_unique_in_the_whole_course(course: Any, entry: Callable[..., Any]) -> None:
    course.add("ch01_a", entry("softmax"))
    course.add("ch02_b", entry("softmax"))
    with pytest.raises(CatalogError, match=r"ch02_b.*already the id"):
        course.load()


def test_a_folder_needs_a_number(course: Any) -> None:
    course.add("chapter_one")
    with pytest.raises(CatalogError, match="must be named like"):
        course.load()


def test_a_folder_without_a_chapter_is_none(course: Any) -> None:
    (course.root / "ch07_later" / "__pycache__").mkdir(parents=True)
    assert course.load().chapters == ()


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("softmax", "softmax"),  # exact, though another id contains it
        ("masked", "masked_softmax"),
        ("self", "self_attention"),
        ("SelfAttention", "self_attention"),
        ("self-attention", "self_attention"),
        ("entropy", "attention_entropy"),
        ("masked_sofmax", "masked_softmax"),
        ("sotfmax", "softmax"),
        ("softmax.py", "softmax"),
        ("workspace/ch01_attention/softmax.py", "softmax"),
        ("/home/me/workspace/ch01_attention/masked_softmax.py", "masked_softmax"),
        (r"workspace\ch01_attention\softmax.py", "softmax"),
        (" softmax ", "softmax"),
    ],
)
def test_a_typed_name_is_understood(catalog: Catalog, text: str, id: str) -> None:
    assert catalog.find(text).id == id


@pytest.mark.parametrize(
    ("text", "closest"),
    [
        ("attention", ("attention_entropy", "attention_cost")),
        ("attention_", ("attention_entropy", "attention_cost")),
        ("atnsion_kost", ("attention_cost",)),
        ("zzz", ()),
        ("", ()),
        ("…", ()),
    ],
)
def test_an_unclear_name_is_answered(catalog: Catalog, text: str, closest: tuple[str, ...]) -> None:
    with pytest.raises(UnknownExercise) as error:
        catalog.find(text)
    assert error.value.name == text
    assert error.value.closest[: len(closest)] == closest
    assert error.value.exit_code == 2
    assert (closest[0] if closest else "learn status --all") in str(error.value)


def test_code_must_name_an_exercise_exactly(catalog: Catalog) -> None:
    assert catalog.exercise("softmax").id == "softmax"
    with pytest.raises(UnknownExercise, match="Did you mean softmax"):
        catalog.exercise("sofmax")


@pytest.mark.parametrize("text", ["2", "02", "ch2", "ch02", "CH02", "ch02_self_attention", "self"])
def test_a_typed_chapter_is_understood(catalog: Catalog, text: str) -> None:
    assert catalog.find_chapter(text).id == "ch02_self_attention"


@pytest.mark.parametrize("text", ["0", "9", "zzz", ""])
def test_an_unknown_chapter_is_answered(catalog: Catalog, text: str) -> None:
    with pytest.raises(UnknownChapter, match=f"no chapter '{text}'"):
        catalog.find_chapter(text)


def test_nothing_slow_is_imported() -> None:
    code = (
        "import sys; from exercises.catalog import load_catalog; import exercises.workspace;"
        "load_catalog(); print({'torch', 'numpy', 'rich', 'grader', 'click'} & set(sys.modules))"
    )
    root = Path(__file__).parents[2]
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert printed.stdout.strip() == "set()"
