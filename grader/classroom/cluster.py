"""A Dask cluster as the place where a batch is graded.

Each worker passes what it gets to examiners of its own, as `grader batch` does on one machine:
their limits hold there too, and no submission can harm the worker. What is done is decided by the
store here. Reports are taken out of the cluster as they come, since Dask makes again what it still
holds when a worker is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from distributed import Client, KilledWorker, Scheduler, Security, Worker, WorkerPlugin, get_worker

from grader.classroom.loopback import is_loopback
from grader.errors import ExaminerLost, UsageError
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


class Cluster(Grader):
    """Grades on the workers of the scheduler at `address`.

    Raises `UsageError` where it does not answer or could be used by everybody on the network,
    where it has no worker, or where a worker's course is not the one that is here.
    """

    def __init__(self, address: str, exercises: Iterable[str], course: Path | None) -> None:
        _check_address(address)
        self._client = _client(address)
        try:
            self._check_workers(Versions().all_of(exercises, course), course)
            self._client.run_on_scheduler(_allow_failures)
            self._client.register_plugin(Examiners(), name=NAME)
        except BaseException:
            self._client.close()
            raise
        super().__init__(executor=self._client.get_executor(pure=False))

    @property
    def jobs(self) -> int:
        """How many submissions are graded at once."""
        return sum(self._client.nthreads().values())

    def submit(self, submission: Submission) -> Future[Report]:
        return self._executor.submit(grade_there, submission.with_seed())

    def result(self, submission: Submission, future: Future[Report]) -> Report:
        try:
            return future.result()
        except KilledWorker:
            said = "The workers of the cluster that graded this were lost."
            return self.lost(submission, ExaminerLost(said))
        except CancelledError:
            raise UsageError(
                "The cluster's scheduler does not answer any more. What was graded is kept: start"
                " it again, and run the same command."
            ) from None

    def abandon(self) -> None:
        self._executor.shutdown(wait=False)

    def close(self) -> None:
        if self._client.status == "running":
            self._client.unregister_worker_plugin(NAME)
        self._client.close()

    def _check_workers(self, versions: Mapping[str, str], course: Path | None) -> None:
        _check_address(self._client.scheduler_info()["address"])
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
                raise UsageError(
                    f"The worker {worker} has another version of {others[0]} than this machine, and"
                    f" would give other verdicts. {HOW_TO_START}"
                )


class Examiners(WorkerPlugin):
    """The examining processes of one worker, while a batch goes on."""

    def setup(self, worker: Worker) -> None:
        self.grader = Grader(worker.state.nthreads)

    def teardown(self, worker: Worker) -> None:
        self.grader.close()


def grade_there(submission: Submission) -> Report:
    """Runs on a worker."""
    plugin = get_worker().plugins[NAME]
    assert isinstance(plugin, Examiners)
    return plugin.grader.grade(submission)


def facts_there(
    exercises: Iterable[str], course: Path | None, dask_worker: Worker
) -> dict[str, Any]:
    """Runs on a worker, whose argument is filled in by Dask: what its verdicts depend on."""
    return {
        "versions": Versions().all_of(exercises, course),
        "memory_limit": dask_worker.memory_manager.memory_limit,
    }


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
