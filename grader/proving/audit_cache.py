"""Which exercises passed the audit and have not changed since; they need not be graded again.

One small file an exercise, in the user's cache folder. It holds a digest of all that a verdict
depends on, and stands for a pass: what failed is not remembered. A file that is damaged or cannot
be read is no pass, and where none can be written, the next audit grades again. The longest of our
tests remember in the same way what they have shown of an exercise.
"""

import os
from contextlib import suppress
from pathlib import Path

from exercises.catalog import Exercise
from exercises.files import write_atomically
from grader.digests import digest, files
from grader.suite_versions import Versions


class AuditCache:
    """The passes that `folder` remembers. The code is read once, when this is made.

    A pass depends on the files `beside` as well.
    """

    def __init__(self, folder: Path, *beside: Path) -> None:
        self._folder = folder
        self._versions = Versions()
        self._beside = [digest(*files(path)) for path in beside]

    def key(self, exercise: Exercise) -> str:
        """Another one as soon as anything has changed that a verdict on this exercise depends on.

        Raises OSError where a file of the exercise cannot be read.
        """
        return digest(self._versions.of(exercise), *self._beside)

    def holds(self, exercise: Exercise, key: str) -> bool:
        """Whether the exercise passed when it had this key."""
        try:
            return self._file(exercise).read_text(encoding="utf-8") == key
        except (OSError, UnicodeError):
            return False

    def add(self, exercise: Exercise, key: str) -> None:
        """Remember that it passed, unless it was edited meanwhile; the key before is forgotten."""
        with suppress(OSError):
            if self.key(exercise) == key:
                self._folder.mkdir(parents=True, exist_ok=True)
                write_atomically(self._file(exercise), key.encode())

    def _file(self, exercise: Exercise) -> Path:
        return self._folder / exercise.id


def local_cache(of: str = "audit", *beside: Path) -> AuditCache | None:
    """This user's cache `of` the audit, or of something that our tests show.

    None in CI, which grades all every time, and for a user without a home.
    """
    if os.environ.get("CI"):
        return None
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:
        return None
    return AuditCache(Path(home) / "learn-transformer" / of, *beside)
