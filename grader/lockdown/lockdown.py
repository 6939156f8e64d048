"""Lock a worker down: after `apply`, learner code can compute and answer, and nothing else.

    plan = prepare(readable_roots(), device)    # once, in the zygote, which it restricts too
    layers = apply(plan, limits, keep_fds)      # in each fork, before any learner code

The layers overlap, so that one that is missing or fails leaves the others standing:

    namespaces   nobody else to see or signal, no network, no file but `readable` (not everywhere)
    descriptors  only those kept are open; the standard ones lead to /dev/null
    privileges   a user of its own where possible, no capability, no new privileges, no debugger
    limits       memory, threads, time; no file may grow
    landlock     only `readable` may be read, nothing written; no TCP, no outside signals or sockets
    seccomp      only listed system calls: no process, program, socket, signal, nor file for writing

What still works is reading the metadata of files (`os.path.exists`), which neither can tell apart.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from pathlib import Path

from grader.lockdown import landlock, limits, namespaces, privileges, seccomp, syscalls
from grader.lockdown.libraries import LibraryFinder, installed_libraries
from grader.lockdown.limits import WorkerLimits
from grader.lockdown.readable_paths import cuda_rules, readable_roots, search_path
from grader.lockdown.syscalls import LINUX, Layer, Unavailable

__all__ = [
    "LAYERS",
    "OPTIONAL",
    "Layer",
    "Plan",
    "WorkerLimits",
    "apply",
    "prepare",
    "readable_roots",
]

LAYERS = ("namespaces", "descriptors", "privileges", "limits", "landlock", "seccomp")
OPTIONAL = frozenset({"namespaces"})  # one more where it can be had; without it, all promises hold
# Extension modules that link libraries of the system, which a worker can no longer open.
_LINKED_TO_THE_SYSTEM = (
    *("bz2", "ctypes", "decimal", "hashlib", "lzma", "sqlite3", "ssl", "uuid", "zlib"),
)
# torch and the CUDA driver ask for a cache folder before they have anything to put there. This one
# exists and nothing can be written to it.
_NO_CACHES = {"TORCHINDUCTOR_CACHE_DIR": "/", "CUDA_CACHE_DISABLE": "1"}


@dataclass(frozen=True)
class Plan:
    """What `prepare` worked out, so that `apply` has little left to do."""

    device: str
    parent: int  # the process that a fork of the zygote sees as its parent: 0 is none
    owner: int
    proc: int | None  # a descriptor of /proc
    capability_to_read: int | None
    abi: int
    ruleset: int | None
    program: seccomp.Program | None
    layers: dict[str, Layer]  # those that are decided: in force, or not to be had here


def prepare(
    readable: Sequence[Path], device: str = "cpu", *, without: Collection[str] = ()
) -> Plan:
    """Work out the lock-down once, and restrict the calling process as far as it can bear.

    The caller must not have started a thread. Afterwards it can read `readable` and /proc only,
    write nothing, and import nothing else, our own modules included. `without` leaves out layers as
    if this machine did not have them.
    """
    layers: dict[str, Layer] = {}
    program = None
    try:
        _leave_out("seccomp", without)
        program = seccomp.compile_filter(device)
    except Unavailable as error:
        layers["seccomp"] = error.layer
    _settle_imports(readable)
    held = syscalls.effective_capabilities() if LINUX else 0
    proc = os.open("/proc", os.O_PATH) if LINUX else None
    abi, rulesets = 0, None
    try:
        _leave_out("landlock", without)
        abi = landlock.kernel_abi()
        rulesets = _rulesets(abi, readable, device)
    except Unavailable as error:
        layers["landlock"] = error.layer
    parent = os.getpid()
    try:
        _leave_out("namespaces", without if device == "cpu" else LAYERS)
        layers["namespaces"] = namespaces.enter(readable)
        parent = 0
    except Unavailable as error:
        layers["namespaces"] = error.layer
    _list_folders()
    may_read = privileges.capability_to_read(readable, held)
    privileges.harden()
    if rulesets is not None:
        landlock.restrict(rulesets[0], abi)
        os.close(rulesets[0])
    ruleset = None if rulesets is None else rulesets[1]
    return Plan(device, parent, os.getuid(), proc, may_read, abi, ruleset, program, layers)


def apply(plan: Plan, limit: WorkerLimits, keep_fds: Sequence[int]) -> dict[str, Layer]:
    """Lock this fork of the zygote down for good; says which layers hold, by name.

    Raises OSError where a layer that this machine has refuses: run no learner code then.
    """
    layers = dict(plan.layers)
    layers["descriptors"] = _close_descriptors(plan, keep_fds)
    os.chdir("/")
    layers["privileges"] = privileges.give_up(plan.capability_to_read, _own_number(plan.proc))
    if LINUX and os.getppid() != plan.parent:
        os._exit(1)  # the zygote ended before it could be asked to take this fork with it
    own_user = os.getuid() != plan.owner
    layers["limits"] = limits.impose(limit, plan.device, own_user, plan.proc)
    if plan.proc is not None:
        os.close(plan.proc)
    if plan.ruleset is not None:
        landlock.restrict(plan.ruleset, plan.abi)
        os.close(plan.ruleset)
        layers["landlock"] = Layer(True, f"ABI {plan.abi}")
    if plan.program is not None:
        plan.program.install()
        layers["seccomp"] = Layer(True, f"{plan.program.length} instructions")
    return {name: layers[name] for name in LAYERS}


def _own_number(proc: int | None) -> int:
    """The number of this process among all of the machine's: in a namespace it has another one."""
    with contextlib.suppress(FileNotFoundError):  # there is no /proc
        if proc is not None:
            return int(os.readlink("self", dir_fd=proc))
    return os.getpid()


def _settle_imports(readable: Iterable[Path]) -> None:
    """Import now what cannot be imported later, and leave only finders of what can be."""
    for name in _LINKED_TO_THE_SYSTEM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.path[:] = search_path(readable)
    _forget_folders({*map(str, readable)})
    sys.meta_path[:] = [
        *(BuiltinImporter, FrozenImporter, PathFinder),
        LibraryFinder(installed_libraries()),
    ]
    sys.dont_write_bytecode = True
    os.environ.update(_NO_CACHES)


def _forget_folders(readable: Set[str]) -> None:
    """Leave no finder of a folder that nobody may look into: it knows the names in there."""
    for folder in set(sys.path_importer_cache).difference(sys.path):
        if readable.isdisjoint(map(str, (Path(folder), *Path(folder).parents))):
            del sys.path_importer_cache[folder]


def _list_folders() -> None:
    """Have the finders of modules list their folders, by looking for what nobody has.

    They do so once and keep the names. Landlock cannot allow listing a folder without also allowing
    what lies below.
    """
    PathFinder.find_spec("no_module_has_this_name")


def _rulesets(abi: int, readable: Iterable[Path], device: str) -> tuple[int, int]:
    """What binds the zygote, and the stricter one that its workers bind themselves to."""
    allowed = [(path, landlock.READ) for path in readable]
    if device == "cuda":
        allowed += cuda_rules()
    # Before it locks itself down, a fork asks /proc how much memory it holds.
    own = [(Path("/proc"), landlock.READ), (Path(os.devnull), landlock.USE_DEVICE)]
    return landlock.ruleset(abi, [*allowed, *own]), landlock.ruleset(abi, allowed)


def _leave_out(layer: str, without: Collection[str]) -> None:
    if layer in without:
        raise Unavailable("left out on request", "Do not leave it out.")


def _close_descriptors(plan: Plan, keep_fds: Iterable[int]) -> Layer:
    # Opened here: of a file that was opened before the fork, all workers would share the flags.
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    kept = {0, 1, 2, *keep_fds}
    held = kept | {each for each in (plan.ruleset, plan.proc) if each is not None}
    first = 0
    for descriptor in sorted(held):
        _close_range(first, descriptor - 1)
        first = descriptor + 1
    _close_range(first, None)
    return Layer(True, f"{len(kept)} open")


def _close_range(first: int, last: int | None) -> None:
    if last is not None and last < first:
        return
    if LINUX:
        with contextlib.suppress(OSError):  # before Linux 5.9
            syscalls.syscall(
                syscalls.SYS_CLOSE_RANGE, first, 0xFFFFFFFF if last is None else last, 0
            )
            return
    os.closerange(first, os.sysconf("SC_OPEN_MAX") if last is None else last + 1)
