"""Turns a disputed answer into part of a suite: one more right way, or one more known mistake."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercises.catalog import Exercise
from grader.classroom.graded import sound_report
from grader.dispute import SCHEMA
from grader.errors import UsageError
from grader.misconceptions import load_misconceptions
from grader.report import Report

MOST_BYTES = 4 << 20
ID = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class Disputed:
    """What a student sent. All of it is the student's word, the report as well."""

    exercise: str
    reason: str
    files: Mapping[str, str]
    report: Report

    @property
    def source(self) -> str:
        """The answer. Raises `UsageError` where it is not one file of text."""
        name = f"{self.exercise}.py"
        if self.files.keys() != {name}:
            raise UsageError(
                "The answer imports other files. Write it as one file, and dispute that."
            )
        try:
            self.files[name].encode()
        except UnicodeEncodeError:
            raise UsageError("The answer is no text in UTF-8.") from None
        return self.files[name]


def read_disputed(file: Path) -> Disputed:
    """Raises `UsageError` for what `learn dispute` did not write."""
    if file.stat().st_size > MOST_BYTES:
        raise UsageError(f"{file} is too large for a dispute.")
    try:
        data = json.loads(file.read_bytes())
        if data["schema"] != SCHEMA:
            raise ValueError
        texts = [data["exercise"], data["reason"], *data["files"], *data["files"].values()]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{file} is none of `learn dispute` or `grader dispute`.") from None
    if not all(isinstance(text, str) for text in texts):
        raise UsageError(f"{file} is damaged.")
    report = sound_report(data.get("report"), str(file))
    return Disputed(data["exercise"], data["reason"], data["files"], report)


def alternative(exercise: Exercise, disputed: Disputed, name: str) -> tuple[Path, str]:
    """The file of one more right way, and its text."""
    name = _checked(name).replace("-", "_")
    file = exercise.suite / "alternatives" / f"{name}.py"
    if file.exists():
        raise UsageError(f"There is an alternative {name} already. Choose another --name.")
    return file, disputed.source


def misconception(
    exercise: Exercise, disputed: Disputed, name: str, says: str, see: str
) -> tuple[Path, str]:
    """The file of known mistakes, and its text with one more."""
    file = exercise.suite / "misconceptions.yaml"
    if _checked(name) in {one.id for one in load_misconceptions(file)}:
        raise UsageError(f"There is a misconception {name} already. Choose another --name.")
    solution = (exercise.suite / "solution.py").read_text("utf-8")
    edit = list(edit_between(solution, disputed.source))
    entry = _yaml([{"id": name, "says": says, "see": see, "edit": edit}])
    return file, f"{file.read_text('utf-8').rstrip()}\n\n{entry}"


def edit_between(solution: str, source: str) -> tuple[str, str]:
    """The lines in which the two differ, with as many around as make the old ones unique."""
    if solution == source:
        raise UsageError("This answer is our solution itself.")
    old, new = solution.splitlines(keepends=True), source.splitlines(keepends=True)
    shortest = min(len(old), len(new))
    first = last = 0
    while first < shortest and old[first] == new[first]:
        first += 1
    while last < shortest - first and old[-1 - last] == new[-1 - last]:
        last += 1
    while first or last:
        text = "".join(old[first : len(old) - last])
        if text.strip() and solution.count(text) == 1:
            return text, "".join(new[first : len(new) - last])
        first, last = max(0, first - 1), max(0, last - 1)
    return solution, source


def _checked(name: str) -> str:
    if not ID.fullmatch(name):
        raise UsageError(
            f"--name takes lower-case letters, digits, `-` and `_`, as in summed-rows; not {name!r}"
        )
    return name


def _yaml(entries: list[dict[str, Any]]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Code in blocks, as an author writes it."""

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return yaml.dump(entries, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
