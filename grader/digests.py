"""One digest of many texts and files, the same on every machine."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path


def files(top: Path) -> Iterator[Path]:
    """A file itself, or what lies in a folder and below it, but for what Python compiles."""
    for path in [top] if top.is_file() else sorted(top.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def digest(*parts: str | Path) -> str:
    """Of texts, and of files with their names."""
    whole = sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        name = part.name if isinstance(part, Path) else ""
        whole.update(f"{name} {len(content)}\n".encode() + content)
    return whole.hexdigest()
