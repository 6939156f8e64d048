"""Where the app keeps its papers: one thread that owns the session, and so the progress file.

A connection to SQLite belongs to the thread that opened it, and no screen may wait for a disk. So a
screen hands over a function of the session, and awaits what it returns:

    standing = await self.session_thread.ask(lambda session: session.progress.standing())
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from typing import Self, TypeVar

from tui.study.session import Session, open_session

T = TypeVar("T")


class SessionThread:
    """A context manager; entering it raises what opening the session raises."""

    def __init__(
        self, opened: Callable[[], AbstractContextManager[Session]] = open_session
    ) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="session")
        self._closing = ExitStack()
        self._session: Session
        self._opened = opened

    def __enter__(self) -> Self:
        try:
            self._session = self._thread.submit(
                self._closing.enter_context, self._opened()
            ).result()
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._thread.submit(self._closing.close)
        self._thread.shutdown()

    @property
    def session(self) -> Session:
        """For what needs no disk: the catalog, and where files are."""
        return self._session

    def wait(self, question: Callable[[Session], T]) -> T:
        """The answer at once. Only before there is a screen that could stand still."""
        return self._thread.submit(question, self._session).result()

    async def ask(self, question: Callable[[Session], T]) -> T:
        return await asyncio.wrap_future(self._thread.submit(question, self._session))
