"""Tries: talk to other processes over Unix, abstract, netlink and vsock sockets, and by queues.

Holds: no socket can be made, and no queue opened.
"""

import ctypes
import os
import socket

from kit import attempt, channel
from kit import wrong as softmax


def connect(address):
    client = socket.socket(socket.AF_UNIX)
    client.connect(address)


def libc(name, *arguments):
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


attempt("connect to a Unix socket", lambda: connect("/run/docker.sock"))
attempt("connect to an abstract socket", lambda: connect("\0dbus"))
attempt("make a pair", socket.socketpair)
attempt("make a netlink socket", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("make a vsock", lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM))
attempt("make a socket for the kernel's crypto", lambda: socket.socket(socket.AF_ALG))
attempt("make a pipe", os.pipe)
attempt("send a descriptor", lambda: socket.send_fds(
    socket.socket(fileno=os.dup(channel())), [b"x"], [0]))
attempt("open a message queue", lambda: libc("msgget", 0x1234, 0o1666))
attempt("open shared memory", lambda: libc("shmget", 0x1234, 4096, 0o1666))
attempt("open a semaphore", lambda: libc("semget", 0x1234, 1, 0o1666))
