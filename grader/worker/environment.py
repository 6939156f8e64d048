"""An environment, and the current folder, handed from one process to another through a socket."""

import contextlib
import json
import os
import socket
import sys
from pathlib import Path

_SIZE = 8  # bytes that say how long it is
LINKED = "LD_LIBRARY_PATH"  # read when a process starts, and never again
_SEARCHED = "PYTHONPATH"


def send_environment(theirs: socket.socket) -> None:
    """Hand ours over. Raises OSError where nobody is there."""
    # Bytes in any encoding are text in this one. A name may be empty, and cannot be set.
    pairs = [[part.decode("latin-1") for part in pair] for pair in os.environb.items() if pair[0]]
    try:
        folder = os.fsencode(Path.cwd()).decode("latin-1")
    except FileNotFoundError:  # somebody has removed it
        folder = "/"
    text = json.dumps([folder, pairs]).encode()
    theirs.sendall(len(text).to_bytes(_SIZE, "big") + text)


def take_environment(ours: socket.socket) -> None:
    """Live in what is handed over, and search the folders that it names.

    Where nobody hands it over, end: nobody asks for anything.
    """
    size = int.from_bytes(ours.recv(_SIZE, socket.MSG_WAITALL), "big")
    text = ours.recv(size, socket.MSG_WAITALL)
    if not size or len(text) < size:
        sys.exit()
    folder, pairs = json.loads(text)
    with contextlib.suppress(OSError):  # it may be gone, or may be another's
        os.chdir(folder.encode("latin-1"))
    os.environ.clear()
    for name, value in pairs:
        os.environb[name.encode("latin-1")] = value.encode("latin-1")
    if searched := os.environ.get(_SEARCHED):
        sys.path[:0] = [str(Path(each).absolute()) for each in searched.split(os.pathsep)]
