"""Writes the five parts of a new exercise into a teacher's own course."""

import re
from collections.abc import Mapping
from keyword import iskeyword
from pathlib import Path

from exercises.catalog import Catalog, load_catalog
from exercises.course import Course
from exercises.errors import CatalogError
from exercises.files import all_or_none
from grader.classroom import exercise_template as template
from grader.errors import UsageError

FIRST_CHAPTER = "exercises"


def write_exercise(folder: Path, id: str, chapter: str | None) -> list[Path]:
    """Add an exercise to the course in `folder`, which may be new; returns what was written.

    Without `chapter`, it comes into the last one. Raises `UsageError`, having changed nothing, for
    what is there already or cannot be added to.
    """
    course = Course.in_folder(folder)
    catalog = load_catalog(course)
    _check(catalog, id)
    chapter = chapter or _last_chapter(catalog)
    if not re.fullmatch(r"ch\d\d_[a-z0-9_]+", chapter):
        raise UsageError(f"{chapter!r} must be named like `ch01_lines`.")
    files = {file: text.encode() for file, text in _files(course, id, chapter).items()}
    try:
        with all_or_none(files):
            load_catalog(course)
    except CatalogError as error:
        raise UsageError(f"Nothing was written. {error}") from None
    return list(files)


def _check(catalog: Catalog, id: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", id) or iskeyword(id):
        raise UsageError(
            f"{id!r} must be lower-case letters, digits and `_`, as in `slope`, and no keyword of"
            " Python."
        )
    if id in {exercise.id for exercise in catalog.exercises}:
        raise UsageError(f"There is an exercise {id} already. Choose another id.")
    if _topic(id) in catalog.topics:
        raise UsageError(f"There is a topic {_topic(id)} already. Choose another id.")


def _topic(id: str) -> str:
    return id.replace("_", "-")


def _last_chapter(catalog: Catalog) -> str:
    """The course's own last chapter, or the name of its first one."""
    own = [part for part in catalog.chapters if part.folder.parent == catalog.course.exercises]
    if own:
        return own[-1].id
    number = max((part.number for part in catalog.chapters), default=0) + 1
    return f"ch{number:02}_{FIRST_CHAPTER}"


def _files(course: Course, id: str, chapter: str) -> dict[Path, str]:
    """The text of each file, new or with what is added."""
    taught, suite = course.exercises / chapter, course.suites / chapter / id
    filled = {"id": id, "title": id.replace("_", " ").capitalize(), "topic": _topic(id)}
    new = {
        taught / f"{id}.py": template.STUB,
        suite / f"test_{id}.py": template.SUITE,
        suite / "solution.py": template.SOLUTION,
        suite / "misconceptions.yaml": template.MISCONCEPTIONS,
        suite / "alternatives" / "one_by_one.py": template.ONE_BY_ONE,
        suite / "alternatives" / "mean_of_squares.py": template.MEAN_OF_SQUARES,
    }
    for file in new:
        if file.exists():
            raise UsageError(f"{file} is there already. Nothing was written.")
    heading = {"title": chapter.partition("_")[2].replace("_", " ").capitalize()}
    entries = _text(taught / "chapter.yaml", template.CHAPTER, heading)
    for key, entry in (("topics", template.TOPIC), ("exercises", template.ENTRY)):
        entries = _appended(taught / "chapter.yaml", entries, key, entry.format(**filled))
    lesson = _text(taught / "lesson.md", template.LESSON, heading)
    section = template.SECTION.format(**filled)
    return {
        taught / "chapter.yaml": entries,
        taught / "lesson.md": f"{lesson.rstrip()}\n{section}",
        **{file: text.format(**filled) for file, text in new.items()},
    }


def _text(file: Path, otherwise: str, filled: Mapping[str, str]) -> str:
    return file.read_text("utf-8") if file.is_file() else otherwise.format(**filled)


def _appended(file: Path, text: str, key: str, entry: str) -> str:
    """The YAML with one more entry in the list of `key`; all else stays as it is written."""
    lines = text.splitlines()
    begins = next((at for at, line in enumerate(lines) if re.match(rf"{key}:\s*(#.*)?$", line)), -1)
    if begins < 0:
        raise UsageError(
            f"{file}: write `{key}:` on a line of its own, with its entries below it as `- id: …`."
        )
    after = range(begins + 1, len(lines))
    ends = next((at for at in after if re.match(r"\w", lines[at])), len(lines))
    while not lines[ends - 1].strip():
        ends -= 1
    items = (re.match(r"( *)- ", line) for line in lines[begins + 1 : ends])
    indent = next((item[1] for item in items if item), "  ")
    added = [f"{indent}{line}" for line in entry.splitlines()]
    return "\n".join([*lines[:ends], *added, *lines[ends:]]) + "\n"
