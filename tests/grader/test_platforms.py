"""What platforms start: Gradescope's autograder in its layout, Classroom 50's in a checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from classroom50_job import JOB

from grader.classroom.settings import read_classroom

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "linear_regression"
WRONG = "def softmax(x, dim=-1): return x\n"
# What setup.sh asks of the network, done with what is installed here.
APT = "#!/bin/sh\n"
PYTHON3 = '#!/bin/sh\n[ "$*" = "-m pip install --quiet uv" ]\n'
UV = """\
#!/bin/sh
for last; do :; done
mkdir -p "$last/bin" && ln -s "{bin}/pip" "{bin}/grader" "$last/bin/"
"""


@pytest.fixture
def classroom(tmp_path: Path) -> Path:
    file = tmp_path / "classroom.yaml"
    text = "title: Attention\nexercises: {softmax: 4, masked_softmax: 1}\n"
    file.write_text(
        f"{text}zone: UTC\ndue: 2026-12-01 23:59\nlate: {{percent_per_day: 10, days: 5}}\n"
        'extensions: [{student: "1042", due: 2026-12-05 23:59, reason: ill}]\n'
    )
    return file


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-P", "-m", "grader.cli", "classroom", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True)


@pytest.fixture
def gradescope(tmp_path: Path) -> Callable[..., Path]:
    """`gradescope(classroom, …)`: a root as Gradescope fills it, set up."""

    def start(*arguments: object) -> Path:
        file, root = tmp_path / "autograder.zip", tmp_path / "auto grader"
        said = command("gradescope", file, *arguments)
        assert said.returncode == 0, said.stderr
        with ZipFile(file) as archive:
            archive.extractall(root / "source")
            modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        assert modes["run_autograder"] & 0o111 and modes["setup.sh"] & 0o111
        (root / "submission").mkdir()
        (root / "run_autograder").write_bytes((root / "source" / "run_autograder").read_bytes())
        done = run(root, "source/setup.sh", tmp_path)
        assert done.returncode == 0, done.stderr
        return root

    return start


def run(root: Path, script: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """In the root, as Gradescope does it, by root's own path in place of /autograder."""
    stand_ins = tmp_path / "bin"
    stand_ins.mkdir(exist_ok=True)
    uv = UV.format(bin=Path(sys.executable).parent)
    for name, text in (("apt-get", APT), ("python3", PYTHON3), ("uv", uv)):
        (stand_ins / name).write_text(text)
        (stand_ins / name).chmod(0o755)
    path = f"{stand_ins}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root), "PIP_NO_INDEX": "1", "PATH": path}
    done = subprocess.run(
        ["bash", root / script], cwd=root, env=environment, capture_output=True, text=True
    )
    if "grader doctor" in done.stderr:
        pytest.skip("this machine has no sandbox, and a classroom refuses without one")
    return done


def test_gradescope_gets_points_of_the_assignment(
    gradescope: Callable[..., Path],
    classroom: Path,
    tmp_path: Path,
    solution: Callable[[str], str],
) -> None:
    root = gradescope("--classroom", classroom)
    assert "1042" not in "".join(path.read_text() for path in (root / "source").iterdir())
    (root / "submission" / "softmax.py").write_text(solution("softmax"))
    # Of the hand-in, nothing is imported in our place.
    (root / "submission" / "click.py").write_text("raise SystemExit(0)\n")
    done = run(root, "run_autograder", tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads((root / "results" / "results.json").read_text("utf-8"))
    assert sum(test["score"] for test in result["tests"]) == pytest.approx(4)
    assert sum(test["max_score"] for test in result["tests"]) == pytest.approx(5)
    assert "There is no file masked_softmax.py" in json.dumps(result)


def test_gradescope_grades_nobody_by_an_error_of_ours(
    gradescope: Callable[..., Path], classroom: Path, tmp_path: Path
) -> None:
    root = gradescope("--classroom", classroom)
    (root / "results").mkdir()
    (root / "results" / "results.json").write_text('{"score": 5}')  # of an earlier run
    (root / "source" / "assignment.yaml").write_text("title: 1")
    done = run(root, "run_autograder", tmp_path)
    assert done.returncode == 2 and "must be a text" in done.stderr
    assert not (root / "results" / "results.json").exists()


def test_gradescope_has_a_course_of_one_s_own_with_it(
    gradescope: Callable[..., Path], classroom: Path, tmp_path: Path
) -> None:
    classroom.write_text("title: Lines\nexercises: {least_squares: 3}\n")
    root = gradescope("--classroom", classroom, "--course", EXAMPLE)
    solution = EXAMPLE / "suites" / "ch01_lines" / "least_squares" / "solution.py"
    (root / "submission" / "least_squares.py").write_bytes(solution.read_bytes())
    done = run(root, "run_autograder", tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads((root / "results" / "results.json").read_text("utf-8"))
    assert sum(test["score"] for test in result["tests"]) == pytest.approx(3)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A student's repository, with modules that would stand in the place of ours."""
    folder = tmp_path / "checkout"
    (folder / "grader").mkdir(parents=True)
    for name in ("grader/__init__.py", "pip.py", "torch.py", "click.py"):
        (folder / name).write_text("raise SystemExit(0)\n")
    (folder / "softmax.py").write_text(WRONG)
    (folder / "assignment.yaml").write_text("title: Mine\nexercises: {softmax: 1000}\n")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("image", [None, "ghcr.io/teacher/course:1"])
def test_classroom50_publishes_what_its_own_assignment_says(
    image: str | None, checkout: Path, classroom: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    chosen = ("--image", image) if image else ()
    said = command("classroom50", made, "--classroom", classroom, *chosen)
    assert said.returncode == 0, said.stderr
    assert (made / "bundle" / "requirements.txt").exists() == (image is None)
    assert read_classroom(made / "bundle" / "assignment.yaml").max_score == 5
    result = job(made / "bundle" / "autograder.py", checkout)
    assert (result["classroom"], result["score"]) == ("ml-101", 0)
    assert {test["exercise"] for test in result["tests"]} == {"softmax", "masked_softmax"}
    assert sum(test["max-score"] for test in result["tests"]) in (5, 500)
    runtime = json.loads((made / "runtime.json").read_text("utf-8"))
    if image:
        assert runtime == {"container": {"image": image, "user": "root"}}
        assert (made / "image" / "requirements.txt").exists()
    else:
        assert runtime == {"python": "3.12"}


def job(autograder: Path, checkout: Path) -> Any:
    summary = checkout / "summary.md"
    known = {**os.environ, **JOB, "GITHUB_STEP_SUMMARY": str(summary), "PIP_NO_INDEX": "1"}
    done = subprocess.run(
        [sys.executable, autograder], cwd=checkout, env=known, capture_output=True, text=True
    )
    if "grader doctor" in done.stderr:
        pytest.skip("this machine has no sandbox, and a classroom refuses without one")
    assert (done.returncode, done.stderr) == (0, "")
    assert (checkout / "release-body.md").read_text("utf-8").startswith("### 0 of 2 exercises")
    assert not summary.exists()
    return json.loads((checkout / "result.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--image", "two words"), "--image takes a name"),
        (("--classroom", "none.yaml"), "There is no file none.yaml"),
    ],
)
def test_what_classroom50_would_refuse_is_said_before(
    arguments: tuple[str, ...], says: str, classroom: Path, tmp_path: Path
) -> None:
    said = command("classroom50", tmp_path / "made", "--classroom", classroom, *arguments)
    assert said.returncode == 2 and says in said.stderr
    assert not (tmp_path / "made").exists()


def test_classroom50_would_show_everybody_the_suites_of_one_s_own_course(
    classroom: Path, tmp_path: Path
) -> None:
    classroom.write_text(f"title: L\ncourse: {EXAMPLE}\nexercises: {{least_squares: 3}}\n")
    said = command("classroom50", tmp_path / "made", "--classroom", classroom)
    assert said.returncode == 2 and "can be read by everybody" in said.stderr
