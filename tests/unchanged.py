"""Long proofs of one exercise are not made again here, as long as nothing that they ask changes."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import Exercise
from grader.proving.audit_cache import AuditCache, local_cache

Test = Callable[..., None]


def skipped_while_unchanged(*beside: Path) -> Callable[[Test], Test]:
    """For a test of one `exercise`.

    It is skipped where it has passed before, and neither that exercise nor what a verdict depends
    on nor the files `beside` have changed since. CI makes it every time.
    """

    def decorate(test: Test) -> Test:
        @functools.cache
        def cache() -> AuditCache | None:
            return local_cache(test.__name__, *beside)

        @functools.wraps(test)
        def made_once(exercise: Exercise, **fixtures: Any) -> None:
            known = cache()
            key = known.key(exercise) if known else ""
            if known and known.holds(exercise, key):
                pytest.skip("It has passed, and nothing has changed since.")
            test(exercise=exercise, **fixtures)
            if known:
                known.add(exercise, key)

        return made_once

    return decorate
