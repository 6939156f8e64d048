"""What is read out of a file of the course, kept beside it until the file changes.

As Python keeps bytecode: in `__pycache__`, known by the file's time and size, and silently not
where nothing can be written. `learn next` reads the whole course, and parsing it takes longer than
everything else that it does.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from exercises.files import write_atomically

# Goes up when what is read out of the same file becomes something else.
VERSION = 3
DIGEST_SIZE = 16  # bytes; against damage, not against whoever may write beside the course
# What was written just now may be written once more within one tick of the file system's clock.
SETTLED = 2 * 10**9  # ns


def parsed(file: Path, parse: Callable[[Path], Any]) -> Any:
    """`parse(file)`, of None, numbers, texts, lists and dictionaries, or what it gave last time.

    Raises what `parse` raises.
    """
    status = file.stat()
    now = (VERSION, sys.version_info[:2], status.st_mtime_ns, status.st_size)
    kept = file.parent / "__pycache__" / f"{file.name}.{parse.__name__}"
    with suppress(OSError, EOFError, ValueError, TypeError):
        content = kept.read_bytes()
        digest, written = content[:DIGEST_SIZE], content[DIGEST_SIZE:]
        if digest == _digest(written):  # of a damaged length, marshal would make as much room
            then, value = marshal.loads(written)
            if then == now:
                return value
    value = parse(file)
    if not sys.dont_write_bytecode and time.time_ns() - status.st_mtime_ns > SETTLED:
        with suppress(OSError, ValueError):
            kept.parent.mkdir(exist_ok=True)
            written = marshal.dumps((now, value))
            write_atomically(kept, _digest(written) + written)
    return value


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=DIGEST_SIZE).digest()
