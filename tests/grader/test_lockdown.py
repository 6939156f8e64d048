"""Every promise of the lock-down, tried by real processes that break it if it can be broken."""

import ctypes
import errno
import fcntl
import importlib.metadata
import json
import mmap
import os
import platform
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch

from grader.lockdown import landlock, libraries, namespaces, privileges, probe, seccomp, syscalls
from grader.lockdown.lockdown import LAYERS, OPTIONAL, WorkerLimits, apply, prepare, readable_roots

pytestmark = pytest.mark.skipif(not syscalls.LINUX, reason="the lock-down's layers are Linux's")

SITE_PACKAGES = Path(torch.__file__).parents[1]
STANDARD_LIBRARY = Path(os.__file__).parent
ROOT = os.getuid() == 0
OWN_MEMORY = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS


def worker(
    action: Callable[[], object],
    limits: WorkerLimits = probe.LIMITS,
    device: str = "cpu",
    **options: Any,
) -> Any:
    """What `action` gives in a worker of a fresh zygote, or the name of what it raises."""

    def zygote(_: int) -> object:
        plan = prepare(readable_roots(), device, **options)

        def locked(report: int) -> object:
            apply(plan, limits, [report])
            try:
                return action()
            except BaseException as error:
                return type(error).__name__

        text, status = probe.in_fork(locked)
        return json.loads(text) if text else {"status": status}

    return json.loads(probe.in_fork(zygote)[0])


@pytest.fixture(scope="module")
def outcome() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(probe.run())
    return found


# --- every attempt of `grader doctor`


@pytest.mark.parametrize("what", [what for what, _, _ in probe.ATTEMPTS])
def test_an_attempt_to_break_out_is_stopped(what: str, outcome: dict[str, Any]) -> None:
    attempt = next(a for a in outcome["attempts"] if a["what"] == what)
    if not outcome["layers"][attempt["layer"]]["holds"]:
        pytest.skip(f"no {attempt['layer']} here")
    assert attempt["blocked"], attempt["how"]


# What a machine may refuse to any process, locked down or not.
SOMETIMES_IMPOSSIBLE = ("debugger", "namespace", "io_uring", "root folder")


@pytest.mark.parametrize("attempt", probe.ATTEMPTS, ids=lambda each: str(each[0]))
def test_the_same_attempt_works_in_a_process_that_is_not_locked_down(
    attempt: tuple[str, str, probe.Action],
) -> None:
    if any(name in attempt[0] for name in SOMETIMES_IMPOSSIBLE):
        pytest.skip("may be impossible anyway")
    with probe.scene() as target:
        found = probe.attempt(*attempt, target, lambda _: None)
    assert not found.blocked, found.how


def test_the_layers_are_reported_in_order(outcome: dict[str, Any]) -> None:
    assert tuple(outcome["layers"]) == LAYERS


@pytest.mark.parametrize("layer", ["landlock", "seccomp"])
def test_a_missing_layer_is_reported_and_the_others_hold(layer: str) -> None:
    # Namespaces would stop in another way much of what it stops.
    found = json.loads(probe.run(without=[layer, "namespaces"]))
    assert not found["layers"][layer]["holds"]
    assert found["layers"][layer]["advice"]
    stopped = {a["what"] for a in found["attempts"] if a["blocked"]}
    open_to = {a["what"] for a in found["attempts"]} - stopped
    assert open_to  # so the attempts do tell whether a layer is there
    assert {"write a new file", "allocate past the limit", "use a descriptor left open"} <= stopped
    assert {a["layer"] for a in found["attempts"] if not a["blocked"]} <= {layer, "namespaces"}


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_it_holds_for_a_user_who_is_not_root() -> None:
    def as_nobody(_: int) -> object:
        # Nobody may not look into the folder of this Python, so all it needs is fetched before.
        readable = readable_roots()
        seccomp.compile_filter()
        with probe.scene() as target:
            os.chown(target.folder, 65534, 65534)

            def zygote(_: int) -> object:
                os.setgroups([])
                os.setresgid(65534, 65534, 65534)
                os.setresuid(65534, 65534, 65534)
                plan = prepare(readable)
                return [
                    probe.attempt(*each, target, lambda fd: apply(plan, probe.LIMITS, [fd])).blocked
                    for each in needed
                ]

            return json.loads(probe.in_fork(zygote)[0])

    needed = [each for each in probe.ATTEMPTS if each[1] not in OPTIONAL]
    blocked = json.loads(probe.in_fork(as_nobody)[0])
    assert blocked == [True] * len(needed)


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_a_user_who_gets_namespaces_is_told_so_by_the_doctor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The examiner of the doctor is not dumpable either, and its zygote is."""
    # Nobody may not look into the folder of this Python, so all it needs is fetched before.
    readable = readable_roots()
    monkeypatch.setattr(probe, "readable_roots", lambda: readable)
    seccomp.compile_filter()

    def become_nobody() -> None:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)

    def as_zygote(_: int) -> object:
        become_nobody()
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
        return namespaces.enter([]).detail

    def as_examiner(_: int) -> object:
        become_nobody()
        privileges.keep_to_oneself()
        return json.loads(probe.run())["layers"]["namespaces"]["detail"]

    given = probe.in_fork(as_zygote)[0]
    if not given:
        pytest.skip("here nobody gets no namespaces")
    assert probe.in_fork(as_examiner)[0] == given


# --- reading


def namespaces_hold() -> bool:
    try:
        return bool(json.loads(probe.in_fork(lambda _: namespaces.enter([]).holds)[0] or "false"))
    except ValueError:
        return False


@pytest.mark.skipif(not syscalls.LINUX or not namespaces_hold(), reason="no namespaces here")
def test_in_namespaces_there_is_nothing_but_what_is_readable() -> None:
    roots = {str(root) for root in readable_roots()}
    allowed = roots | {str(parent) for root in roots for parent in Path(root).parents}
    others = {"/proc", "/etc", "/home", "/var", "/usr/bin", "/dev/zero", str(Path.cwd())} - allowed

    def names() -> list[str]:
        return [name for name in others if os.path.lexists(name)]

    assert worker(names) == []
    assert worker(lambda: [os.getpid() < 10, os.getppid()]) == [True, 0]
    assert worker(lambda: os.uname().nodename) == "worker"
    assert worker(names, without=["namespaces"]) != []


@pytest.mark.skipif(not syscalls.LINUX or not namespaces_hold(), reason="no namespaces here")
def test_namespaces_need_no_room_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)  # it is to be looked for again

    def enter(_: int) -> object:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # as where all disks are full
        return namespaces.enter([]).holds

    assert json.loads(probe.in_fork(enter)[0] or "false")


@pytest.mark.skipif(not syscalls.LINUX or not namespaces_hold(), reason="no namespaces here")
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_what_is_readable_can_be_reached_by_others_whatever_the_umask(umask: int) -> None:
    before = os.umask(umask)
    try:
        assert worker(lambda: len(Path(os.__file__).read_text()) > 0) is True
    finally:
        os.umask(before)


def test_what_is_readable_lies_outside_our_packages() -> None:
    ours = Path(probe.__file__).parents[2]
    for root in readable_roots():
        assert not ours.is_relative_to(root)
        assert root not in (SITE_PACKAGES, STANDARD_LIBRARY)
        assert root.name not in ("exercises", "grader", "quizzes", "reference", "tui")


def test_only_the_listed_entries_of_the_library_folders_can_be_read() -> None:
    def read(entry: Path) -> bool:
        try:
            list(entry.iterdir()) if entry.is_dir() else entry.read_bytes()
        except (PermissionError, FileNotFoundError):  # not allowed, or not even there
            return False
        return True

    def readable_entries() -> list[str]:
        return [entry.name for entry in entries if read(entry)]

    listed = set(readable_roots())
    entries = list(SITE_PACKAGES.iterdir())
    found = worker(readable_entries)
    assert {"torch", "numpy"} <= set(found)
    assert set(found) == {entry.name for entry in entries if entry in listed}
    assert not [name for name in found if name.endswith((".pth", ".dist-info"))]


def test_torch_imports_nothing_that_is_not_listed() -> None:
    """If a new torch needs another library, `ALWAYS` must name it."""
    needed = importlib.metadata.requires("torch") or []
    names = {re.split(r"[^A-Za-z0-9_.-]", each)[0] for each in needed if "extra ==" not in each}
    of_a_cuda_build = {name for name in names if name.startswith(("nvidia-", "cuda-"))}
    build_tools = {"setuptools"}
    known = {name.replace("_", "-") for name in libraries.ALWAYS}
    assert names - of_a_cuda_build - build_tools <= known


AFTER_THE_LOCK = """
import json, os
import torch
torch.set_num_threads(1)
(torch.ones(2, 2) @ torch.ones(2, 2)).sum()
from grader.lockdown import probe
from grader.lockdown.lockdown import WorkerLimits, apply, prepare, readable_roots

plan = prepare(readable_roots())

def work(report):
    apply(plan, WorkerLimits(threads=32), [report])
    import dataclasses, decimal, typing, unicodedata, tracemalloc, fractions, statistics, asyncio
    import numpy.fft, numpy.linalg, torch.func, torch.nn.utils.parametrize, torch.distributions
    from concurrent.futures import ThreadPoolExecutor
    tracemalloc.start()
    torch.seed()
    torch.set_num_threads(4)
    x = torch.randn(400, 400, requires_grad=True)
    (x @ x).softmax(-1).sum().backward()
    layer = torch.nn.TransformerEncoderLayer(16, 2)
    layer(torch.randn(3, 4, 16)).sum().backward()
    optimizer = torch.optim.AdamW(layer.parameters())  # imports half of torch
    optimizer.step()
    torch.func.vmap(torch.func.grad(lambda y: (y**2).sum()))(torch.randn(3, 4))
    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(len, ["a", "bc"])) + len(numpy.fft.fft([1.0, 2.0]))

print(probe.in_fork(work)[0])
"""


def test_torch_numpy_and_the_standard_library_still_import_and_compute() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AFTER_THE_LOCK], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "5", done.stderr


@pytest.mark.parametrize("abi", range(1, 10))
def test_each_landlock_version_is_asked_only_for_rights_it_knows(abi: int) -> None:
    files, network, scopes = landlock.handled(abi)
    assert files == {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}.get(abi, 0xFFFF)
    assert bool(network) == (abi >= 4)
    assert bool(scopes) == (abi >= 6)


@pytest.mark.parametrize("abi", range(1, 8))
def test_an_older_landlock_keeps_files_out_too(abi: int) -> None:
    try:
        if landlock.kernel_abi() < abi:
            pytest.skip("this kernel is older")
    except syscalls.Unavailable:
        pytest.skip("no Landlock here")

    def confined(_: int) -> object:
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        allowed = [(STANDARD_LIBRARY, landlock.READ), (Path("/nowhere"), landlock.READ)]
        landlock.restrict(landlock.ruleset(abi, allowed), abi)
        (STANDARD_LIBRARY / "os.py").read_text()
        try:
            return Path(__file__).read_text()
        except PermissionError:
            return "denied"

    assert json.loads(probe.in_fork(confined)[0]) == "denied"


# --- system calls

needs_seccomp = pytest.mark.skipif(
    not syscalls.LINUX
    or subprocess.run([sys.executable, "-c", "import pyseccomp"]).returncode != 0,
    reason="no libseccomp here",
)


@needs_seccomp
def test_every_system_call_that_is_not_listed_is_refused() -> None:
    import pyseccomp

    listed = {*seccomp.ALLOWED, *(name for name, _ in (*seccomp.CONDITIONAL, *seccomp.ALONE))}
    unlisted = {}
    for number in range(500):
        try:
            name = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, number).decode()
        except ValueError:
            continue  # the kernel has none of this number, or libseccomp does not know it
        if name not in listed:
            unlisted[number] = name
    assert len(unlisted) > 200

    def call_each() -> list[str]:
        libc = ctypes.CDLL(None, use_errno=True)
        answers = []
        for number, name in unlisted.items():
            result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(-1)] * 6)
            # EPERM from the filter, or what a kernel without the call would say
            expected = 38 if number in seccomp.NEWER_THAN_OUR_KERNEL.values() else 1
            if (result, ctypes.get_errno()) != (-1, expected):
                answers.append(f"{name}: {result}, errno {ctypes.get_errno()}")
        return answers

    assert worker(call_each) == []


def _run_machine_code(code: bytes) -> int:
    everything = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    page = mmap.mmap(-1, mmap.PAGESIZE, OWN_MEMORY, everything)
    page.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())


@needs_seccomp
@pytest.mark.skipif(platform.machine() != "x86_64", reason="x86-64 has two more sets of calls")
@pytest.mark.parametrize(
    "code",
    [
        pytest.param(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3", id="i386: mov eax, getpid; int 0x80"),
        pytest.param(b"\xb8\x27\x00\x00\x40\x0f\x05\xc3", id="x32: mov eax, getpid; syscall"),
    ],
)
def test_a_system_call_of_another_architecture_ends_the_process(code: bytes) -> None:
    found = worker(lambda: _run_machine_code(code))
    assert os.WTERMSIG(found["status"]) == signal.SIGSYS


@needs_seccomp
@pytest.mark.parametrize(
    "action",
    [
        pytest.param(lambda: os.open("/dev/null", os.O_WRONLY), id="open for writing"),
        pytest.param(lambda: os.open(os.__file__, os.O_RDONLY | os.O_TRUNC), id="truncate"),
        pytest.param(lambda: fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid()), id="own signals"),
        pytest.param(lambda: fcntl.ioctl(1, 0x5412, b"x"), id="type into the terminal"),
        pytest.param(lambda: syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1), id="dumpable"),
        pytest.param(lambda: syscalls.prctl(syscalls.PR_SET_PDEATHSIG, 0), id="outlive the zygote"),
        pytest.param(lambda: resource.prlimit(0, resource.RLIMIT_CPU, (1, 1)), id="set a limit"),
        pytest.param(lambda: resource.prlimit(1, resource.RLIMIT_CPU), id="ask another"),
        pytest.param(lambda: socket.socketpair(), id="socket pair"),
        pytest.param(lambda: os.pipe(), id="pipe"),
        pytest.param(lambda: os.mkfifo("/tmp/x"), id="fifo"),
        pytest.param(lambda: os.killpg(0, signal.SIGCONT), id="signal the group"),
        pytest.param(lambda: os.pidfd_open(os.getppid()), id="pidfd"),
        pytest.param(lambda: os.setsid(), id="leave the session"),
        pytest.param(lambda: os.setuid(0), id="become root"),
        pytest.param(lambda: os.nice(1), id="priority"),
        pytest.param(lambda: Path("/tmp/x").chmod(0), id="chmod"),
        pytest.param(lambda: os.utime(os.__file__), id="change times"),
        pytest.param(lambda: mmap.mmap(-1, 4096, mmap.MAP_SHARED), id="shared memory"),
        pytest.param(lambda: _map_file(mmap.MAP_SHARED), id="shared pages of a file"),
        pytest.param(lambda: fcntl.fcntl(1, fcntl.F_SETFL, os.O_APPEND), id="shared flags"),
        pytest.param(lambda: Path(os.__file__).readlink(), id="text of a link"),
        pytest.param(lambda: os.statvfs("/"), id="room on a disk"),
        pytest.param(lambda: syscalls.prctl(15, b"passed"), id="a name for the kernel's log"),
        pytest.param(lambda: time.clock_gettime(~1 << 3 | 2), id="clock of another process"),
        pytest.param(lambda: os.sched_getaffinity(1), id="processors of another process"),
        pytest.param(lambda: _advise(21), id="throw out pages"),
        pytest.param(lambda: _advise(12), id="merge pages with others"),
        pytest.param(lambda: os.posix_fadvise(1, 0, 0, 4), id="throw out a file"),
    ],
)
def test_python_says_permission_error(action: Callable[[], object]) -> None:
    assert worker(action) == "PermissionError"


def _map_file(flags: int) -> mmap.mmap:
    return mmap.mmap(os.open(os.__file__, os.O_RDONLY), 4096, flags, mmap.PROT_READ)


def _advise(advice: int) -> None:
    mmap.mmap(-1, 4096, OWN_MEMORY).madvise(advice)


def _futex(operation: int) -> str:
    """What the kernel says to somebody who waits, or wakes, in pages of a library."""
    page = _map_file(mmap.MAP_PRIVATE)
    array = numpy.frombuffer(page, numpy.int32)
    try:
        no_time = (ctypes.c_long * 2)(0, 0)
        found = syscalls.syscall(202, array.ctypes.data, operation, int(array[0]), no_time)
        return f"{found} woken"
    except OSError as error:
        return errno.errorcode[error.errno]


@needs_seccomp
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the number of a system call")
def test_two_submissions_cannot_meet_at_an_address_of_a_shared_file() -> None:
    wait, wake, of_this_process = 0, 1, 128
    assert (_futex(wait), _futex(wake)) == ("ETIMEDOUT", "0 woken")  # so it works elsewhere
    for operation in (wait, wake, 3, 5, 9, 10):
        assert worker(lambda operation=operation: _futex(operation)) == "EAGAIN"
    assert worker(lambda: _futex(wake | of_this_process)) == "0 woken"


def test_threads_can_be_waited_for() -> None:
    """As pthread_join does, by a futex that is not its own."""

    def join() -> int:
        libc, thread = ctypes.CDLL(None), ctypes.c_ulong()
        run = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(lambda _: time.sleep(0.05))
        assert libc.pthread_create(ctypes.byref(thread), None, run, None) == 0
        return int(libc.pthread_join(thread, None))

    assert worker(join) == 0


@needs_seccomp
def test_a_kept_socket_reaches_its_peer_and_nobody_else(tmp_path: Path) -> None:
    stranger = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    stranger.bind(str(tmp_path / "stranger"))
    peer, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    plain, urgent = socket.socketpair()

    def zygote(_: int) -> object:
        plan = prepare(readable_roots())

        def locked(report: int) -> object:
            apply(plan, probe.LIMITS, [report, ours.fileno(), plain.fileno()])
            attempts: list[Callable[[], object]] = [
                lambda: ours.send(b"hello"),
                lambda: ours.sendto(b"secret", str(tmp_path / "stranger")),
                lambda: socket.send_fds(ours, [b"x"], [1]),
                lambda: plain.send(b"!", socket.MSG_OOB),
            ]
            return [probe._try(lambda _, go=go: go(), None)[0] for go in attempts]  # type: ignore

        return json.loads(probe.in_fork(locked)[0])

    with stranger, peer, ours, plain, urgent:
        assert json.loads(probe.in_fork(zygote)[0]) == [False, True, True, True]
        assert peer.recv(99) == b"hello"


# --- descriptors, limits, privileges


def test_only_the_kept_and_the_standard_descriptors_are_open() -> None:
    def open_descriptors() -> list[int]:
        found = []
        for descriptor in range(1024):
            try:
                os.fstat(descriptor)
            except OSError:
                continue
            found.append(descriptor)
        return found

    leaks = [os.open("/dev/null", os.O_RDONLY) for _ in range(5)]
    found = worker(open_descriptors)
    for leak in leaks:
        os.close(leak)
    assert found[:3] == [0, 1, 2]
    assert len(found) == 4  # and the pipe for this answer


def test_what_a_worker_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert worker(lambda: os.write(1, b"printed") + os.write(2, b"printed")) == 14
    assert "printed" not in "".join(capfd.readouterr())
    assert worker(lambda: os.read(0, 1).decode()) == ""


def test_memory_is_counted_on_top_of_what_is_mapped() -> None:
    def allocate() -> list[str]:
        sizes = (probe.LIMITS.memory_bytes // 2, probe.LIMITS.memory_bytes * 5 // 4)
        outcomes = []
        for size in sizes:
            try:
                bytearray(size)
                outcomes.append("fits")
            except MemoryError:
                outcomes.append("too much")
        return outcomes

    assert worker(allocate) == ["fits", "too much"]


def test_what_was_unmapped_first_makes_no_room() -> None:
    """The address space of a library is given back; its memory was never the worker's."""
    size = 4 * probe.LIMITS.memory_bytes
    library = mmap.mmap(-1, size, OWN_MEMORY, mmap.PROT_READ)

    def allocate() -> str:
        library.close()
        mmap.mmap(-1, probe.LIMITS.memory_bytes // 2, OWN_MEMORY)
        try:
            mmap.mmap(-1, size // 2, OWN_MEMORY)
        except OSError:
            return "too much"
        return "fits"

    assert worker(allocate) == "too much"


# --- who a worker is


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
@pytest.mark.parametrize(("kept", "holds"), [(None, True), (0, True), (1 << 2, False)])
def test_capabilities_are_gone_or_the_layer_does_not_hold(kept: int | None, holds: bool) -> None:
    def give_up() -> list[object]:
        layer = privileges.give_up(kept, os.getpid())
        return [layer.holds, bool(layer.advice), syscalls.effective_capabilities()]

    found = json.loads(probe.in_fork(lambda _: give_up())[0])
    assert found == [holds, not holds, kept or 0]


@pytest.mark.parametrize(
    ("held", "closed", "kept"),
    [
        (0, False, None),
        (0, True, None),
        (privileges.TO_BECOME_A_USER, False, 0),
        (privileges.TO_BECOME_A_USER, True, None),
        (privileges.TO_BECOME_A_USER | 1 << 2, True, 1 << 2),
    ],
)
def test_the_capability_to_read_is_kept_only_where_nothing_else_helps(
    held: int, closed: bool, kept: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "python")
        python.touch(0o644)
        Path(folder).chmod(0o700 if closed else 0o755)
        assert privileges.capability_to_read([python], held) == kept
