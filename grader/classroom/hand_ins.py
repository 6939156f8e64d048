"""Who handed in what: a folder or zip as it was downloaded, student by student.

Canvas      doejane_LATE_1042_98765_softmax.py   1042 is the `ID` of Canvas' gradebook
Moodle      Jane Doe_4711_assignsubmission_file/   4711 is the number of `Participant 4711`
Gradescope  submission_metadata.yml and a folder for each submission; the id is the `sid`, or
            the e-mail where there is none
else        a folder, git clone, zip or notebook for each student, named by the student's id
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from exercises.errors import CatalogError
from exercises.workspace import DEFAULT_NAME
from exercises.yaml_mapping import Fields
from grader.classroom.archives import MOST_BYTES, is_hidden, most_of_an_answer, unpack
from grader.errors import SubmissionError, UsageError
from grader.source_files import as_text, read_file

METADATA = "submission_metadata.yml"
# A name may have underscores, but none on both sides of a number: canvas-lms, content_zipper.rb.
CANVAS = re.compile(r"(?P<who>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<name>\d+_.+|(text|link)\.html)")
MOODLE = re.compile(r"(?s)(?P<who>.+)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<name>.*)")
# Of Canvas, the number of an upload; the second softmax.py of a student is softmax-1.py there.
AROUND = re.compile(r"^\d+_|-\d+(?=\.py$)")
CHAPTER = re.compile(r"ch\d+_")
FILES = "_assignsubmission_file"  # a text that was typed in has a folder of its own
ONE_BYTES = 64 << 20  # of a student's zip; a notebook with its pictures has megabytes
ALL_BYTES = 4 << 30  # of a download
IGNORED = ("__MACOSX", "__pycache__")


@dataclass(frozen=True)
class HandIn:
    """What one student, or a group, handed in: a folder, or files with their names in it.

    `handed_in` is None where the download does not tell; `is_late` is what Canvas says of it.
    """

    students: tuple[str, ...]
    name: str
    folder: Path | None = None
    files: tuple[tuple[str, Path], ...] = ()
    handed_in: datetime | None = None
    is_late: bool = False

    @contextmanager
    def opened(self) -> Iterator[Path]:
        """The folder with the answers; zips are unpacked in a place that goes away.

        Raises `SubmissionError` for a zip that is none, or a hostile one.
        """
        top = self.files or tuple((path.name, path) for path in _entries(self.folder or Path()))
        has_code = any(path.is_dir() or path.suffix.lower() in MOST_BYTES for _, path in top)
        if self.folder and has_code:
            yield self.folder
            return
        with TemporaryDirectory() as temporary:
            root = Path(temporary)
            for name, file in top:
                if file.suffix.lower() in MOST_BYTES:
                    _copy(file, root / name)
            zips = [file for _, file in top if _is_file(file, ".zip")]
            if len(zips) > 1 and not has_code:
                raise SubmissionError("There are several zips. Which one counts? Keep one.")
            if zips and not has_code:
                unpack(zips[0], root, ONE_BYTES, most_of_an_answer)
            yield _without_wrapper(root)


@contextmanager
def downloaded(source: Path) -> Iterator[list[HandIn]]:
    """The hand-ins of a folder, or of a zip that holds one. Each student is there once.

    Raises `UsageError` for what holds no hand-in, or two of one person.
    """
    if source.is_dir():
        yield _hand_ins(source, source.name)
    elif source.is_file():
        with TemporaryDirectory() as temporary:
            root = Path(temporary)
            unpack(source, root, ALL_BYTES, _part_of_a_download)
            yield _hand_ins(root, source.name)
    else:
        raise UsageError(f"There is no folder or zip {source}.")


def _hand_ins(root: Path, name: str) -> list[HandIn]:
    inner = _entries(root)
    if len(inner) == 1 and inner[0].is_dir() and (inner[0] / METADATA).is_file():
        root = inner[0]
    found = [
        replace(each, students=tuple(map(as_text, each.students)), name=as_text(each.name))
        for each in _layout(root)
    ]
    if not found:
        raise UsageError(
            f"{as_text(name)} holds no hand-in. It takes what Canvas, Moodle or Gradescope gave, or"
            " a folder, zip or notebook for each student."
        )
    seen: dict[str, HandIn] = {}
    for hand_in in found:
        for student in hand_in.students:
            if other := seen.get(student):
                raise UsageError(
                    f"There are two hand-ins of {student}: {other.name} and {hand_in.name}."
                    " Keep the one that counts."
                )
            seen[student] = hand_in
    return found


def student_name(hand_in: str, student: str) -> str:
    """The name that Canvas or Moodle wrote into that of a hand-in; empty where there is none."""
    found = MOODLE.fullmatch(hand_in) or CANVAS.fullmatch(hand_in)
    return found["who"] if found and found["id"] == student else ""


def _layout(root: Path) -> Iterator[HandIn]:
    entries = _entries(root)
    if (root / METADATA).is_file():
        return _gradescope(root)
    for pattern in (MOODLE, CANVAS):
        named = [entry for entry in entries if pattern.fullmatch(entry.name)]
        if named:
            _require_none(entries, named)
            return _by_name(named, pattern)
    return _plain(entries)


def _require_none(entries: list[Path], named: list[Path]) -> None:
    """Nobody's answer is left out for its name."""
    if others := [entry for entry in entries if entry not in named and _may_answer(entry)]:
        raise UsageError(
            f"{as_text(others[0].name)} has not the form of {as_text(named[0].name)}, so nobody"
            " knows whose it is. Give it such a name, or take it away."
        )


def _plain(entries: list[Path]) -> Iterator[HandIn]:
    for entry in entries:
        if _is_folder(entry):
            yield HandIn((entry.name,), entry.name, folder=entry)
        elif _is_file(entry, ".zip") or _is_file(entry, ".ipynb"):
            yield HandIn((entry.stem,), entry.name, files=((entry.name, entry),))
        elif _may_answer(entry) and not entry.is_symlink():
            raise UsageError(
                f"{as_text(entry.name)} does not say whose it is. Put it into a folder that has the"
                " student's id as its name."
            )


def _by_name(entries: list[Path], pattern: re.Pattern[str]) -> Iterator[HandIn]:
    """One hand-in for each id; of a student's several files each has the id in its name."""
    by_id: dict[str, list[tuple[str, Path]]] = {}
    late = set()
    for entry in entries:
        if match := pattern.fullmatch(entry.name):
            by_id.setdefault(match["id"], []).append((AROUND.sub("", match["name"]), entry))
            late |= {match["id"]} if match.groupdict().get("late") else set()
    for id, parts in by_id.items():
        name = parts[0][1].name
        folders = [entry for _, entry in parts if _is_folder(entry) and FILES in entry.name]
        files = tuple((name, entry) for name, entry in parts if entry.is_file())
        if len(folders) == 1 and not files:
            yield HandIn((id,), name, folder=folders[0])
        else:
            yield HandIn((id,), name, files=files, is_late=id in late)


def _gradescope(root: Path) -> Iterator[HandIn]:
    fields = Fields.of_own_file(root / METADATA)
    try:
        for name in fields.names:
            folder = root / name
            if not re.fullmatch(r"\w+", name) or not _is_folder(folder):
                raise UsageError(f"{METADATA} tells of {name!r}, and there is no such folder.")
            yield _submission(fields.mapping(name), folder)
    except CatalogError as error:
        raise UsageError(f"{error}. Is this what Gradescope exported?") from None


def _submission(fields: Fields, folder: Path) -> HandIn:
    students = []
    for submitter in fields.mappings(":submitters"):
        has_sid = submitter.has(":sid") and submitter.value(":sid") not in (None, "")
        students.append(submitter.scalar(":sid" if has_sid else ":email"))
    at = fields.value(":created_at") if fields.has(":created_at") else None
    handed_in = at if isinstance(at, datetime) and at.tzinfo else None
    return HandIn(tuple(students), folder.name, folder, handed_in=handed_in)


def _entries(root: Path) -> list[Path]:
    return sorted(
        entry
        for entry in root.iterdir()
        if not entry.name.startswith(".") and entry.name not in IGNORED
    )


def _part_of_a_download(name: str) -> int | None:
    """What is no answer leaves its name: who hands in a PDF has handed in, and is graded."""
    if is_hidden(name):
        return None
    if name.lower().endswith(".zip") or name.rpartition("/")[2] == METADATA:
        return ONE_BYTES
    return most_of_an_answer(name) or 0


def _may_answer(entry: Path) -> bool:
    return entry.is_dir() or entry.suffix.lower() in (*MOST_BYTES, ".zip")


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_file(path: Path, suffix: str) -> bool:
    """A link might lead to somebody else's."""
    return path.suffix.lower() == suffix and path.is_file() and not path.is_symlink()


def _copy(file: Path, to: Path) -> None:
    content = read_file(file, file.parent, MOST_BYTES[file.suffix.lower()])
    if to.exists():
        raise SubmissionError(f"There are two files named {to.name}. Keep one of them.")
    to.write_bytes(content)


def _without_wrapper(root: Path) -> Path:
    """Zips of a repository have one folder around everything."""
    inner = list(root.iterdir())
    is_wrapped = len(inner) == 1 and inner[0].is_dir() and inner[0].name != DEFAULT_NAME
    return inner[0] if is_wrapped and not CHAPTER.match(inner[0].name) else root
