"""What a learner hands in."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from exercises.catalog import catalog_in
from grader.source_files import read_with_imports

MAX_SOURCE_BYTES = 256 * 1024
SEEDS = 2**48  # too many to try each, few enough for a number in JSON


@dataclass(frozen=True)
class Submission:
    """One answer to one exercise.

    `source` is the file's text (or its bytes, which the grader decodes), or several files by name:
    the one named `<exercise>.py` is graded and may import the others. `seed` None draws a fresh
    one, so that hard-coded outputs fail; a fixed seed gives the same questions each time. `device`
    is `cpu` or a CUDA device. With `only_sandboxed`, none of it runs where a layer of the sandbox
    is missing: that is a `UsageError`. `traced` asks for the steps of a wrong answer, too; not
    `explained`, a report tells what failed and its points, and nobody waits for the reasons.
    `course` is the folder of a teacher's own course; None stands for ours, wherever that lies.
    """

    exercise: str
    source: str | bytes | Mapping[str, str | bytes]
    seed: int | None = None
    device: str = "cpu"
    only_sandboxed: bool = False
    traced: bool = False
    explained: bool = True
    course: Path | None = None

    @classmethod
    def from_file(
        cls,
        path: Path | str,
        exercise: str | None = None,
        seed: int | None = None,
        device: str = "cpu",
        within: Path | None = None,
        elsewhere: Callable[[str], bytes | None] = lambda module: None,
        course: Path | None = None,
    ) -> "Submission":
        """Read one file, and those beside it that it imports; its name gives the exercise if none
        is named.

        A symbolic link is followed if it leads to a file below `within`, the file's own folder if
        that is None: whoever hands it in may not be allowed to read what we may. `elsewhere` gives
        the source of a module that is imported and does not lie beside it, or None. Raises
        `SubmissionError` where there is no file that may be read. What is in it is judged by the
        grader, not here.
        """
        path = Path(path)
        exercise = exercise or path.stem
        main = f"{exercise}.py"
        hidden = [part.suites for part in catalog_in(course).course.parts]
        files = read_with_imports(
            path, main, within or path.parent, MAX_SOURCE_BYTES, hidden, elsewhere
        )
        source = files if len(files) > 1 else files[main]
        return cls(exercise, source, seed, device, course=course)

    @property
    def main(self) -> str | bytes:
        """The file that is graded. Raises `KeyError` where it is not among the files."""
        return self.files()[f"{self.exercise}.py"]

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
