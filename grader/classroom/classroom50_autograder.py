"""Grades a submission in a job of Classroom 50.

Put a copy at CLASSROOM/autograders/ASSIGNMENT/autograder.py of the configuration repository, and
name in EXERCISES what counts. It needs the `grader` command in the job: see docs/classroom.md.
"""

import os
import subprocess
import sys

# The ids of the exercises that count, there or not. With none, whatever is there counts, and who
# takes a file away has fewer points to lose.
EXERCISES: tuple[str, ...] = ()


def main() -> int:
    """0 where everything was graded, whatever the verdicts; else nothing is published."""
    asked = [part for exercise in EXERCISES for part in ("--exercise", exercise)]
    # -P: nothing in the student's checkout, our own folder here, can be imported in place of ours.
    command = [sys.executable, "-P", "-m", "grader.cli", "run", ".", *asked, "--format", "github"]
    command += ["--also", "classroom50", "result.json", "--also", "markdown", "release-body.md"]
    # The runner itself copies release-body.md to the summary.
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": ""}
    status = subprocess.run(command, env=environment).returncode
    return 0 if status in (0, 1) else status


if __name__ == "__main__":
    sys.exit(main())
