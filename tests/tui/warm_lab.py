"""A Lab's process without the second that torch takes to load: forked from one that has it.

    python warm_lab.py SOCKET     loads the reference, then forks a process for each that connects
    COMMAND, SOCKET               such a process, which speaks through its own stdin and stdout

So a test of the app sees a process that starts, answers and ends as the Lab's own.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tui.figures import lab_process

# Lives as long as the process that answers in its place.
CLIENT = """
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect(sys.argv[1])
socket.send_fds(server, [b"!"], [0, 1])
server.recv(1)
"""
COMMAND = (sys.executable, "-I", "-S", "-c", CLIENT)


@pytest.fixture(scope="session")
def lab_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a process waits that has loaded the reference."""
    path = str(tmp_path_factory.mktemp("lab") / "socket")
    command = [sys.executable, __file__, path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        yield path
        process.kill()


@pytest.fixture
def warm_lab(lab_socket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Lab of the app in this process answers at once."""
    monkeypatch.setattr(lab_process, "COMMAND", (*COMMAND, lab_socket))


def main(path: str) -> None:
    from reference.figures.serve import serve

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _, (requests, answers), *_ = socket.recv_fds(connection, 1, 2)
            with os.fdopen(requests) as lines, os.fdopen(answers, "w") as out:
                serve(lines, out)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
