"""The warm parent of all workers: torch and numpy loaded, one thread, nothing secret in memory.

It holds no submission, no suite and no reference, and has an empty environment. On request it forks
a worker and passes the examiner one end of a socket pair that leads to it. A spare worker is forked
ahead, so that a submission does not wait for `fork`.
"""

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy
import torch

from grader.isolation.lockdown import Plan, prepare, readable_roots
from grader.isolation.worker import serve


def main(control_fd: int, device: str) -> None:
    """Serve `spawn` and `end` requests until the examiner is gone; then no worker outlives us."""
    control = socket.socket(fileno=control_fd)
    warm_up()
    plan = prepare(readable_roots(), device)
    gc.collect()
    gc.freeze()
    children: set[int] = set()
    spare = fork_worker(plan, device, control, children)
    try:
        for message in requests(control):
            if message["op"] == "spawn":
                pid, sock = spare
                socket.send_fds(control, [json.dumps({"pid": pid}).encode()], [sock.fileno()])
                sock.close()
                spare = fork_worker(plan, device, control, children)
            elif message["op"] == "end":
                status = end(message["pid"], children, message["grace"])
                control.send(json.dumps({"status": status}).encode())
    finally:
        for pid in list(children):
            end(pid, children)


def warm_up() -> None:
    """Run what torch prepares on first use, before /proc is out of reach."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    probe = torch.ones(2, 2, requires_grad=True)
    torch.autograd.grad((probe @ probe).softmax(-1).sum(), probe)
    numpy.ones(2).sum()


def requests(control: socket.socket) -> Iterator[dict[str, Any]]:
    while True:
        with contextlib.suppress(ConnectionError):
            data = control.recv(4096)
            if data:
                yield json.loads(data)
                continue
        return


def fork_worker(
    plan: Plan, device: str, control: socket.socket, children: set[int]
) -> tuple[int, socket.socket]:
    """Fork one worker; give its process id and the examiner's end of the channel to it."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            control.close()
            ours.close()
            serve(theirs, plan, device)
        except EOFError:
            status = 0
        finally:
            os._exit(status)
    theirs.close()
    children.add(pid)
    return pid, ours


def end(pid: int, children: set[int], grace: float = 0) -> int:
    """Kill a worker that has not ended by itself after `grace` seconds.

    Gives its wait status, or 0 where it had to be killed or is none of ours.
    """
    if pid not in children:
        return 0
    deadline = time.monotonic() + grace
    done, status = os.waitpid(pid, os.WNOHANG)
    while not done and time.monotonic() < deadline:
        time.sleep(0.001)
        done, status = os.waitpid(pid, os.WNOHANG)
    if not done:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    children.discard(pid)
    return status


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
