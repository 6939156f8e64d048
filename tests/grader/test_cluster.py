"""A real Dask scheduler and two real workers: what is graded there, and what may go wrong."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dask
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from dask_cluster import DaskCluster, client_of
from processes import PATIENCE, comes_true

from grader import Report, Submission
from grader.classroom.cluster import Cluster
from grader.errors import UsageError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WRONG = "import torch\ndef softmax(x, dim): return x\n"
EXAMPLE = ROOT / "docs" / "examples" / "linear_regression"
ERROR = "mean_squared_error"
LOST = "error: The workers of the cluster that graded this were lost. Try again."
KILLER = '''
import os
import signal


def test_an_answer_of_13_kills_the_worker(submission):
    """It is the parent of the examiner."""
    if submission.mean_squared_error(torch.zeros(1), torch.zeros(1), 1.0, 0.0).item() == 13:
        os.kill(os.getppid(), signal.SIGKILL)
'''


MORE = """

def test_once_more(submission):
    assert submission.mean_squared_error(torch.zeros(1), torch.zeros(1), 1.0, 0.0).item() == 0
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """One that all of the cluster have, as Dask's settings for the environment."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a class")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = built.add_extension(x509.BasicConstraints(True, None), critical=True).sign(
        key, hashes.SHA256()
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    settings = {"ca-file": str(folder / "cert.pem")}
    for role in ("scheduler", "worker", "client"):
        settings |= {
            f"{role}.cert": str(folder / "cert.pem"),
            f"{role}.key": str(folder / "key.pem"),
        }
    with dask.config.set({f"distributed.comm.tls.{name}": file for name, file in settings.items()}):
        names = {name: name.upper().replace("-", "_").replace(".", "__") for name in settings}
        yield {f"DASK_DISTRIBUTED__COMM__TLS__{names[name]}": settings[name] for name in settings}


@pytest.fixture(scope="module")
def address(certificate: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a scheduler with two workers, which speak encrypted."""
    processes = DaskCluster(tmp_path_factory.mktemp("cluster"))
    try:
        where = ("--protocol", "tls", "--host", "127.0.0.1")
        address = processes.scheduler(*where, **certificate)
        processes.workers(address, 2, **certificate)
        yield address
    finally:
        processes.end()


def pids(address: str) -> set[int]:
    with client_of(address) as client:
        return set(client.run(os.getpid).values())


def test_a_batch_loses_nothing_when_a_worker_is_killed(
    address: str, certificate: dict[str, str], tmp_path: Path, solution: Callable[[str], str]
) -> None:
    settings, store = tmp_path / "classroom.yaml", tmp_path / "classroom.sqlite"
    settings.write_text("title: A\nzone: UTC\nexercises: {softmax: 4}\n")
    count = 24
    for number in range(count):
        file = tmp_path / "all" / str(number) / "softmax.py"
        file.parent.mkdir(parents=True)
        file.write_text(f"{solution('softmax') if number % 3 else WRONG}# {number}\n")
    command = [sys.executable, "-P", "-m", "grader.cli", "batch", tmp_path / "all"]
    command += ["--classroom", settings, "--dask", address]
    run = subprocess.Popen(
        list(map(str, command)),
        env={**os.environ, **certificate},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert comes_true(lambda: len(verdicts(store)) >= 5)
    os.kill(min(pids(address)), signal.SIGKILL)
    said = run.communicate(timeout=2 * PATIENCE)[1]
    assert f"{count} hand-ins: {count} answers graded, 0 known already, 0 errors" in said
    assert sorted(verdicts(store)) == ["failed"] * 8 + ["passed"] * 16


def verdicts(store: Path) -> list[str]:
    if not store.is_file():
        return []
    with closing(sqlite3.connect(store)) as database:
        try:
            return [row[0] for row in database.execute("SELECT outcome FROM verdicts")]
        except sqlite3.OperationalError:
            return []  # it is being made


def test_a_submission_that_kills_workers_is_our_error_and_the_others_have_their_verdicts(
    address: str, tmp_path: Path
) -> None:
    course = tmp_path / "course"
    shutil.copytree(EXAMPLE, course, ignore=shutil.ignore_patterns("__pycache__"))
    suite = course / "suites" / "ch01_lines" / ERROR
    with (suite / f"test_{ERROR}.py").open("a") as file:
        file.write(KILLER)
    right, killer = (
        (suite / "solution.py").read_text(),
        f"def {ERROR}(x, *_): return 0 * x.sum() + 13\n",
    )
    asked = [
        Submission(ERROR, f"{text}# {number}\n", course=course, seed=number)
        for number, text in enumerate((right, killer, right, right))
    ]
    with Cluster(address, [ERROR], course) as cluster:
        futures = [cluster.submit(one) for one in asked]
        found = told(cluster.result(*one) for one in zip(asked, futures, strict=True))
        assert found.pop(1) == LOST
        # What waited on the same worker may be blamed with it. A batch asks a second time.
        assert set(found) <= {"passed", LOST}
        assert told(cluster.grade_all(one for one in asked if "13" not in str(one.source))) == 3 * [
            "passed"
        ]


def told(reports: Iterable[Report]) -> list[str]:
    return [
        f"{one.outcome}: {one.problem.message}" if one.problem else one.outcome for one in reports
    ]


def test_a_suite_that_has_changed_is_asked_on_the_cluster(
    address: str, certificate: dict[str, str], tmp_path: Path
) -> None:
    course = tmp_path / "course"
    shutil.copytree(EXAMPLE, course, ignore=shutil.ignore_patterns("__pycache__"))
    suite = course / "suites" / "ch01_lines" / ERROR
    (tmp_path / "all" / "1").mkdir(parents=True)
    shutil.copy(suite / "solution.py", tmp_path / "all" / "1" / f"{ERROR}.py")
    (tmp_path / "classroom.yaml").write_text(
        f"title: A\ncourse: course\nexercises: {{{ERROR}: 3}}\n"
    )

    def said(*words: str) -> str:
        command = [sys.executable, "-P", "-m", "grader.cli", *words, "--dask", address]
        return subprocess.run(
            [*command, "--classroom", "classroom.yaml"],
            cwd=tmp_path,
            env={**os.environ, **certificate},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    said("batch", "all")
    with (suite / f"test_{ERROR}.py").open("a") as file:
        file.write(MORE)
    assert "1 answer was judged by earlier suites, 1 of them" in said("regrade", "--dry-run")


def test_the_same_bytes_are_graded_anew_each_time(address: str) -> None:
    """Dask gives an old result for equal arguments where it is not told otherwise."""
    with Cluster(address, ["softmax"], None) as cluster:
        first, second = (cluster.grade(Submission("softmax", WRONG, seed=1)) for _ in range(2))
    assert first.outcome == second.outcome == "failed"
    assert first.duration_ms != second.duration_ms


@pytest.mark.parametrize(
    "address",
    [
        "tcp://192.0.2.1:8786",
        "tcp://0.0.0.0:8786",
        "tcp://example.org:8786",
        "tcp://[2001:db8::1]:1",
    ],
)
def test_a_scheduler_that_is_open_to_the_network_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="runs any code for everybody who reaches it"):
        Cluster(address, ["softmax"], None)


@pytest.mark.parametrize("address", ["", "8786", "127.0.0.1:8786", "tcp://127.0.0.1", "http://a:x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match=r"is no address of a scheduler, such as tcp://"):
        Cluster(address, ["softmax"], None)


def test_a_scheduler_that_listens_to_all_is_refused_by_its_name_for_itself_too(
    tmp_path: Path,
) -> None:
    processes = DaskCluster(tmp_path)
    try:
        port = processes.scheduler("--host", "0.0.0.0").rpartition(":")[2]
        with pytest.raises(UsageError, match="runs any code for everybody"):
            Cluster(f"tcp://127.0.0.1:{port}", ["softmax"], None)
    finally:
        processes.end()


def test_workers_that_would_judge_otherwise_are_refused(tmp_path: Path) -> None:
    processes = DaskCluster(tmp_path)
    try:
        address = processes.scheduler()
        with pytest.raises(UsageError, match="has no worker yet"):
            Cluster(address, ["softmax"], None)
        copy = tmp_path / "copy"
        for package in ("exercises", "grader", "quizzes", "reference"):
            shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("*.pyc"))
        with (copy / "grader" / "suites" / "ch01_attention" / "softmax" / "solution.py").open(
            "a"
        ) as f:
            f.write("# another\n")
        processes.workers(address, 1, PYTHONPATH=str(copy))
        with pytest.raises(UsageError, match="has another version of softmax"):
            Cluster(address, ["softmax"], None)
        Cluster(address, ["masked_softmax"], None).close()
    finally:
        processes.end()


def test_workers_that_dask_would_stop_are_refused(tmp_path: Path) -> None:
    processes = DaskCluster(tmp_path)
    try:
        address = processes.scheduler()
        processes.workers(address, 1, "--memory-limit", "4 GiB")
        with pytest.raises(UsageError, match="--memory-limit 0"):
            Cluster(address, ["softmax"], None)
    finally:
        processes.end()
