"""Parts that are installed only where they are wanted."""

from collections.abc import Iterator
from contextlib import contextmanager

from grader.errors import UsageError


@contextmanager
def extra(name: str, what: str, *packages: str) -> Iterator[None]:
    """Around imports of `what`, for which the extra `name` brings `packages`. Who has not installed
    it is told how.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in packages:
            raise
        raise UsageError(
            f"{what} needs the extra: pip install 'learn-transformer[{name}]'."
        ) from None
