"""Server-sent events: a page that somebody has open is told when it shows less than there is."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

WATCHED = 120.0  # seconds; then the browser asks anew by itself, and is let in anew


class News(NamedTuple):
    """`mark` is another one when the page is; `says` is for who reads it. After the last one
    nothing more is told.
    """

    mark: str
    says: str
    is_last: bool = False


def stream(look: Callable[[], News], every: float) -> StreamingResponse:
    """What `look` gives, at once and whenever it changes; it looks again after `every` seconds."""

    async def changes() -> AsyncIterator[str]:
        before: News | None = None
        for _ in range(round(WATCHED / every)):
            now = await run_in_threadpool(look)
            told = json.dumps({"mark": now.mark, "says": now.says})
            # A comment, where there is nothing new: it keeps proxies from closing what is silent.
            yield ": the same\n\n" if now == before else f"data: {told}\n\n"
            if now.is_last:
                return
            before = now
            await asyncio.sleep(every)

    return StreamingResponse(changes(), media_type="text/event-stream")
