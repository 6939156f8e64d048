"""Loads a published checkpoint, and tries a learner's parts in it, in a process of its own.

The file is read there, and the reference runs there; what the learner wrote runs in a worker, as
every submission does.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from grader.budget import Budget
from grader.checkpoint_report import CheckpointReport

T = TypeVar("T")
Files = Mapping[str, str | bytes]

FAMILIES = ("gpt2", "bert", "t5", "vit")
OWN_BYTES = 2 << 30  # for torch and what is computed
SIZES = 8  # of the file: float16 becomes float64, and the file itself is mapped
SECONDS = 1800.0


def load_checkpoint(
    path: Path, family: str | None, answers: Mapping[str, Files]
) -> CheckpointReport:
    """Load it into the reference, and try each answer there.

    Args:
        path: a file of weights, or a folder with model.safetensors.
        family: one of `FAMILIES`; None finds out by the names in the file.
        answers: the files of the exercises that the learner has passed, by the exercise's id.

    Raises `UsageError` where the file cannot be loaded, with a sentence that says why.
    """
    weights = list(path.glob("*.safetensors")) if path.is_dir() else [path]
    size = max((file.stat().st_size for file in weights if file.is_file()), default=0)
    return _apart(SIZES * size, _load, path.absolute(), family, answers)


def make_checkpoint(family: str, folder: Path, seed: int) -> Path:
    """Write a small checkpoint of a family in its published layout; returns the file of weights.

    Raises `UsageError` where the folder holds one already.
    """
    return _apart(0, _make, family, folder.absolute(), seed)


def _apart(size: int, function: Callable[..., T], *arguments: object) -> T:
    """Call in a process of its own, which may hold `size` bytes and what torch takes."""
    from grader.executor import ExaminerPool

    budget = Budget(SECONDS, SECONDS, size + OWN_BYTES)
    with ExaminerPool(1) as pool:
        try:
            return pool.submit_within(budget, function, *arguments).result()
        except KeyboardInterrupt:
            pool.abandon()
            raise


def _load(path: Path, family: str | None, answers: Mapping[str, Files]) -> CheckpointReport:
    from grader.examiner.checkpoints.examination import examine  # torch is loaded there

    return examine(path, family, answers)


def _make(family: str, folder: Path, seed: int) -> Path:
    from grader.examiner.checkpoints.examination import make

    return make(family, folder, seed)
