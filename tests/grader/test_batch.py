"""A class is graded once, whatever happens meanwhile; what each student gets is said each day."""

from __future__ import annotations

import io
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from exercises.words import plural
from grader.classroom.archives import most_of_an_answer, unpack
from grader.classroom.store import Store
from grader.errors import SubmissionError

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "linear_regression"
CLASSROOM = """\
title: Attention
zone: Europe/Berlin
due: 2026-11-20 23:59
late: {percent_per_day: 10, days: 5}
exercises: {softmax: 4}
"""
WRONG = "import torch\ndef softmax(x, dim): return x\n"
WITHIN, LATE = "2026-11-20 23:58", "2026-11-22 12:00"  # the latter two days begun late

Batch = Callable[..., "subprocess.CompletedProcess[str]"]


def grader(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-P", "-m", "grader.cli", *map(str, arguments)]


@pytest.fixture
def classroom(tmp_path: Path) -> Path:
    file = tmp_path / "classroom.yaml"
    file.write_text(CLASSROOM)
    return file


@pytest.fixture
def right(solution: Callable[[str], str]) -> str:
    return solution("softmax")


@pytest.fixture
def batch(classroom: Path, warm: Callable[..., list[str]]) -> Batch:
    def run(source: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = warm("grader.cli", "batch", source, "--classroom", classroom, "--jobs", "1")
        return subprocess.run(
            [*command, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "TZ": "America/New_York"},  # the classroom's clock counts
        )

    return run


def results(classroom: Path) -> dict[str, dict[str, Any]]:
    said = subprocess.run(
        grader("results", "--classroom", classroom), capture_output=True, text=True, check=True
    )
    found = [json.loads(line) for line in said.stdout.splitlines()]
    assert len({one["id"] for one in found}) == len(found)
    return {one["id"]: one for one in found}


def scores(classroom: Path) -> dict[str, float | None]:
    return {id: one["score"] for id, one in results(classroom).items()}


def hand_in(folder: Path, student: str, source: str) -> Path:
    file = folder / student / "softmax.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source)
    return file


def test_each_answer_is_graded_once_and_the_same_bytes_for_all(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    folder = tmp_path / "class of 2026"
    for student, source in (("1", right), ("2", right), ("3", WRONG)):
        hand_in(folder, student, source)
    (folder / "4").mkdir()
    (folder / "4" / "notes.txt").write_text("I was ill")
    said = batch(folder, "--received", WITHIN)
    assert said.returncode == 0 and "4 hand-ins: 3 answers graded, 1 known" in said.stderr
    assert scores(classroom) == {"1": 4, "2": 4, "3": 0, "4": 0}
    assert "4 hand-ins: 0 answers graded, 4 known" in batch(folder).stderr
    hand_in(folder, "5", right + "# of my own")
    assert "5 hand-ins: 1 answer graded, 4 known" in batch(folder).stderr


def test_lateness_extensions_and_points_are_applied_when_results_are_asked_for(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    hand_in(tmp_path / "all", "0042", right)
    batch(tmp_path / "all", "--received", LATE)
    (late,) = results(classroom).values()
    assert (late["raw_score"], late["late_submission_penalty"], late["score"]) == (4, 0.8, 3.2)
    text = classroom.read_text()
    classroom.write_text(f'{text}extensions: [{{student: "0042", due: 2026-12-01 12:00}}]\n')
    assert scores(classroom) == {"0042": 4}
    classroom.write_text(text.replace("softmax: 4", "softmax: 10"))
    assert scores(classroom) == {"0042": 8}


def test_the_best_of_the_attempts_that_count_does(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    for number, source in enumerate((WRONG, right, WRONG + "# again")):
        hand_in(tmp_path / str(number), "1", source)
        batch(tmp_path / str(number), "--received", WITHIN)
    assert scores(classroom) == {"1": 4}
    classroom.write_text(f"{CLASSROOM}attempts: 1\n")
    assert scores(classroom) == {"1": 0}
    assert results(classroom)["1"]["notes"] == ["3 hand-ins; the first 1 counts."]


@pytest.mark.slow
def test_a_killed_batch_goes_on_where_it_was(classroom: Path, tmp_path: Path, right: str) -> None:
    count = 40
    for number in range(count):
        hand_in(tmp_path / "all", str(number), f"{right}# {number}")
    command = grader("batch", tmp_path / "all", "--classroom", classroom, "--jobs", "1")
    killed = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 120
    while (before := kept(classroom)) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    before = kept(classroom)
    assert 3 <= before < count
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert f"{plural(count - before, 'answer')} graded, {before} known already" in said
    assert scores(classroom) == {str(number): 4 for number in range(count)}


def kept(classroom: Path) -> int:
    """How many verdicts are there."""
    file = classroom.with_suffix(".sqlite")
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as database:
        try:
            return int(database.execute("SELECT count(*) FROM verdicts").fetchone()[0])
        except sqlite3.OperationalError:  # it is being made
            return 0


def test_the_layouts_of_three_platforms(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    canvas, moodle, gradescope = (tmp_path / name for name in ("canvas", "moodle", "gradescope"))
    canvas.mkdir()
    (canvas / "doejane_LATE_1042_98765_softmax-1.py").write_text(right)
    (canvas / "roe_1043_98766_softmax.py").write_text(WRONG)
    (canvas / "van_der_poe_LATE_1044_98767_softmax.py").write_text(right)
    (canvas / "zoe_1045_text.html").write_text("<p>See my mail.</p>")
    hand_in(moodle, "Jane Doe_4711_assignsubmission_file", right)
    hand_in(gradescope, "submission_1", right)
    (gradescope / "submission_metadata.yml").write_text(
        "submission_1:\n  :submitters:\n  - :name: A\n    :sid: '77'\n    :email: a@b.c\n"
        "  - :name: B\n    :sid: ''\n    :email: b@b.c\n  :created_at: 2026-11-20 10:00:00.0 Z\n"
    )
    for folder in (canvas, moodle, gradescope):
        download = shutil.make_archive(str(tmp_path / f"{folder.name}-download"), "zip", folder)
        assert batch(Path(download)).returncode == 0
    of_canvas = {"1042": 4, "1043": 0, "1044": 4, "1045": 0}
    assert scores(classroom) == {**of_canvas, "4711": 4, "77": 4, "b@b.c": 4}
    for student in ("1042", "1044"):
        assert any("late" in note for note in results(classroom)[student]["notes"])


def test_who_hands_in_what_is_no_answer_has_handed_in(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    """And a name that no file system takes stops nobody."""
    download = tmp_path / "canvas.zip"
    with zipfile.ZipFile(download, "w") as archive:
        archive.writestr("doe_1042_1_softmax.py", right)
        archive.writestr("roe_1043_2_answers.pdf", "%PDF")
        archive.writestr(f"poe_1044_3_{'ä' * 200}.py", right)
        archive.writestr("__MACOSX/._doe_1042_1_softmax.py", "")
        archive.writestr("read me.txt", "Downloaded today")
    assert batch(download).returncode == 0
    assert scores(classroom) == {"1042": 4, "1043": 0, "1044": 0}


def test_a_zip_of_a_student_is_unpacked(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    with zipfile.ZipFile(folder / "7.zip", "w") as archive:
        archive.writestr("repository-main/workspace/ch01_attention/softmax.py", right)
        archive.writestr("__MACOSX/repository-main/._softmax.py", b"\x00\x05")
    batch(folder)
    assert scores(classroom) == {"7": 4}


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})


def test_notebooks_count_wherever_a_platform_puts_them(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    plain, canvas, moodle = (tmp_path / name for name in ("plain", "canvas", "moodle"))
    answer, wrong = notebook("import torch", right), notebook(WRONG)
    hand_in(plain, "1", "").with_name("softmax.py").unlink()
    (plain / "1" / "my answers.ipynb").write_text(answer)
    (plain / "2.ipynb").write_text(answer)
    with zipfile.ZipFile(plain / "3.zip", "w") as archive:
        archive.writestr("charles/my answers.ipynb", answer)
        archive.writestr("charles/.ipynb_checkpoints/my answers-checkpoint.ipynb", wrong)
        archive.writestr("__MACOSX/charles/._my answers.ipynb", b"\x00\x05")
    (plain / "4.ipynb").write_text(answer[:-9])
    canvas.mkdir()
    (canvas / "doejane_1042_98765_week-1.ipynb").write_text(answer)
    (canvas / "doejane_1042_98766_week-2.ipynb").write_text(notebook("def other(): pass"))
    (canvas / "roe_1043_98767_answers.ipynb").write_text(wrong)
    moodle.mkdir()
    (moodle / "Jane Doe_4711_assignsubmission_file_answers.ipynb").write_text(answer)
    for folder in (plain, canvas, moodle):
        download = shutil.make_archive(str(tmp_path / f"{folder.name}-download"), "zip", folder)
        assert batch(Path(download)).returncode == 0
    right_ones, wrong_ones = {"1", "2", "3", "1042", "4711"}, {"4", "1043"}
    expected = dict.fromkeys(right_ones, 4) | dict.fromkeys(wrong_ones, 0)
    assert scores(classroom) == expected


def _leads_out(archive: zipfile.ZipFile) -> None:
    archive.writestr("../../softmax.py", "x = 1")


def _is_a_bomb(archive: zipfile.ZipFile) -> None:
    for number in range(300):
        archive.writestr(f"part{number}.py", " " * (1 << 18))


def _is_a_link(archive: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("softmax.py")
    link.external_attr = 0o120777 << 16
    archive.writestr(link, "/etc/passwd")


def _has_one_name_twice(archive: zipfile.ZipFile) -> None:
    for text in ("x = 1", "x = 2"):
        archive.writestr("softmax.py", text)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("made", [_leads_out, _is_a_bomb, _is_a_link, _has_one_name_twice])
def test_a_hostile_zip_harms_nobody_but_who_made_it(
    batch: Batch, classroom: Path, tmp_path: Path, right: str, made: Callable[[Any], None]
) -> None:
    folder = tmp_path / "all"
    hand_in(folder, "1", right)
    with zipfile.ZipFile(folder / "2.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        made(archive)
    (folder / "3.zip").write_bytes(b"this is no zip")
    before = set(tmp_path.rglob("*"))
    assert batch(folder).returncode == 0
    assert scores(classroom) == {"1": 4, "2": 0, "3": 0}
    written = {file.name for file in set(tmp_path.rglob("*")) - before}
    assert written == {"classroom.sqlite", "classroom.sqlite.lock"}


def test_whatever_lies_in_a_zip_is_unpacked_or_refused_in_words(tmp_path: Path) -> None:
    """Each way of packing has an unpacker of its own, which fails in its own way."""
    wholes = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            archive.writestr("ch01_attention/softmax.py", "x = 1\n" * 20)
        wholes.append(packed.getvalue())
    chance, file = random.Random(0), tmp_path / "1.zip"
    refused = 0
    for number in range(300):
        damaged = bytearray(wholes[number % 4])
        damaged[chance.randrange(len(damaged))] = chance.choice((0, 1, 127, 255))
        file.write_bytes(damaged)
        try:
            unpack(file, tmp_path / str(number), 1 << 20, most_of_an_answer)
        except SubmissionError as error:
            assert "1.zip" in str(error)
            refused += 1
    assert 50 < refused < 300


def test_a_name_that_is_no_text_stops_nobody(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    folder = tmp_path / "all"
    hand_in(folder, "1", right)
    for name in (b"\xff", b"\xfe.zip"):  # neither is UTF-8
        (folder / os.fsdecode(name)).mkdir()
    (folder / os.fsdecode(b"\xfd.zip")).write_bytes(b"no zip")
    assert batch(folder).returncode == 0
    assert scores(classroom) == {"1": 4, "\\udcff": 0, "\\udcfe.zip": 0, "\\udcfd": 0}


def test_code_that_kills_its_process_is_a_verdict_and_the_others_have_theirs(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    hand_in(tmp_path / "all", "1", "import os\nos._exit(3)\n")
    hand_in(tmp_path / "all", "2", right)
    assert batch(tmp_path / "all").returncode == 0
    assert scores(classroom) == {"1": 0, "2": 4}


def test_a_student_who_is_there_twice_is_asked_about(batch: Batch, tmp_path: Path) -> None:
    hand_in(tmp_path / "all", "1", WRONG)
    with zipfile.ZipFile(tmp_path / "all" / "1.zip", "w") as archive:
        archive.writestr("softmax.py", WRONG)
    said = batch(tmp_path / "all")
    assert said.returncode == 2 and "There are two hand-ins of 1: 1 and 1.zip." in said.stderr


@pytest.mark.parametrize("beside", ["roe_1043_98766_softmax.py", "1044/softmax.py"])
def test_nobody_is_left_out_for_a_name(
    beside: str, batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    folder = tmp_path / "all"
    for name in (beside, "anon_AbC12_98765_softmax.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(right)
    said = batch(folder)
    assert said.returncode == 2 and "anon_AbC12_98765_softmax.py" in said.stderr
    assert kept(classroom) == 0


def test_what_cannot_be_graded_is_said_in_words(
    batch: Batch, classroom: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    hand_in(tmp_path / "all", "1", WRONG)
    for source, arguments, says in (
        (tmp_path / "none", (), "There is no folder or zip"),
        (tmp_path / "empty", (), "holds no hand-in"),
        (tmp_path / "all", ("--received", "yesterday"), "is no time"),
        (tmp_path / "all", ("--store", str(classroom)), "cannot be used"),
    ):
        said = batch(source, *arguments)
        assert said.returncode == 2 and says in said.stderr and "Traceback" not in said.stderr
    batch(tmp_path / "all", "--seed", "5")
    assert "This store asks with the seed 5" in batch(tmp_path / "all", "--seed", "6").stderr


def test_what_a_batch_keeps_is_what_the_page_on_the_class_reads(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    own = "".join(f"y{n} = torch.ones({n}).roll({n}) * {n} - {n + 1}\n" for n in range(9))
    for student, source in (("1", f"{right}{own}"), ("2", f"{right}\n{own}"), ("3", WRONG)):
        hand_in(tmp_path / "all", student, source)
    (tmp_path / "all" / "4").mkdir()
    said = batch(tmp_path / "all", "--received", WITHIN)
    assert said.returncode == 0, said.stderr
    page = subprocess.run(
        grader("report", classroom.with_suffix(".sqlite")),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    text = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "4 students, 1 exercise, 3 answers handed in." in text
    assert "1, 2 softmax 100 %" in text  # alike, and 3 is not
    assert "4 0 –" in text  # nothing handed in, not a wrong answer


def test_a_page_of_nothing_or_of_another_program_s_file_is_refused(
    classroom: Path, tmp_path: Path, batch: Batch
) -> None:
    (tmp_path / "all" / "1").mkdir(parents=True)
    batch(tmp_path / "all", "--received", WITHIN)
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE t (x)")
    for file, says in ((classroom.with_suffix(".sqlite"), "nothing"), (other, "no file of a")):
        said = subprocess.run(grader("report", file), capture_output=True, text=True, check=False)
        assert said.returncode == 2 and says in said.stderr


def test_one_batch_at_a_time_works_on_a_store(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    hand_in(tmp_path / "all", "1", right)
    with Store(classroom.with_suffix(".sqlite")) as store, store.held():
        said = batch(tmp_path / "all")
        assert said.returncode == 2 and "Another `grader batch` works on" in said.stderr
        with closing(sqlite3.connect(classroom.with_suffix(".sqlite"))) as writing:
            writing.execute("BEGIN IMMEDIATE")
            assert scores(classroom) == {}  # who only reads need not wait, nor be let write
        link = tmp_path / "link.sqlite"
        link.symlink_to(classroom.with_suffix(".sqlite"))
        assert batch(tmp_path / "all", "--store", str(link)).returncode == 2
    assert batch(tmp_path / "all").returncode == 0
    assert scores(classroom) == {"1": 4}


def test_a_full_disk_is_said_and_what_was_graded_is_not_graded_again(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    for number in range(20):
        hand_in(tmp_path / "all", str(number), f"{right}# {number}")
    # No file may grow beyond so many bytes: as on a disk that is nearly full.
    little = 180_000
    said = subprocess.run(
        grader("batch", tmp_path / "all", "--classroom", classroom, "--jobs", "1"),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (little, little)),
    )
    assert said.returncode == 2 and said.stderr.count("\n") == 1, said.stderr
    assert "cannot be used" in said.stderr and "run the command again" in said.stderr
    before = kept(classroom)
    assert before and f"{plural(20 - before, 'answer')} graded" in batch(tmp_path / "all").stderr
    assert scores(classroom) == {str(number): 4 for number in range(20)}


@pytest.mark.parametrize("named", [True, False], ids=["in classroom.yaml", "by --course"])
def test_a_class_is_graded_with_a_course_of_its_teacher_s(
    named: bool, batch: Batch, classroom: Path, tmp_path: Path
) -> None:
    solution = EXAMPLE / "suites" / "ch01_lines" / "least_squares" / "solution.py"
    for student, source in (("1", solution.read_text("utf-8")), ("2", WRONG)):
        file = tmp_path / "all" / student / "ch01_lines" / "least_squares.py"
        file.parent.mkdir(parents=True)
        file.write_text(source)
    (tmp_path / "all" / "3.zip").write_bytes(b"this is no zip")
    text = "title: Lines\nexercises: {least_squares: 3}\n"
    classroom.write_text(f"course: {EXAMPLE}\n{text}" if named else text)
    course = [] if named else ["--course", str(EXAMPLE)]
    said = batch(tmp_path / "all", *course)
    assert said.returncode == 0, said.stderr
    said = subprocess.run(
        grader("results", "--classroom", classroom, *course), capture_output=True, text=True
    )
    found = map(json.loads, said.stdout.splitlines())
    assert {one["id"]: one["score"] for one in found} == {"1": 3, "2": 0, "3": 0}


def test_the_same_bytes_sent_again_later_are_not_late(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    hand_in(tmp_path / "all", "1", right)
    batch(tmp_path / "all", "--received", WITHIN)
    (tmp_path / "again").mkdir()
    with zipfile.ZipFile(tmp_path / "again" / "1.zip", "w") as archive:
        archive.writestr("ch01_attention/softmax.py", right)
    batch(tmp_path / "again", "--received", LATE)
    assert scores(classroom) == {"1": 4}
    # Nor are they another hand-in where more of it counts than did at first.
    classroom.write_text(CLASSROOM.replace("softmax: 4", "softmax: 4, masked_softmax: 2"))
    assert results(classroom)["1"]["score"] is None
    batch(tmp_path / "again", "--received", LATE)
    assert (results(classroom)["1"]["score"], "notes" in results(classroom)["1"]) == (4, False)


def test_each_hand_in_has_a_receipt_that_anybody_can_verify(
    batch: Batch, classroom: Path, tmp_path: Path, right: str
) -> None:
    pytest.importorskip("cryptography")
    key, receipts = tmp_path / "class.key", tmp_path / "receipts.txt"
    subprocess.run(grader("keygen", key), check=True, capture_output=True)
    hand_in(tmp_path / "all", "1", right)
    hand_in(tmp_path / "all", "J. Doe\u2028", WRONG)
    signed = ("--receipts", str(key), str(receipts))
    assert batch(tmp_path / "all", "--received", WITHIN, *signed).returncode == 0
    first = receipts.read_text("utf-8")

    def verified(text: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "mine.txt").write_text(text)
        command = grader("verify", tmp_path / "mine.txt", "--key", f"{key}.pub")
        return subprocess.run(command, capture_output=True, text=True)

    mine = first.splitlines()[0]
    said = verified(f"{mine}\n").stdout
    assert "genuine" in said and "1: received 2026-11-20 22:58 UTC" in said
    assert f"softmax.py sha256 {sha256(right.encode()).hexdigest()}" in said
    for changed in (mine.replace("22:58", "21:58"), mine[:-3], f"{mine}\n{mine}x", f"{mine}\n\n"):
        assert verified(changed).returncode == 1
    batch(tmp_path / "all", "--received", LATE, *signed)
    assert receipts.read_text("utf-8") == first
    assert batch(tmp_path / "all", "--receipts", f"{key}.pub", str(receipts)).returncode == 2
