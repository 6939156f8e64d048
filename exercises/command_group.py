"""What the command lines of `grader` and `learn` share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import click

from exercises.streams import discard_output


class CommandGroup(click.Group):
    """Ends with `UNREAD` where nobody reads on, as in `learn status | head`.

    click would end with 1, as if something had been graded and not passed.
    """

    UNREAD: ClassVar[int] = 0

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with self._while_somebody_reads():
            return super().make_context(*arguments, **options)

    def invoke(self, context: click.Context) -> Any:
        with self._while_somebody_reads():
            return super().invoke(context)

    @contextmanager
    def _while_somebody_reads(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            discard_output()
            raise click.exceptions.Exit(self.UNREAD) from None
