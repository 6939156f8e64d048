"""What is bounded before anything is read: sizes of bodies, and how often somebody may ask."""

import time
from collections import OrderedDict
from threading import Lock

MAX_BODY = 2 * 1024 * 1024
MOST_ADDRESSES = 10_000  # that are remembered


class Rate:
    """At most `burst` at once, and one more every `seconds` after."""

    def __init__(self, burst: int, seconds: float) -> None:
        self._burst, self._seconds = burst, seconds
        self._full_at: OrderedDict[str, float] = OrderedDict()  # when all of it is there again
        self._turn = Lock()

    def has(self, who: str) -> bool:
        """Whether one is left."""
        with self._turn:
            return self._after_one_more(who) is not None

    def take(self, who: str) -> bool:
        """One is used, if one is left."""
        with self._turn:
            full_at = self._after_one_more(who)
            if full_at is not None:
                self._full_at[who] = full_at
                self._full_at.move_to_end(who)
            if len(self._full_at) > MOST_ADDRESSES:
                self._full_at.popitem(last=False)
        return full_at is not None

    def _after_one_more(self, who: str) -> float | None:
        now = time.monotonic()
        full_at = max(self._full_at.get(who, now), now) + self._seconds
        return full_at if full_at - now <= self._burst * self._seconds else None
