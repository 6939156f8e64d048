"""What the pages share: the session, the grader, the Lab and the time.

A page is given them when it is built. So it says what it uses, and no page knows the app.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from tui.app.background_grader import BackgroundGrader
from tui.app.session_thread import SessionThread

if TYPE_CHECKING:
    from exercises.catalog import Catalog
    from tui.figures.lab_process import Lab


@dataclass(frozen=True)
class Services:
    """`clock` says what time it is, with the learner's time zone."""

    session_thread: SessionThread
    grader: BackgroundGrader
    clock: Callable[[], datetime]

    @property
    def catalog(self) -> Catalog:
        return self.session_thread.session.catalog

    @cached_property
    def lab(self) -> Lab:
        """The process that computes figures; it starts with the first of them."""
        from tui.figures.lab_process import Lab

        return Lab()

    async def close(self) -> None:
        """End what was started here; the session and the grader belong to who gave them."""
        if "lab" in self.__dict__:
            await self.lab.close()
