"""The libraries that a learner's code may import: what is installed, unless it may be secret.

What came from a package index is public, and reading it gives nothing away. Ours is not, nor what
was installed from a folder, a repository or a link, nor what holds a course: a teacher's suites may
lie in any of these. Nothing is allowed that no record of an installation names.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import DistributionFinder, PathDistribution
from pathlib import Path
from types import ModuleType

# What a right answer may need wherever it was installed from, and what torch imports: some of it
# only when an optimizer is built.
ALWAYS = (
    "torch", "torchgen", "functorch", "numpy", "jaxtyping", "wadler_lindig",
    "filelock", "fsspec", "jinja2", "markupsafe", "mpmath", "networkx", "sympy",
    "typing_extensions",
    # the libraries of a CUDA build
    "cuda", "nvidia", "triton",
)  # fmt: skip
OUR_PACKAGES = frozenset({"exercises", "grader", "quizzes", "reference", "tui"})
FOLDERS = ("site-packages", "dist-packages")
# Named to a learner who asks for something else.
FAMILIAR = (
    "torch", "numpy", "jaxtyping", "einops", "scipy", "sympy", "pandas", "matplotlib", "tqdm",
    "pytest",
)  # fmt: skip
# In the RECORD of an installation, a CSV file: the first part of each path, and what is secret.
_FIRST_PART = re.compile(rb'^"?([^/,"\n]+)[/,]', re.MULTILINE)
_FROM_ELSEWHERE = b"/direct_url.json,"
_OF_A_COURSE = re.compile(rb"/(?:chapter|misconceptions)\.yaml,")
_NO_MODULES = (".pth", ".dist-info", ".egg-info", ".data")


@dataclass(frozen=True)
class Libraries:
    """`modules` by top-level name; `folders` of what they link; METADATA by a library's name."""

    modules: dict[str, ModuleSpec]
    folders: tuple[Path, ...]
    metadata: dict[str, Path]


@dataclass(frozen=True)
class _Installation:
    """One library in one folder: what its record names, and whether that may be secret."""

    folder: Path
    info: Path
    names: frozenset[str]
    secret: bool


@cache
def installed_libraries() -> Libraries:
    """Asked before the lock: afterwards the folders cannot be listed."""
    installations = [
        _read(folder, info)
        for folder in map(Path, sys.path)
        if folder.name in FOLDERS
        for info in sorted(folder.glob("*.dist-info"))
    ]
    kept_back = OUR_PACKAGES.union(*(each.names for each in installations if each.secret))
    modules = {name: spec for name in ALWAYS if (spec := importlib.util.find_spec(name))}
    folders, metadata = [], {}
    for each in installations:
        names = {name for name in each.names if name not in kept_back}
        for name in names:
            module = name.partition(".")[0]
            if module not in modules and (spec := PathFinder.find_spec(module, [str(each.folder)])):
                modules[module] = spec
        folders += [each.folder / name for name in names if name.endswith(".libs")]
        if not each.secret or not each.names.isdisjoint(ALWAYS):
            metadata[_normalized(each.info.name.partition("-")[0])] = each.info
    return Libraries(modules, tuple(folders), metadata)


def familiar_libraries() -> list[str]:
    """Names for a learner who asks for what is not here."""
    return [name for name in FAMILIAR if name in installed_libraries().modules]


class LibraryFinder:
    """Finds the libraries, and what is known of them, where their folder cannot be listed."""

    def __init__(self, libraries: Libraries) -> None:
        self._libraries = libraries

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        return self._libraries.modules.get(fullname)

    def find_distributions(self, context: DistributionFinder.Context) -> Iterable[PathDistribution]:
        """What `importlib.metadata` asks a finder for; some libraries look up their version so."""
        return self._found(context.name and _normalized(context.name))

    def _found(self, wanted: str | None) -> Iterator[PathDistribution]:
        for name, info in self._libraries.metadata.items():
            if wanted in (None, name):
                yield PathDistribution(info)


def _read(folder: Path, info: Path) -> _Installation:
    try:
        record = (info / "RECORD").read_bytes()
    except OSError:
        record = b""
    found = {part.decode("utf-8", "replace") for part in _FIRST_PART.findall(record)}
    names = {name for name in found if name not in ("..", "__pycache__")}
    secret = _OF_A_COURSE.search(record) is not None
    if _FROM_ELSEWHERE in record:
        # Conda builds every package from a folder of its own, and says so.
        secret |= not _is_by_conda(info)
    return _Installation(
        folder,
        info,
        frozenset(name for name in names if not name.endswith(_NO_MODULES)),
        secret,
    )


def _is_by_conda(info: Path) -> bool:
    try:
        return (info / "INSTALLER").read_text("utf-8").strip() == "conda"
    except OSError:
        return False


def _normalized(name: str) -> str:
    """One spelling for all of a library's: PEP 503, with the underscores of a folder's name."""
    return re.sub(r"[-_.]+", "_", name).lower()
