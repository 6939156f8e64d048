"""A Dask cluster as the place where a batch is graded.

Each worker passes what it gets to examiners of its own, as `grader batch` does on one machine:
their limits hold there too, and no submission can harm the worker. What is done is decided by the
store here, or by the database of a class server. Reports are taken out of the cluster as they come,
since Dask makes again what it still holds when a worker is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from distributed import Client, KilledWorker, Scheduler, Security, Worker, WorkerPlugin, get_worker
from distributed.client import ClosedClientError

from exercises.catalog import catalog_in
from grader.classroom.loopback import is_loopback
from grader.errors import ExaminerLost, GraderError, UsageError
from grader.grader import Grader
from grader.report import Report
from grader.submission import Submission
from grader.suite_versions import Versions

NAME = "examiners"
WAIT = "10 s"  # until a scheduler must have answered
ALLOWED_FAILURES = 1  # workers that may be lost with a submission; then it is our error
HOW_TO_START = (
    "Start each worker with `dask worker ADDRESS --nthreads 1 --memory-limit 0`,"
    " where the same course is installed."
)


class OtherVersion(GraderError):
    """A worker came later, or was changed, and would judge otherwise."""


class ClusterLost(UsageError, CancelledError):
    """The scheduler went with what it had, which counts as cancelled."""

    def __init__(self) -> None:
        super().__init__(
            "The cluster's scheduler does not answer any more. What was graded is kept: start it"
            " again, and run the same command."
        )


class Cluster(Grader):
    """Grades on the workers of the scheduler at `address`.

    `name` is that of the examiners on each worker: who comes back by the same name finds no old
    ones beside them. Raises `UsageError` where the scheduler does not answer or could be used by
    everybody on the network, where it has no worker, or where a worker's course is not the one
    that is here.
    """

    def __init__(
        self, address: str, exercises: Iterable[str], course: Path | None, name: str = NAME
    ) -> None:
        self._address, self._name = address, name
        self._versions = Versions()
        self._connect(exercises, course)
        super().__init__(executor=self._client.get_executor(pure=False))

    def connect_again(self) -> None:
        """After the scheduler was lost. Raises `UsageError` as long as it, or a worker, is away."""
        self._client.close()
        self._connect((), None)
        self._executor = self._client.get_executor(pure=False)

    @property
    def jobs(self) -> int:
        """How many submissions are graded at once."""
        return sum(self._client.nthreads().values())

    @property
    def is_there(self) -> bool:
        """Whether it is still the same scheduler: another one knows nothing of our examiners."""
        if self._client.status != "running":
            return False
        try:
            return bool(self._client.scheduler_info(n_workers=1).get("id") == self._scheduler)
        except (OSError, TimeoutError, AttributeError, RuntimeError):  # it went while it was asked
            return False

    def submit(self, submission: Submission) -> Future[Report]:
        exercise = catalog_in(submission.course).exercise(submission.exercise)
        version = self._versions.of(exercise)
        try:
            return self._executor.submit(grade_there, submission.with_seed(), version, self._name)
        except ClosedClientError:
            raise ClusterLost from None

    def result(self, submission: Submission, future: Future[Report]) -> Report:
        try:
            return future.result()
        except KilledWorker:
            said = "The workers of the cluster that graded this were lost. Try again."
            return self.lost(submission, ExaminerLost(said))
        except CancelledError:
            raise ClusterLost from None

    def abandon(self) -> None:
        self._executor.shutdown(wait=False)

    def close(self) -> None:
        if self._client.status == "running":
            self._client.unregister_worker_plugin(self._name)
        self._client.close()

    def _connect(self, exercises: Iterable[str], course: Path | None) -> None:
        _check_address(self._address)
        self._client = _client(self._address)
        try:
            facts = self._client.scheduler_info()
            _check_address(facts["address"])
            self._scheduler = facts["id"]
            self.check(exercises, course)
            self._client.run_on_scheduler(_allow_failures)
            self._client.register_plugin(Examiners(), name=self._name)
        except BaseException:
            self._client.close()
            raise

    def check(self, exercises: Iterable[str], course: Path | None) -> None:
        """Raises `UsageError` where a worker would judge these otherwise than this machine."""
        catalog = catalog_in(course)
        versions = {id: self._versions.of(catalog.exercise(id)) for id in exercises}
        found = self._client.run(facts_there, tuple(versions), course, on_error="return")
        if not found:
            raise UsageError(f"The cluster has no worker yet. {HOW_TO_START}")
        for worker, facts in found.items():
            if isinstance(facts, BaseException):
                raise UsageError(f"The worker {worker} cannot grade: {facts}. {HOW_TO_START}")
            if facts["memory_limit"]:
                raise UsageError(
                    f"The worker {worker} has a memory limit, at which Dask would stop it in the"
                    f" midst of its work. {HOW_TO_START}"
                )
            others = [id for id in versions if facts["versions"][id] != versions[id]]
            if others:
                raise UsageError(_says_other(worker, others[0]))


class Examiners(WorkerPlugin):
    """The examining processes of one worker, while a batch goes on or a server is there."""

    def setup(self, worker: Worker) -> None:
        self.grader = Grader(worker.state.nthreads)
        self.versions = Versions()

    def teardown(self, worker: Worker) -> None:
        self.grader.close()


def grade_there(submission: Submission, version: str, name: str) -> Report:
    """Runs on a worker, whose examiners have the `name`; only by this `version` of the suite."""
    worker = get_worker()
    plugin = worker.plugins[name]
    assert isinstance(plugin, Examiners)
    exercise = catalog_in(submission.course).exercise(submission.exercise)
    if plugin.versions.of(exercise) != version:
        raise OtherVersion(_says_other(worker.address, exercise.id))
    return plugin.grader.grade(submission)


def facts_there(
    exercises: Iterable[str], course: Path | None, dask_worker: Worker
) -> dict[str, Any]:
    """Runs on a worker, whose argument is filled in by Dask: what its verdicts depend on."""
    return {
        "versions": Versions().all_of(exercises, course),
        "memory_limit": dask_worker.memory_manager.memory_limit,
    }


def _says_other(worker: str, exercise: str) -> str:
    return (
        f"The worker {worker} has another version of {exercise} than this machine, and would give"
        f" other verdicts. {HOW_TO_START}"
    )


def _allow_failures(dask_scheduler: Scheduler) -> None:
    dask_scheduler.allowed_failures = ALLOWED_FAILURES


def _client(address: str) -> Client:
    is_tls = address.startswith("tls:")
    try:
        security = Security(require_encryption=True) if is_tls else None
        return Client(address, security=security, timeout=WAIT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"There is no Dask scheduler that answers at {address}: {error}") from None


def _check_address(address: str) -> None:
    """An open scheduler runs any code for whoever reaches its port (CVE-2021-42343)."""
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname and parts.port)
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in ("tcp", "tls"):
        raise UsageError(f"{address!r} is no address of a scheduler, such as tcp://127.0.0.1:8786.")
    if parts.scheme == "tcp" and not is_loopback(parts.hostname or ""):
        raise UsageError(
            f"The scheduler at {address} runs any code for everybody who reaches it. Start it with"
            " `--host 127.0.0.1`, or with certificates, and name it as tls://….",
        )
