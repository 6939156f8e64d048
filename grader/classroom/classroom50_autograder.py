"""Grades a submission in a job of Classroom 50, which starts it in the student's checkout.

`grader classroom classroom50` writes it, with `assignment.yaml` beside it, which says what counts;
and `requirements.txt`, where the job's image does not have the course.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
# -P: nothing in the student's checkout, our own folder here, can be imported in place of ours.
PYTHON = [sys.executable, "-P", "-m"]


def main() -> int:
    """0 where everything was graded, whatever the verdicts; else nothing is published."""
    requirements = HERE / "requirements.txt"
    if requirements.exists():
        install = [*PYTHON, "pip", "install", "--quiet", "--requirement", str(requirements)]
        if status := subprocess.run(install).returncode:
            return status
    counts = ["--classroom", str(HERE / "assignment.yaml")]
    command = [*PYTHON, "grader.cli", "run", ".", *counts, "--format", "github"]
    command += ["--also", "classroom50", "result.json", "--also", "markdown", "release-body.md"]
    # The runner itself copies release-body.md to the summary.
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": ""}
    status = subprocess.run(command, env=environment).returncode
    return 0 if status in (0, 1) else status


if __name__ == "__main__":
    sys.exit(main())
