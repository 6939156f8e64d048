"""What holds in every test: one thread a process, checked shapes, and the longest tests first."""

import os
import sys

# Tests run side by side and their tensors are small: threads would only wait for each other. It is
# said before torch or numpy is loaded, and without loading torch where a test does without.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gc
from collections.abc import Callable, Iterator

import pytest
import warm_command
from jaxtyping import install_import_hook

from grader import Grader

# Tests start hundreds of processes. What one has compiled is there for the next, as it is for a
# user, also where the environment says otherwise: `learn status` would work 0.15 s and not 0.11 s.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Here and not in `reference/`: other folders' tests import the oracle too, and a module that is
# already loaded goes unchecked.
install_import_hook("reference", "shape_check.check_arrays")


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    """One examiner, warm from the second submission on."""
    with Grader() as grader:
        yield grader


@pytest.fixture(scope="session")
def warm(
    grader: Grader, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., list[str]]]:
    """`warm("grader.cli", *arguments)`: this command in a process, graded by the warm examiner."""
    socket = str(tmp_path_factory.mktemp("warm") / "socket")
    with warm_command.listen(socket, grader._own):
        start = [sys.executable, "-P", warm_command.__file__, socket]
        yield lambda *arguments: [*start, *map(str, arguments)]


def pytest_collection_finish() -> None:
    """What was collected stays: looking through it for garbage took up to a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the tests, none of them is left alone with a long one at the end.

    xdist cuts the list into one piece for each process, and who is done takes from another's end.
    So the tests that are marked as slow are dealt out to the fronts of the pieces.
    """
    if (processes := workers(config)) < 2:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    quick = [item for item in items if not item.get_closest_marker("slow")]
    size = len(items) // processes
    pieces = []
    for first in range(processes):
        dealt = slow[first::processes]
        count = max(size - len(dealt), 0) if first < processes - 1 else len(quick)
        pieces += dealt + quick[:count]
        quick = quick[count:]
    items[:] = pieces


def workers(config: pytest.Config) -> int:
    """How many processes share this run."""
    return int(getattr(config, "workerinput", {}).get("workercount", 1))
