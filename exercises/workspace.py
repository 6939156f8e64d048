"""The learner's own folder: stubs to fill in, and a hidden `.learn/` for what the course remembers.

    workspace/ch01_attention/softmax.py
    workspace/ch01_attention/softmax_rewrite.py   only while it is written again, from memory
    workspace/.learn/manifest.json      which stub each file was copied from
    workspace/.learn/course             the folder of a teacher's own course, where it is one's
    workspace/.learn/class.json         the class on a server that the learner has joined
    workspace/.learn/backups/           what `learn reset` replaced, and what was written again

A file that the learner has changed is never written to. Each write is a temporary file and a
rename, so that a kill at any moment leaves the old text or the new one.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from exercises.catalog import Catalog, Exercise, catalog_in
from exercises.course import OURS
from exercises.errors import CatalogError, NoCourse, NoWorkspace, WorkspaceError
from exercises.files import kept_json, unused_path, write_atomically

STATE = ".learn"
COURSE = "course"
CLASS = "class.json"
DEFAULT_NAME = "workspace"
REWRITE = "_rewrite"
VARIABLE = "LEARN_WORKSPACE"
LONGEST_PATH = 4096  # of Linux; a longer one was never written here


@dataclass(frozen=True)
class Left:
    """A file that `update` did not touch, and why."""

    file: Path
    why: str


@dataclass
class Update:
    """What `update` did, file by file."""

    added: list[Path] = field(default_factory=list)
    updated: list[Path] = field(default_factory=list)
    restored: list[Path] = field(default_factory=list)
    moved: list[Path] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


@dataclass(frozen=True)
class Copied:
    """Where an exercise's stub was copied to, and the hash of its text then."""

    path: str
    sha256: str


class Workspace:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = root / STATE

    def file(self, exercise: Exercise) -> Path:
        return self.root / exercise.chapter / exercise.stub.name

    def rewrite_file(self, exercise: Exercise) -> Path:
        """Where a passed exercise is written again; there is one only while that goes on."""
        return self.file(exercise).with_name(f"{exercise.id}{REWRITE}.py")

    @classmethod
    def create(cls, root: Path, course: Path | None = None) -> Workspace:
        """Make the folder, or open it where it exists. Stubs come with `update`.

        `course` is the folder of a teacher's own; without it, the one that was named last stays.
        """
        root = root.expanduser().resolve()
        taught = catalog_in(course).course.parts
        if any(root.is_relative_to(part.exercises.resolve()) for part in (OURS, *taught)):
            raise WorkspaceError(f"{root} belongs to the course. Choose a folder of your own.")
        try:
            (root / STATE).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(f"Cannot create {root}: {error.strerror}.") from error
        if course:
            _write(root / STATE / COURSE, os.fsencode(course))
        return cls(root)

    def catalog(self) -> Catalog:
        """Of the course that is learned here. Raises `WorkspaceError` where that has moved."""
        try:
            return catalog_in(self._course())
        except NoCourse as error:
            raise WorkspaceError(
                f"The course of this workspace is gone from {error.folder}."
                " Say where it lies now: `learn init --course DIR`."
            ) from None

    def _course(self) -> Path | None:
        kept = self.state / COURSE
        try:
            named = os.fsdecode(kept.read_bytes())
        except FileNotFoundError:
            return None
        except IsADirectoryError:
            named = ""
        if "\0" in named or len(named) > LONGEST_PATH or not Path(named).is_absolute():
            raise WorkspaceError(
                f"{kept} is damaged. Say where your course lies with `learn init --course DIR`,"
                " or delete it, to learn ours."
            )
        return Path(named)

    @classmethod
    def find(cls, start: Path, environment: Mapping[str, str]) -> Workspace:
        """$LEARN_WORKSPACE, or the nearest workspace at or above `start`, or one named so there."""
        if named := environment.get(VARIABLE):
            root = Path(named).expanduser().resolve()
            if not (root / STATE).is_dir():
                raise WorkspaceError(
                    f"${VARIABLE} is {named}, and there is no workspace."
                    f" Create one with `learn init {shlex.quote(named)}`."
                )
            return cls(root)
        start = start.resolve()
        for folder in (start, *start.parents):
            for root in (folder, folder / DEFAULT_NAME):
                if (root / STATE).is_dir():
                    return cls(root)
        raise NoWorkspace(start)

    def update(self, catalog: Catalog) -> Update:
        """Bring in what the course has and the workspace lacks; leave the learner's work alone."""
        copied = self._read_manifest()
        done = Update()
        for exercise in catalog.exercises:
            copied[exercise.id] = self._update_file(exercise, copied.get(exercise.id), done)
        # A kill before this line is harmless: a file with the new stub is recognised by its text.
        self._write_manifest(copied)
        return done

    def reset(self, exercise: Exercise, now: datetime) -> Path | None:
        """Put the stub back; returns where the learner's file is kept, None if it was the stub."""
        stub = _read_stub(exercise)
        backup = self.replace(exercise, stub, now)
        copied = self._read_manifest()
        copied[exercise.id] = Copied(self._relative(self.file(exercise)), _hash(stub))
        self._write_manifest(copied)
        return backup

    def replace(self, exercise: Exercise, content: bytes, now: datetime) -> Path | None:
        """Write the exercise's file; returns where the learner's own is kept, None if that was the
        stub or the same."""
        file, backup = self.file(exercise), None
        if file.exists() and file.read_bytes() not in (content, _read_stub(exercise)):
            backup = self._backup_path(exercise, now)
            _write(backup, file.read_bytes())
        _write(file, content)
        return backup

    def begin_rewrite(self, exercise: Exercise) -> bool:
        """Lay out the empty stub to be written again; False where that has begun already."""
        file = self.rewrite_file(exercise)
        if file.exists():
            return False
        _write(file, _read_stub(exercise))
        return True

    def end_rewrite(self, exercise: Exercise, now: datetime) -> Path:
        """Put the file away; returns where it is kept."""
        file, backup = self.rewrite_file(exercise), self._backup_path(exercise, now)
        backup.parent.mkdir(parents=True, exist_ok=True)
        file.rename(backup)
        return backup

    def _update_file(self, exercise: Exercise, copied: Copied | None, done: Update) -> Copied:
        """One file's part of `update`; returns what the manifest shall say about it."""
        file, stub = self.file(exercise), _read_stub(exercise)
        fresh = Copied(self._relative(file), _hash(stub))
        if copied and copied.path != fresh.path and not file.exists():
            self._move(self.root / copied.path, file, done)
        if not file.exists():
            _write(file, stub)
            (done.restored if copied else done.added).append(file)
            return fresh
        mine = _hash(file.read_bytes())
        if mine == fresh.sha256:
            return fresh
        if copied is None:
            done.left.append(Left(file, "it was there before the course's stub"))
            return Copied(fresh.path, "")
        if mine == copied.sha256:
            _write(file, stub)
            done.updated.append(file)
            return fresh
        if copied.sha256 != fresh.sha256:
            why = f"you changed it; `learn reset {exercise.id}` gives the new stub and keeps yours"
            done.left.append(Left(file, why))
        return Copied(fresh.path, copied.sha256)

    def _move(self, old: Path, new: Path, done: Update) -> None:
        """Chapters may be renumbered: the learner's file goes with its exercise."""
        if old.exists():
            new.parent.mkdir(parents=True, exist_ok=True)
            old.rename(new)
            done.moved.append(new)

    def _relative(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix()

    def _backup_path(self, exercise: Exercise, now: datetime) -> Path:
        folder = self.state / "backups" / exercise.chapter
        return unused_path(folder / f"{exercise.id}-{now:%Y%m%d-%H%M%S}.py")

    @property
    def class_file(self) -> Path:
        """What is remembered of the class that the learner has joined, where they have."""
        return self.state / CLASS

    @property
    def _manifest(self) -> Path:
        return self.state / "manifest.json"

    def _read_manifest(self) -> dict[str, Copied]:
        try:
            entries = kept_json(self._manifest)["stubs"]
            return {id: Copied(entry["path"], entry["sha256"]) for id, entry in entries.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WorkspaceError(
                f"{self._manifest} is damaged. Delete it and run `learn init`:"
                " your files stay as they are."
            ) from error

    def _write_manifest(self, copied: Mapping[str, Copied]) -> None:
        stubs = {id: {"path": c.path, "sha256": c.sha256} for id, c in sorted(copied.items())}
        _write(self._manifest, json.dumps({"version": 1, "stubs": stubs}, indent=1).encode())


def _read_stub(exercise: Exercise) -> bytes:
    try:
        return exercise.stub.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        file = exercise.stub.parent / "chapter.yaml"
        raise CatalogError(file, f"{exercise.id} has no stub {exercise.stub.name}") from None


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, content)


def _hash(content: bytes) -> str:
    import hashlib  # 3 ms, which `learn next` need not spend

    return hashlib.sha256(content).hexdigest()
