"""Every file under `submissions/` is graded as somebody might hand it in.

Each gives the plain wrong answer of `kit.py` and does something hostile besides. Whatever it does,
it gains no point by it, finds no secret, leaves nothing behind, and the next submission does not
notice. A file says in its header what it tries and what must hold, and may say by `# name: value`:

    says       one of these, divided by `|`, is somewhere in the report
    hangs      it gets little time, so that nobody has to wait for it
    exercise   what it answers, where that is not `softmax`; it must not get a single point then
    machine    the processor that its machine code is for
"""

import json
import os
import platform
import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from exercises.catalog import Catalog, Limits, load_catalog
from grader import Report, Submission
from grader.examiner.answer_key import solution_path
from grader.examiner.examiner import Examiner
from grader.examiner.sandbox import Sandbox
from grader.formats import FORMATS, render
from grader.formats.classroom50 import IDENTITY
from grader.report import MAX_BYTES

HERE = Path(__file__).parent
KIT = (HERE / "kit.py").read_text(encoding="utf-8")
SECRET = "the-examiners-secret"
TRACE = "hostile-was-here"
PLAIN = "from kit import wrong as softmax"
LITTLE = Limits(seconds=0.3, total_seconds=1.2)
GRACE = 0.1
SEED = 7
LAYOUTS: dict[str, dict[str, Any]] = {"classroom50": {"identity": dict.fromkeys(IDENTITY, "x")}}
READERS: dict[str, Callable[[str], object]] = {
    "junit": ElementTree.fromstring,
    **dict.fromkeys(("json", "classroom50", "gradescope", "prairielearn", "exercism"), json.loads),
}


@dataclass(frozen=True)
class Hostile:
    """One file of the corpus."""

    path: Path

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def header(self, name: str) -> str | None:
        found = re.search(rf"^# {name}(?:: (.*))?$", self.source, re.MULTILINE)
        return found and (found[1] or "")

    @property
    def exercise(self) -> str:
        return self.header("exercise") or "softmax"


CORPUS = [Hostile(path) for path in sorted((HERE / "submissions").glob("*.py"))]


@dataclass
class Place:
    """One sandbox, and two examiners with it: one patient, one not."""

    sandbox: Sandbox
    patient: Examiner
    hasty: Examiner

    def grade(self, source: str, exercise: str = "softmax", hasty: bool = False) -> Report:
        files = {f"{exercise}.py": source, "kit.py": KIT}
        examiner = self.hasty if hasty else self.patient
        return examiner.grade(Submission(exercise, files, seed=SEED))

    def others(self) -> set[int]:
        """All that the sandbox's process and its children ever started and that still live."""
        zygote = self.sandbox.pid
        return {pid for pid, session in sessions() if session == zygote} - {zygote}

    def settle(self) -> None:
        """Wait until only the worker is left that waits for the next submission."""
        self.sandbox.end(0)  # it ends nobody, and is answered when all before it is done
        end = time.monotonic() + 60  # a worker is killed without waiting until it is gone
        while len(self.others()) != 1 and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.others()) == 1


def sessions() -> Iterator[tuple[int, int]]:
    """Every process of this machine and the session that it belongs to."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(folder.name), int(after_name[3])


def in_a_hurry() -> Catalog:
    """The course with little time for each exercise."""
    catalog = load_catalog()
    return replace(
        catalog,
        chapters=tuple(
            replace(
                chapter,
                exercises=tuple(replace(each, limits=LITTLE) for each in chapter.exercises),
            )
            for chapter in catalog.chapters
        ),
    )


def traces() -> list[Path]:
    """What the corpus would leave, wherever it tries to."""
    places = {tempfile.gettempdir(), str(Path.cwd()), "/", "/tmp", "/var/tmp", "/dev/shm", "/run"}
    return [each for place in places for each in Path(place).glob(f"{TRACE}*")]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    os.environ["HOSTILE_TEST_SECRET"] = SECRET
    sandbox = Sandbox(grace=GRACE)
    place = Place(sandbox, Examiner("cpu", sandbox), Examiner("cpu", sandbox, in_a_hurry()))
    if "missing" in place.grade(PLAIN).layers.values():
        pytest.skip("the corpus is for machines where every layer holds")
    yield place
    sandbox.close()
    del os.environ["HOSTILE_TEST_SECRET"]


@pytest.fixture(scope="module")
def honest() -> str:
    return solution_path(load_catalog().exercise("softmax")).read_text(encoding="utf-8")


def hidden_lines(exercise: str) -> list[str]:
    """Lines of the suite that give answers away."""
    folder = solution_path(load_catalog().exercise(exercise)).parent
    lines = (folder / f"test_{exercise}.py").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if "reference." in line or "expect(" in line]


@pytest.fixture(scope="module")
def before(place: Place, honest: str) -> Report:
    """The honest report, when nothing hostile has been there yet."""
    return timeless(place.grade(honest))


@pytest.fixture(scope="module")
def plain_points(place: Place) -> float:
    """What the wrong answer is worth to somebody who does nothing else."""
    report = place.grade(PLAIN)
    assert report.outcome == "failed"
    assert report.problem is None
    assert report.points < report.max_points
    return report.points


def timeless(report: Report) -> Report:
    tests = tuple(replace(test, duration_ms=0.0) for test in report.tests)
    layers = {name: re.sub(r"user \d+", "user", detail) for name, detail in report.layers.items()}
    return replace(report, tests=tests, duration_ms=0.0, layers=layers)


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(
            hostile,
            marks=[pytest.mark.slow] if hostile.header("hangs") is not None else [],
            id=hostile.path.stem,
        )
        for hostile in CORPUS
    ],
)
def test_hostile_code_gains_nothing_and_leaves_nothing(
    hostile: Hostile, place: Place, honest: str, before: Report, plain_points: float
) -> None:
    if (hostile.header("machine") or platform.machine()) != platform.machine():
        pytest.skip("machine code for another processor")

    report = place.grade(hostile.source, hostile.exercise, hostile.header("hangs") is not None)
    written = render(report, "json")

    # No credit, and no excuse: it failed, and the grader did not.
    assert report.outcome == "failed", written
    assert report.points <= (plain_points if hostile.exercise == "softmax" else 0)
    assert report.layers.keys() == before.layers.keys()

    # It was tried, and it was refused.
    assert "REACHED" not in written
    tried = len(re.findall(r"\b(?:attempt|search)\(", hostile.source))
    assert tried <= max(test.output.count("refused: ") for test in report.tests), written
    says = hostile.header("says")
    shown = json.dumps(report.to_dict(), ensure_ascii=False).replace("\\\\", "\\")
    assert says is None or any(part in shown for part in says.split("|")), shown

    # No secret, and nothing that would spoil a terminal, a file or a parser.
    assert SECRET not in written
    assert not any(line in written for line in hidden_lines(hostile.exercise))
    for name in FORMATS:
        rendered = render(report, name, **LAYOUTS.get(name, {}))
        assert all(char.isprintable() or char in "\n\t" for char in rendered)
        assert len(rendered.encode()) < 1_000_000
        assert "nothing is loaded" not in rendered
        READERS.get(name, str)(rendered)
    assert len(written.encode()) <= MAX_BYTES

    # No trace, and no effect on the next.
    assert traces() == []
    assert timeless(place.grade(honest)) == before
    place.settle()


def test_a_sandbox_that_was_killed_is_replaced(place: Place, honest: str, before: Report) -> None:
    os.kill(place.sandbox.pid, signal.SIGKILL)
    assert timeless(place.grade(honest)) == before


def test_a_worker_goes_first_when_memory_runs_out(place: Place) -> None:
    place.settle()
    for pid in (place.sandbox.pid, *place.others()):
        assert int(Path(f"/proc/{pid}/oom_score_adj").read_text()) >= 500


def test_no_descriptor_of_ours_is_left_open(place: Place, honest: str) -> None:
    def held() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    place.grade(honest)
    first = held()
    for source in (honest, "import os; os._exit(0)", "softmax = lambda x, dim=-1: x", "1 +"):
        place.grade(source)
    assert held() == first


def test_the_corpus_says_what_it_is_for() -> None:
    assert len(CORPUS) >= 40
    for hostile in CORPUS:
        first, blank, holds = hostile.source.splitlines()[:3]
        assert (first[:10], blank, holds[:7]) == ('"""Tries: ', "", "Holds: "), hostile.path.name
