"""Work on widgets that is done to its end, also where whoever waits for it is cancelled.

Waiting for widgets that go is waiting for their own tasks: Textual would cancel these along with
the waiting, and the app with them.
"""

import asyncio
from collections.abc import Awaitable, Callable


class InTurn:
    """Does one thing after the other."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def do(self, work: Callable[[], Awaitable[object]]) -> None:
        async def whole() -> None:
            async with self._lock:
                await work()

        await asyncio.shield(asyncio.create_task(whole()))
