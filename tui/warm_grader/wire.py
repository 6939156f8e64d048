"""What the warm grader and those who ask it say to each other: a JSON document a line.

    client                                                   server
    ──────                                                   ──────
    {"version": …, "exercise": …, "files": …, …}         →   grade it
                                                         ←   {"report": …}
                                                             {"error": …, "says": …}
                                                             {"outdated": true}, and it ends
    (hangs up)                                           →   nobody waits any more
    {"stop": true}                                       →   end

The socket lies in the workspace's `.learn`, and only its owner may use it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exercises.course import OURS
from grader.submission import Submission

SOCKET, LOCK = "grader.sock", "grader.lock"
LONGEST_ADDRESS = 100  # bytes; the kernel takes 107. Source: unix(7)
ROOT = Path(__file__).parents[2]
CODE = ("exercises", "grader", "reference", "tui/warm_grader")


class HungUp(Exception):
    """The other side is gone."""


@contextmanager
def address(state: Path) -> Iterator[str]:
    """A name of the socket in the folder `state` that is short enough for the kernel.

    Raises OSError where the folder is gone, or no such name is to be had.
    """
    whole = str(state / SOCKET)
    if len(os.fsencode(whole)) <= LONGEST_ADDRESS:
        yield whole
        return
    folder = os.open(state, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)


def course_version(course: str | None) -> str:
    """Changes with every file that a verdict depends on, and with the Python that runs them.

    `course` is the folder of a teacher's own, None for ours.
    """
    digest = hashlib.blake2b(f"{sys.executable} {sys.version}".encode(), digest_size=16)
    taught = (OURS.exercises, OURS.suites, *([Path(course)] if course else []))
    for folder in (*(ROOT / name for name in CODE), *taught):
        for file in _files(str(folder)):
            digest.update(file.encode("utf-8", "replace"))
    return digest.hexdigest()


def _files(folder: str) -> Iterator[str]:
    """Each file below it with its size and the time of its last change."""
    if not Path(folder).is_dir():  # a course without its suites grades nothing
        return
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(entry.path)
        else:
            status = entry.stat()
            yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"


def request(submission: Submission) -> dict[str, Any]:
    course = str(submission.course) if submission.course else None
    return {
        "version": course_version(course),
        "course": course,
        "exercise": submission.exercise,
        "files": {name: _packed(source) for name, source in submission.files().items()},
        "seed": submission.seed,
        "device": submission.device,
        "only_sandboxed": submission.only_sandboxed,
        "traced": submission.traced,
        "explained": submission.explained,
    }


def submission_of(asked: Mapping[str, Any]) -> Submission:
    files = {name: base64.b64decode(source) for name, source in asked["files"].items()}
    names = ("exercise", "seed", "device", "only_sandboxed", "traced", "explained")
    course = Path(asked["course"]) if asked["course"] else None
    return Submission(source=files, course=course, **{name: asked[name] for name in names})


def _packed(source: str | bytes) -> str:
    # As bytes: what is no text is the examiner's to refuse.
    content = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return base64.b64encode(content).decode()


def send(connection: socket.socket, document: Mapping[str, Any]) -> None:
    try:
        connection.sendall(json.dumps(document).encode() + b"\n")
    except OSError:
        raise HungUp from None


def receive(connection: socket.socket) -> dict[str, Any]:
    """The next document. Raises `HungUp` where none comes any more, or none that can be read."""
    line = bytearray()
    while not line.endswith(b"\n"):
        try:
            part = connection.recv(1 << 16)
        except OSError:
            part = b""
        if not part:
            raise HungUp
        line += part
    try:
        document = json.loads(line)
    except ValueError:
        raise HungUp from None
    if not isinstance(document, dict):
        raise HungUp
    return document
