"""Tries: make the dangerous system calls by their numbers, past Python and the C library.

Holds: the kernel refuses each.
"""

import ctypes
import os
import platform

from kit import attempt, syscall
from kit import wrong as softmax

# Since Linux 5.1 all processors number new calls alike.
EVERYWHERE = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "pidfd_open": 434, "clone3": 435, "openat2": 437, "pidfd_getfd": 438,
    "mount_setattr": 442, "memfd_secret": 447, "process_mrelease": 448, "cachestat": 451,
}
X86_64 = {
    "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "ptrace": 101, "syslog": 103,
    "setuid": 105, "capset": 126, "personality": 135, "mknod": 133, "chroot": 161, "mount": 165,
    "swapon": 167, "reboot": 169, "init_module": 175, "tkill": 200, "io_setup": 206,
    "timer_create": 222, "tgkill": 234, "mq_open": 240, "kexec_load": 246, "add_key": 248,
    "keyctl": 250, "inotify_init1": 294, "unshare": 272, "splice": 275, "vmsplice": 278,
    "signalfd4": 289, "eventfd2": 290, "rt_tgsigqueueinfo": 297, "perf_event_open": 298,
    "fanotify_init": 300, "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308,
    "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313,
    "seccomp": 317, "memfd_create": 319, "bpf": 321, "execveat": 322, "userfaultfd": 323,
}
AARCH64 = {
    "io_setup": 0, "eventfd2": 19, "inotify_init1": 26, "mknodat": 33, "mount": 40, "chroot": 51,
    "vmsplice": 75, "splice": 76, "capset": 91, "personality": 92, "unshare": 97,
    "kexec_load": 104, "init_module": 105, "timer_create": 107, "syslog": 116, "ptrace": 117,
    "kill": 129, "tkill": 130, "tgkill": 131, "reboot": 142, "setuid": 146, "mq_open": 180,
    "add_key": 217, "keyctl": 219, "clone": 220, "execve": 221, "swapon": 224,
    "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "fanotify_init": 262,
    "name_to_handle_at": 264, "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
    "process_vm_writev": 271, "kcmp": 272, "finit_module": 273, "seccomp": 277,
    "memfd_create": 279, "bpf": 280, "execveat": 281, "userfaultfd": 282,
}
HERE = AARCH64 if platform.machine() == "aarch64" else X86_64
me = os.getpid()
buffer = ctypes.create_string_buffer(4096)
# Arguments that would do no harm where the call is let through: null, a blank buffer, signal 0.
ARGUMENTS = {
    "clone": (17, 0, 0, 0, 0), "kill": (os.getppid(), 0), "tkill": (me, 0), "tgkill": (me, me, 0),
    "memfd_create": (b"x", 0), "userfaultfd": (0,), "io_uring_setup": (1, buffer),
    "keyctl": (0, -3, 1), "unshare": (0x10000000,), "seccomp": (0, 0, None), "personality": (0xFFFFFFFF,),
    "process_vm_readv": (os.getppid(), buffer, 0, buffer, 0, 0), "setns": (0, 0),
    "ptrace": (0, 0, 0, 0), "execve": (b"/bin/true", None, None), "clone3": (buffer, 88),
    "execveat": (-100, b"/bin/true", None, None, 0), "open_by_handle_at": (-100, buffer, 0),
    "pidfd_open": (os.getppid(), 0), "inotify_init1": (0,), "eventfd2": (0, 0),
    "perf_event_open": (buffer, 0, -1, -1, 0), "bpf": (0, buffer, 0), "reboot": (0, 0, 0, 0),
    "setuid": (0,), "capset": (buffer, buffer), "fsopen": (b"tmpfs", 0),
}


def call(name, number):
    result = syscall(number, *ARGUMENTS.get(name, (0, 0, 0, 0, 0)))
    if name in ("clone", "fork", "vfork", "clone3") and result == 0:
        os._exit(0)
    return result or "it was let through"


for name, number in {**HERE, **EVERYWHERE}.items():
    attempt(name, lambda name=name, number=number: call(name, number))
