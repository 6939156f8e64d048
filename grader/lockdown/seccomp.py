"""Seccomp: which system calls a worker may make. All others fail with EPERM.

The list is what torch on several threads, numpy and Python's own machinery were measured to need
(strace), plus harmless neighbours that other C libraries or processors use in their place. A list
of what is allowed stays right when a kernel gains new calls. Where a call is harmless with some
arguments only, the arguments are part of the rule; a filter cannot follow pointers, which is why
`clone3` and `openat2` are answered as by an old kernel: libc falls back to `clone` and `openat`.

Source: https://docs.kernel.org/userspace-api/seccomp_filter.html, seccomp(2), seccomp_rule_add(3).
"""

from __future__ import annotations

import ctypes
import errno
import os
from types import ModuleType

from grader.lockdown.syscalls import LINUX, PR_GET_SECCOMP, PR_SET_SECCOMP, Unavailable, prctl

MEMORY = "brk mbind mprotect mremap munmap"
THREADS = (
    "exit exit_group gettid restart_syscall rseq rt_sigaction rt_sigprocmask rt_sigreturn "
    "sched_yield set_robust_list sigaltstack"
)
TIME = "alarm getitimer gettimeofday nanosleep setitimer time times"
ABOUT_ITSELF = (
    "getcpu getcwd getegid geteuid getgid getgroups getpid getppid getrandom getresgid getresuid "
    "getrlimit getrusage getuid uname"
)
# What may be opened is Landlock's to say; these ask about files or use descriptors already held.
FILES = (
    "access close close_range dup dup2 dup3 faccessat faccessat2 fstat getdents getdents64 lseek "
    "lstat newfstatat poll ppoll pread64 preadv pselect6 read readv select stat statx write writev"
)
ALLOWED = " ".join((MEMORY, THREADS, TIME, ABOUT_ITSELF, FILES)).split()

# The CUDA driver talks to itself through these; none reaches another process's files or memory.
FOR_CUDA = (
    "fstatfs readlink readlinkat statfs sysinfo "
    "epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd2 get_mempolicy mlock munlock pipe2 "
    "sched_getparam sched_getscheduler sched_setaffinity set_mempolicy"
)

# Each rule: the call, and for some of its arguments (index, mask, value the masked bits must have).
Rule = tuple[str | int, tuple[tuple[int, int, int], ...]]

# By number, the same everywhere, so that an old libseccomp cannot fail to know them.
NEWER_THAN_OUR_KERNEL = {"clone3": 435, "openat2": 437}

_EVERY_BIT = (1 << 64) - 1
_WORD = (1 << 32) - 1  # for C ints, whose upper half is whatever the register held
_MAKES_A_FILE = os.O_CREAT | os.O_TRUNC
_CHANGES_A_FILE = _MAKES_A_FILE | os.O_WRONLY | os.O_RDWR | os.O_APPEND
_CLONE_VM, _CLONE_VFORK, _CLONE_THREAD = 0x100, 0x4000, 0x10000
_CLONE_NEW_NAMESPACES = 0x7E020080
_NEW_THREAD = _CLONE_VM | _CLONE_THREAD
_NO_NEW_PROCESS = _NEW_THREAD | _CLONE_VFORK | _CLONE_NEW_NAMESPACES
_SENDING = 0x40 | 0x4000  # MSG_DONTWAIT, MSG_NOSIGNAL
_RECEIVING = _SENDING | 0x02 | 0x20 | 0x100  # MSG_PEEK, MSG_TRUNC, MSG_WAITALL
_MAP_SHARED = 1
_FUTEX_PRIVATE = 128
_OF_OTHER_PROCESSES = _WORD & ~0xF  # clocks of a process or thread by its id are negative
_MADVISE_HARMLESS = (0, 1, 2, 3, 4, 8, 14, 15)  # of its own pages; none merged or thrown out
# PR_GET_NAME, PR_SET_VMA (names of mappings); not PR_SET_NAME: the kernel's log shows that name.
_PRCTL_HARMLESS = (16, 0x53564D41)
# Duplicate; flags of a descriptor; not F_SETFL, whose flags all who hold the file share, nor
# F_SETOWN, which sends signals.
_FCNTL_HARMLESS = (0, 1, 2, 3, 1030)
# TCGETS and TIOCGWINSZ, which `open` and `print` ask; FIONBIO, FIONCLEX, FIOCLEX.
_CLOCKS = ("clock_getres", "clock_gettime", "clock_nanosleep")
_IOCTL_HARMLESS = (0x5401, 0x5413, 0x5421, 0x5450, 0x5451)

CONDITIONAL: tuple[Rule, ...] = (
    ("clone", ((0, _NO_NEW_PROCESS, _NEW_THREAD),)),
    ("open", ((1, _CHANGES_A_FILE, 0),)),
    ("openat", ((2, _CHANGES_A_FILE, 0),)),
    # Only to what a descriptor is connected to (no address, so no datagram to a stranger), and
    # without urgent data, a corner of the kernel that sandboxes were broken through.
    ("sendto", ((3, _WORD & ~_SENDING, 0), (4, _EVERY_BIT, 0))),
    ("recvfrom", ((3, _WORD & ~_RECEIVING, 0),)),
    ("shutdown", ()),
    # Reading a limit of its own, never setting one; and its own processors, and clocks.
    ("prlimit64", ((0, _WORD, 0), (2, _EVERY_BIT, 0))),
    ("sched_getaffinity", ((0, _WORD, 0),)),
    *((call, ((0, _OF_OTHER_PROCESSES, 0),)) for call in _CLOCKS),
    *(("madvise", ((2, _WORD, advice),)) for advice in _MADVISE_HARMLESS),
    *(("prctl", ((0, _WORD, option),)) for option in _PRCTL_HARMLESS),
    *(("fcntl", ((1, _WORD, command),)) for command in _FCNTL_HARMLESS),
    *(("ioctl", ((1, _WORD, request),)) for request in _IOCTL_HARMLESS),
)
# Whoever waits or wakes at an address in a file that others have mapped can talk to them, and so
# can whoever writes into memory that is shared.
ALONE: tuple[Rule, ...] = (
    ("futex", ((1, _FUTEX_PRIVATE, _FUTEX_PRIVATE),)),
    ("mmap", ((3, _MAP_SHARED, 0),)),
)
SHARED_FUTEX: Rule = ("futex", ((1, _FUTEX_PRIVATE, 0),))
CONDITIONAL_FOR_CUDA: tuple[Rule, ...] = (
    ("futex", ()),
    ("mmap", ()),
    ("madvise", ()),
    ("fcntl", ((1, _WORD, 4),)),
    # Devices are opened for writing; that nothing else is, Landlock alone must see to.
    ("open", ((1, _MAKES_A_FILE, 0),)),
    ("openat", ((2, _MAKES_A_FILE, 0),)),
    # The driver's own requests: type 'F' on nvidia*, small plain numbers on nvidia-uvm.
    ("ioctl", ((1, 0xFF00, 0x4600),)),
    ("ioctl", ((1, 0xFFFFFF00, 0),)),
    ("ioctl", ((1, 0xFFFFFFFC, 0x30000000),)),
)


class Program:
    """A filter in the form the kernel takes, ready to be installed in any number of forks."""

    def __init__(self, bpf: bytes) -> None:
        self.length = len(bpf) // 8  # struct sock_filter is 8 bytes
        self._instructions = ctypes.create_string_buffer(bpf, len(bpf))
        self._header = _SockFprog(self.length, ctypes.addressof(self._instructions))

    def install(self) -> None:
        """Bind this thread and all it starts; needs no_new_privs. Nothing can undo it."""
        mode_filter = 2
        prctl(PR_SET_SECCOMP, mode_filter, ctypes.byref(self._header))


class _SockFprog(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def compile_filter(device: str = "cpu") -> Program:
    """Build the filter for this machine's architecture; raises `Unavailable` where that fails."""
    pyseccomp = _library()
    allow = pyseccomp.ALLOW
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    # The default is to end the thread, which would leave a process that waits for ever.
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    for number in NEWER_THAN_OUR_KERNEL.values():
        _add(pyseccomp, rules, pyseccomp.ERRNO(errno.ENOSYS), (number, ()))
    for name in ALLOWED + (FOR_CUDA.split() if device == "cuda" else []):
        _add(pyseccomp, rules, allow, (name, ()))
    for rule in CONDITIONAL + (CONDITIONAL_FOR_CUDA if device == "cuda" else ALONE):
        _add(pyseccomp, rules, allow, rule)
    if device != "cuda":
        # `pthread_join` waits so. Told that the value has changed, it looks again until it has.
        _add(pyseccomp, rules, pyseccomp.ERRNO(errno.EAGAIN), SHARED_FUTEX)
    return Program(_exported(rules))


def _library() -> ModuleType:
    if not LINUX:
        raise Unavailable(
            "seccomp is part of Linux", "Grade on Linux, or inside a Linux container."
        )
    try:
        prctl(PR_GET_SECCOMP)
    except OSError as error:
        raise Unavailable("the kernel has no seccomp", "Use a kernel built with it.") from error
    try:
        import pyseccomp
    except ImportError as error:
        raise Unavailable(
            f"pyseccomp is not installed ({error})", "pip install pyseccomp"
        ) from error
    except (RuntimeError, OSError) as error:
        raise Unavailable(
            f"libseccomp was not found ({error})",
            "Install it: `apt-get install libseccomp2`, `dnf install libseccomp` or the like.",
        ) from error
    return pyseccomp  # type: ignore[no-any-return]


def _add(pyseccomp: ModuleType, rules: object, action: int, rule: Rule) -> None:
    call, conditions = rule
    native = pyseccomp.Arch.NATIVE
    number = call if isinstance(call, int) else pyseccomp.resolve_syscall(native, call)
    if number < 0:
        return  # not on this architecture, or unknown to this libseccomp: it stays denied
    arguments = [
        pyseccomp.Arg(i, pyseccomp.MASKED_EQ, mask, value) for i, mask, value in conditions
    ]
    rules.add_rule_exactly(action, number, *arguments)  # type: ignore[attr-defined]


def _exported(rules: object) -> bytes:
    # A program is at most 32 KiB (4096 instructions), a pipe holds 64.
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as exported:
        with os.fdopen(writer, "wb") as target:
            rules.export_bpf(target)  # type: ignore[attr-defined]
        return exported.read()
