"""How one thread tells another that nobody waits any more for what it does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from grader.errors import Cancelled


class Cancellation:
    """Asked for by one thread, heeded by another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked = False
        self._enders: list[Callable[[], object]] = []

    def ask(self) -> None:
        with self._lock:
            self._asked = True
            for end in self._enders:
                end()

    def check(self) -> None:
        """Raise `Cancelled` if it was asked for."""
        if self._asked:
            raise Cancelled

    @contextmanager
    def ends(self, end: Callable[[], object]) -> Iterator[None]:
        """Within this, `end` is called when it is asked for; at once where it has been already."""
        with self._lock:
            self._enders.append(end)
            if self._asked:
                end()
        try:
            yield
        finally:
            with self._lock:
                self._enders.remove(end)


# The function that an executor runs is anybody's, and takes no such argument.
_current: ContextVar[Cancellation] = ContextVar("cancellation")


def current_cancellation() -> Cancellation:
    """That of the function which this thread runs; one that never comes, where nobody gave one."""
    return _current.get(Cancellation())


@contextmanager
def cancelled_by(cancellation: Cancellation) -> Iterator[None]:
    """What runs within this can be cancelled."""
    token = _current.set(cancellation)
    try:
        yield
    finally:
        _current.reset(token)
