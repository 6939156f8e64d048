"""What a learner hands in."""

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import SubmissionError

MAX_SOURCE_BYTES = 256 * 1024
SHOWN_NAME = 200  # letters of a file's name in a message
SEEDS = 2**48  # too many to try each, few enough for a number in JSON


@dataclass(frozen=True)
class Submission:
    """One answer to one exercise.

    `source` is the file's text (or its bytes, which the grader decodes), or several files by name:
    the one named `<exercise>.py` is graded and may import the others. `seed` None draws a fresh
    one, so that hard-coded outputs fail; a fixed seed gives the same questions each time. `device`
    is `cpu` or a CUDA device. With `only_sandboxed`, none of it runs where a layer of the sandbox
    is missing: that is a `UsageError`.
    """

    exercise: str
    source: str | bytes | Mapping[str, str | bytes]
    seed: int | None = None
    device: str = "cpu"
    only_sandboxed: bool = False

    @classmethod
    def from_file(
        cls,
        path: Path | str,
        exercise: str | None = None,
        seed: int | None = None,
        device: str = "cpu",
    ) -> "Submission":
        """Read one file; its name gives the exercise if none is named.

        Raises `SubmissionError` where there is no file to read. What is in the file is judged by
        the grader, not here. A link is not followed: whoever hands it in may not be allowed to read
        what we may, such as the solution.
        """
        path = Path(path)
        try:
            if path.is_symlink():
                raise SubmissionError(f"{path} is a symbolic link. Name the file itself.")
            if path.is_dir():
                raise SubmissionError(f"{path} is a folder. Name the file to grade.")
            source = _read(path)
        except FileNotFoundError:
            raise SubmissionError(f"There is no file {path}.") from None
        except OSError as error:
            raise SubmissionError(f"{_short(path)} cannot be read: {error.strerror}.") from None
        except ValueError:  # a zero character, which no file system has in names
            raise SubmissionError(f"{_short(path)} is no name of a file.") from None
        return cls(exercise or path.stem, source, seed, device)

    def with_seed(self) -> "Submission":
        """This submission with a seed: its own, or a fresh one.

        Drawn before anything can go wrong, so that whatever becomes of it tells the seed that was
        used, and may be tried again with the same questions.
        """
        return self if self.seed is not None else replace(self, seed=secrets.randbelow(SEEDS))

    def files(self) -> dict[str, str | bytes]:
        """The files by name; a lone source gets the exercise's own name."""
        if isinstance(self.source, Mapping):
            return dict(self.source)
        return {f"{self.exercise}.py": self.source}


def _short(path: Path) -> str:
    name = str(path)
    return name if len(name) <= SHOWN_NAME else f"{name[:SHOWN_NAME]}…"


def _read(path: Path) -> bytes:
    """As much of the file as is needed to know that it is too large."""
    # Without O_NONBLOCK, a named pipe would let us wait for somebody who writes into it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SubmissionError(f"{path} is no ordinary file.")
        return file.read(MAX_SOURCE_BYTES + 1)
