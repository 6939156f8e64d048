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

    def allows(self, who: str) -> bool:
        now = time.monotonic()
        with self._turn:
            full_at = max(self._full_at.pop(who, now), now) + self._seconds
            is_allowed = full_at - now <= self._burst * self._seconds
            self._full_at[who] = full_at if is_allowed else full_at - self._seconds
            if len(self._full_at) > MOST_ADDRESSES:
                self._full_at.popitem(last=False)
        return is_allowed
