"""What Classroom 50 takes for one assignment.

    bundle/autograder.py    for CLASSROOM/autograders/ASSIGNMENT/ of the configuration repository
    bundle/assignment.yaml  what counts, and for how many points
    runtime.json            for `gh teacher assignment add --runtime`

With an image, `image/` says how it is built: a job that starts in it has nothing to install.
Without, `bundle/requirements.txt` is installed in each job.
Source: foundation50/classroom50, wiki Advanced-Autograding; `schemas/assignments-v1.schema.json`.
"""

import json
import re
from pathlib import Path

from grader.classroom import classroom50_autograder
from grader.classroom.ci_files import REQUIREMENTS
from grader.classroom.settings import Classroom
from grader.classroom.settings_text import settings_text
from grader.errors import UsageError

IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,255}")  # what their schema allows
DOCKERFILE = """\
# docker build --tag {image} . && docker push {image}
# Anybody must be able to pull it. It holds the course with its suites, as any installation does.
FROM python:3.12-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git \\
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
"""


def classroom50_files(classroom: Classroom, package: str, image: str | None) -> dict[str, str]:
    """The texts by their names. Raises `UsageError` for what cannot be graded there."""
    if classroom.catalog.course.folder:
        raise UsageError(
            "Whatever a job there reads can be read by everybody, and it would need the suites of"
            " your course. Grade it with `grader batch`, or on Gradescope."
        )
    if image and not IMAGE.fullmatch(image):
        raise UsageError(f"--image takes a name such as ghcr.io/you/course:1, not {image!r}.")
    requirements = REQUIREMENTS.format(package=package)
    found = {
        "bundle/autograder.py": Path(classroom50_autograder.__file__).read_text("utf-8"),
        "bundle/assignment.yaml": settings_text(classroom.title, classroom.points),
        "runtime.json": json.dumps(_runtime(image), indent=2) + "\n",
    }
    if not image:
        return found | {"bundle/requirements.txt": requirements}
    dockerfile = DOCKERFILE.format(image=image)
    return found | {"image/Dockerfile": dockerfile, "image/requirements.txt": requirements}


def _runtime(image: str | None) -> dict[str, object]:
    return {"container": {"image": image, "user": "root"}} if image else {"python": "3.12"}
