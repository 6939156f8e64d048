"""A page that is costly to draw: drawn once for all who look, and never more than a tenth of the
time.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock

from grader.server.web.streams import News

RESTS = 10  # times as long as a drawing took the processor, until the next one


@dataclass
class Drawing:
    """`until` when it is shown, whatever is new; `of` is what it must not outlive."""

    news: News
    of: Hashable
    page: str
    until: float


@dataclass
class Drawings:
    """One a key. Those of `clock` and `cost` are seconds."""

    clock: Callable[[], float] = time.monotonic
    cost: Callable[[], float] = time.thread_time
    _kept: dict[int, Drawing] = field(default_factory=dict)
    _drawing: Lock = field(default_factory=Lock)

    def told(self, key: int, news: News) -> News:
        """What an open page is told: nothing is new until it may be drawn anew."""
        kept = self._kept.get(key)
        return kept.news if kept and self.clock() < kept.until else news

    def page(self, key: int, news: News, of: Hashable, draw: Callable[[], str]) -> str:
        """With what is new, or from a while ago. Who comes while it is drawn gets the one before,
        where there is one, and waits otherwise.
        """
        before = self._shown(key, of)
        if before and self.clock() < before.until:
            return before.page
        if not self._drawing.acquire(blocking=before is None):
            assert before
            return before.page
        try:
            kept = self._shown(key, of)
            if kept is not before and kept:
                return kept.page  # drawn while we waited
            began = self.cost()
            page = draw()
            until = self.clock() + RESTS * (self.cost() - began)
            self._kept[key] = Drawing(news, of, page, until)
            return page
        finally:
            self._drawing.release()

    def _shown(self, key: int, of: Hashable) -> Drawing | None:
        kept = self._kept.get(key)
        return kept if kept and kept.of == of else None
