"""An environment, handed from one process to another through a socket between them."""

import json
import os
import socket
import sys

_SIZE = 8  # bytes that say how long it is
SEARCHED = "PYTHONPATH"


def send_environment(theirs: socket.socket) -> None:
    """Hand ours over. Raises OSError where nobody is there."""
    # Bytes in any encoding are text in this one.
    pairs = [[part.decode("latin-1") for part in pair] for pair in os.environb.items()]
    text = json.dumps(pairs).encode()
    theirs.sendall(len(text).to_bytes(_SIZE, "big") + text)


def take_environment(ours: socket.socket) -> None:
    """Live in what is handed over. Where nobody hands it over, end: nobody asks for anything."""
    size = int.from_bytes(ours.recv(_SIZE, socket.MSG_WAITALL), "big")
    text = ours.recv(size, socket.MSG_WAITALL)
    if not size or len(text) < size:
        sys.exit()
    os.environ.clear()
    for name, value in json.loads(text):
        os.environb[name.encode("latin-1")] = value.encode("latin-1")
