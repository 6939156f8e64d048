"""From what a verdict was made: the audit trail that each report carries."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from exercises.catalog import Catalog, Exercise
from grader.digests import digest, files
from grader.report import Provenance
from grader.submission import Submission

COURSE = "learn-transformer"
LIBRARIES = ("numpy", "pytest", "safetensors", "torch")


def provenance(submission: Submission, exercise: Exercise) -> Provenance:
    """Of a report on this submission, made in this installation."""
    handed_in = {name: _bytes(source) for name, source in submission.files().items()}
    main = handed_in.get(f"{submission.exercise}.py")
    return Provenance(
        source_sha256=None if main is None else sha256(main).hexdigest(),
        files_sha256=_digest(handed_in),
        suite_version=suite_version(exercise.suite),
        packages=packages(),
    )


@cache
def suite_version(suite: Path) -> str:
    """Another one as soon as a byte of the hidden suite changes; empty where there is none.

    A process reads a suite once, so what it says of one holds for as long as it lives.
    """
    return digest(*files(suite))[:16] if suite.is_dir() else ""


def course_suite_version(catalog: Catalog) -> str:
    """Of all hidden suites of a course; empty where it came without them."""
    versions = [suite_version(exercise.suite) for exercise in catalog.exercises]
    return digest(*versions)[:16] if any(versions) else ""


def course_version() -> str:
    return version(COURSE)


@cache
def packages() -> Mapping[str, str]:
    """The versions of all that a verdict depends on."""
    return {"python": python_version(), **{name: version(name) for name in (COURSE, *LIBRARIES)}}


def _bytes(source: str | bytes) -> bytes:
    return source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")


def _digest(handed_in: Mapping[str, bytes]) -> str:
    whole = sha256()
    for name, content in sorted(handed_in.items()):
        encoded = _bytes(name)
        whole.update(b"%d %d\n" % (len(encoded), len(content)) + encoded + content)
    return whole.hexdigest()
