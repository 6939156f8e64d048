"""Tries to break each layer of the lock-down, from inside a worker that holds nothing of worth.

Run as a program of its own (`python -m grader.lockdown.probe`), because preparing a lock-down
restricts the process that does it. Every attempt has a worker to itself, so that one which succeeds
spoils none of the others, and everything it goes for is made for the purpose.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from grader.lockdown import privileges, syscalls
from grader.lockdown.limits import WorkerLimits
from grader.lockdown.lockdown import apply, prepare, readable_roots

LIMITS = WorkerLimits(seconds=5.0, memory_bytes=256 << 20, threads=32)
_SYS_IO_URING_SETUP = 425
_PTRACE_ATTACH = 16
_CLONE_NEWUSER = 0x10000000
_MANY_THREADS = 256
# From the worker upwards: its parent, the parent's parent and the program that wants the verdict;
# and a worker beside it.
RELATIVES = ("zygote", "examiner", "grader", "next worker")


@dataclass(frozen=True)
class Scene:
    """What the attempts go for: a folder of ours, sockets that listen, a descriptor left open, and
    the processes around a worker."""

    folder: Path
    tcp_port: int
    abstract: str
    descriptor: int
    relatives: Mapping[str, int]

    @property
    def file(self) -> Path:
        return self.folder / "secret"

    @property
    def unix(self) -> Path:
        return self.folder / "socket"


@dataclass(frozen=True)
class EscapeAttempt:
    """What was tried, the layer that is there to stop it, and how it ended."""

    what: str
    layer: str
    blocked: bool
    how: str


Action = Callable[[Scene], object]


@contextmanager
def scene() -> Iterator[Scene]:
    """Set the scene, and leave no trace of it."""
    with ExitStack() as stack:
        try:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        except FileNotFoundError:  # a worker needs no such folder, but this does
            sys.exit("no folder for temporary files has room")
        folder.chmod(0o755)  # so that it is our lock-down that keeps a worker out
        abstract = f"\0{folder.name}"
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        null = os.open(os.devnull, os.O_RDONLY)
        relatives = dict.fromkeys(RELATIVES, os.getpid()) | {"grader": os.getppid()}
        set_up = Scene(folder, tcp.getsockname()[1], abstract, null, relatives)
        stack.callback(os.close, set_up.descriptor)
        set_up.file.write_text("secret")
        for address in (str(set_up.unix), abstract):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            with contextlib.suppress(OSError):  # abstract addresses exist on Linux only
                listener.bind(address)
                listener.listen()
        yield set_up


def _connect(family: int, address: object) -> None:
    with socket.socket(family) as client:
        client.settimeout(1)
        client.connect(address)  # type: ignore[arg-type]


def _send_datagram(_: Scene) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"secret", ("127.0.0.1", 9))


def _fork(_: Scene) -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def _libc(name: str, *arguments: int) -> None:
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*(ctypes.c_long(argument) for argument in arguments)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _start_threads(_: Scene) -> None:
    stop = threading.Event()
    for _number in range(_MANY_THREADS):
        threading.Thread(target=stop.wait, daemon=True).start()


def _allocate(size: int) -> mmap.mmap:
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def _raise_limit(_: Scene) -> None:
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (hard + 60, hard + 60))


def _look_into(target: Scene, who: str, file: str) -> None:
    Path(f"/proc/{target.relatives[who]}/{file}").read_bytes()


ATTEMPTS: tuple[tuple[str, str, Action], ...] = (
    ("read the grader's source", "landlock", lambda _: Path(__file__).read_text()),
    ("list the grader's folder", "landlock", lambda _: list(Path(__file__).parent.iterdir())),
    ("read another program's file", "landlock", lambda s: s.file.read_text()),
    ("read /etc/passwd", "landlock", lambda _: Path("/etc/passwd").read_text()),
    ("read /proc/self/environ", "landlock", lambda _: Path("/proc/self/environ").read_bytes()),
    *(
        (f"read the {who}'s {what}", "landlock", partial(_look_into, who=who, file=file))
        for who in RELATIVES
        for what, file in (("environment", "environ"), ("memory map", "maps"))
    ),
    ("write a new file", "landlock", lambda s: (s.folder / "new").write_text("x")),
    ("change a file", "landlock", lambda s: s.file.write_text("x")),
    ("delete a file", "landlock", lambda s: s.file.unlink()),
    ("make a symbolic link", "landlock", lambda s: (s.folder / "link").symlink_to("/")),
    ("connect over TCP", "seccomp", lambda s: _connect(socket.AF_INET, ("127.0.0.1", s.tcp_port))),
    ("send over UDP", "seccomp", _send_datagram),
    ("connect to a Unix socket", "seccomp", lambda s: _connect(socket.AF_UNIX, str(s.unix))),
    ("connect to an abstract socket", "seccomp", lambda s: _connect(socket.AF_UNIX, s.abstract)),
    ("fork", "seccomp", _fork),
    ("run a program", "seccomp", lambda _: os.execv(sys.executable, [sys.executable, "-c", ""])),
    ("signal the parent", "seccomp", lambda _: os.kill(os.getppid(), signal.SIGCONT)),
    (
        "attach to the parent as a debugger",
        "seccomp",
        lambda _: _libc("ptrace", _PTRACE_ATTACH, os.getppid(), 0, 0),
    ),
    ("make a namespace", "seccomp", lambda _: _libc("unshare", _CLONE_NEWUSER)),
    ("make a file in memory", "seccomp", lambda _: os.memfd_create("x")),
    (
        "open an io_uring",
        "seccomp",
        lambda _: syscalls.syscall(_SYS_IO_URING_SETUP, 1, ctypes.create_string_buffer(120)),
    ),
    ("allocate past the limit", "limits", lambda _: _allocate(2 * LIMITS.memory_bytes)),
    (f"start {_MANY_THREADS} threads", "limits", _start_threads),
    ("raise its own limits", "limits", _raise_limit),
    ("find out how large another program's file is", "namespaces", lambda s: s.file.stat()),
    ("find out whether a process is there", "namespaces", lambda _: Path("/proc/1").stat()),
    ("change its root folder", "privileges", lambda _: os.chroot("/")),
    ("use a descriptor left open", "descriptors", lambda s: os.read(s.descriptor, 1)),
)


def attempt(
    what: str, layer: str, action: Action, target: Scene, lock: Callable[[int], object]
) -> EscapeAttempt:
    """Try `action` in a fork that `lock(descriptor to keep)` has locked down."""

    def work(report: int) -> object:
        lock(report)
        return _try(action, target)

    text, status = in_fork(work)
    if text:
        blocked, how = json.loads(text)
    elif os.WIFSIGNALED(status):
        blocked, how = True, f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
    else:  # whatever ran to its end there was no longer us
        blocked, how = os.WEXITSTATUS(status) != 0, f"ended with status {os.WEXITSTATUS(status)}"
    return EscapeAttempt(what, layer, blocked, how)


def in_fork(work: Callable[[int], object]) -> tuple[str, int]:
    """What `work(descriptor of its report)` returns in a fork, as JSON, and how the fork ended."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            os.write(writer, json.dumps(work(writer)).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as report:
        text = report.read().decode()
    return text, os.waitpid(pid, 0)[1]


def run(without: Collection[str] = ()) -> str:
    """Try everything; the layers as `apply` reports them and the attempts, as JSON."""
    with scene() as target:
        # The scene must be cleared away afterwards, which a process that is locked down could not.
        return in_fork(lambda _: _prepare_and_try(target, without))[0]


def _prepare_and_try(target: Scene, without: Collection[str]) -> dict[str, object]:
    if syscalls.LINUX:
        # A zygote starts as any program does. In a fork of who is not dumpable, its own files in
        # /proc would be root's, and a user could make no namespace with them.
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    plan = prepare(readable_roots(), without=without)

    def lock(report: int) -> dict[str, object]:
        layers = apply(plan, LIMITS, [report])
        return {name: asdict(layer) for name, layer in layers.items()}

    layers, _ = in_fork(lock)
    with _another_worker(lock) as other:
        relatives = {**target.relatives, "zygote": os.getpid(), "next worker": other}
        target = replace(target, relatives=relatives)
        attempts = [asdict(attempt(*each, target, lock)) for each in ATTEMPTS]
    return {"layers": json.loads(layers), "attempts": attempts}


@contextmanager
def _another_worker(lock: Callable[[int], object]) -> Iterator[int]:
    """The process id of a worker that waits, as one does for the next submission."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                lock(theirs.fileno())
                theirs.send(b"locked")
                theirs.recv(1)
            finally:
                os._exit(0)
        theirs.close()
        ours.recv(6)
        try:
            yield pid
        finally:
            ours.close()
            os.waitpid(pid, 0)


def _try(action: Action, target: Scene) -> tuple[bool, str]:
    try:
        action(target)
    except Exception as error:  # however it failed, it failed
        return True, f"{type(error).__name__}: {error}".rstrip(": ")
    return False, "it worked"


if __name__ == "__main__":
    privileges.keep_to_oneself()  # as an examiner does
    print(run(without=sys.argv[1:]))
