"""`grader` and `learn` without the seconds that torch takes to load twice.

    python -P warm_command.py SOCKET grader.cli run softmax.py

A process of its own, as ever, with its files, streams and exit code. Only the examiner is not its
child, but waits behind a socket for all that come: see the fixture `warm` in conftest.py.
"""

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Client, Listener
from threading import Thread
from typing import Any

from grader import executor


class SharedExaminer(ThreadPoolExecutor):
    """Stands for an `ExaminerPool`."""

    socket = ""

    def submit(  # type: ignore[override]
        self, function: Callable[..., Any], /, *arguments: object
    ) -> Future[Any]:
        return super().submit(self.ask, function, arguments)

    def submit_within(
        self, budget: object, function: Callable[..., Any], *arguments: object
    ) -> Future[Any]:
        return self.submit(function, *arguments)

    def abandon(self) -> None:
        """What runs goes on, behind the socket."""

    def ask(self, *work: object) -> Any:
        with Client(self.socket) as connection:
            connection.send(work)
            succeeded, answer = connection.recv()
        if succeeded:
            return answer
        raise answer


def listen(socket: str, pool: executor.ExaminerPool) -> Listener:
    """Let `pool` work for all who connect, until the listener is closed."""
    listener = Listener(socket)

    def serve() -> None:
        with suppress(OSError):  # it is closed
            while True:
                with listener.accept() as connection:
                    function, arguments = connection.recv()
                    try:
                        answer = True, pool.submit(function, *arguments).result()
                    except Exception as error:
                        answer = False, error
                    with suppress(OSError):  # nobody waits any more
                        connection.send(answer)

    Thread(target=serve, daemon=True).start()
    return listener


def main(socket: str, module: str, *arguments: str) -> None:
    SharedExaminer.socket = socket
    executor.ExaminerPool = SharedExaminer  # type: ignore[misc, assignment]
    sys.argv = [module.partition(".")[0], *arguments]
    import_module(module).main()


if __name__ == "__main__":
    main(*sys.argv[1:])
