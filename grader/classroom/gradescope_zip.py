"""The autograder that Gradescope takes: a zip with what it runs, for one assignment.

    setup.sh          once, as root, while the image is built: installs the course
    run_autograder    for each submission: grades it, and writes results.json
    assignment.yaml   what counts, and for how many points
    requirements.txt  what is installed
    course/           a teacher's own course, with its suites; only where there is one

All lies in /autograder there; $AUTOGRADER_ROOT names another place, to try it out.
Source: gradescope/autograder_samples, `docs/specs.md`.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from grader.classroom.ci_files import REQUIREMENTS
from grader.classroom.settings import Classroom
from grader.classroom.settings_text import settings_text
from grader.digests import files

COURSE = "course"
# Gradescope's own harness needs the system's Python as it is, and that may be too old for us.
SETUP = """\
#!/usr/bin/env bash
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
apt-get install --yes --quiet python3-pip
PIP_BREAK_SYSTEM_PACKAGES=1 python3 -m pip install --quiet uv
uv venv --quiet --seed --python 3.12 "$root/venv"
"$root/venv/bin/pip" install --quiet --requirement "$root/source/requirements.txt"
"""
RUN = """\
#!/usr/bin/env bash
root="${AUTOGRADER_ROOT:-/autograder}"
results="$root/results/results.json"
mkdir -p "$root/results"
rm -f "$results"
"$root/venv/bin/grader" run "$root/submission" --classroom "$root/source/assignment.yaml" \\
    --format gradescope --output "$results"
status=$?
# 0 and 1 are verdicts. Else the error is ours: where there are no results, Gradescope says that the
# autograder failed, and nobody is graded by it.
if [ "$status" -gt 1 ]; then
    rm -f "$results"
    exit "$status"
fi
"""


def gradescope_zip(classroom: Classroom, package: str) -> bytes:
    """The zip; the same bytes for the same assignment."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, content in _files(classroom, package):
            info = ZipInfo(name)
            is_script = content.startswith(b"#!")
            info.external_attr = (0o100755 if is_script else 0o100644) << 16
            archive.writestr(info, content, ZIP_DEFLATED)
    return written.getvalue()


def _files(classroom: Classroom, package: str) -> Iterator[tuple[str, bytes]]:
    own = classroom.catalog.course.folder
    assignment = settings_text(classroom.title, classroom.points, course=COURSE if own else "")
    yield "setup.sh", SETUP.encode()
    yield "run_autograder", RUN.encode()
    yield "assignment.yaml", assignment.encode()
    yield "requirements.txt", REQUIREMENTS.format(package=package).encode()
    if own:
        for file in _course(own):
            yield f"{COURSE}/{file.relative_to(own).as_posix()}", file.read_bytes()


def _course(folder: Path) -> Iterator[Path]:
    for name in ("course.yaml", "exercises", "suites"):
        if (folder / name).exists():
            yield from files(folder / name)
