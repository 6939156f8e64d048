"""What a worker may read: the standard library, and the libraries that it may import.

Landlock allows whole trees, and our own packages lie in the same folders as torch. So the list
holds single entries of those folders, never the folders themselves.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

from grader.lockdown.landlock import READ, USE_DEVICE
from grader.lockdown.libraries import FOLDERS, installed_libraries

_RANDOMNESS = Path("/dev/urandom")


def readable_roots() -> list[Path]:
    """Files and folders that Python and the libraries import from, each with all below it."""
    libraries = installed_libraries()
    roots = [*_standard_library(), _RANDOMNESS, *libraries.folders]
    for spec in libraries.modules.values():
        roots.extend(_entries(spec))
    roots.extend(info / "METADATA" for info in libraries.metadata.values())
    return sorted({*roots, *(root.resolve() for root in roots)})


def search_path(readable: Iterable[Path]) -> list[str]:
    """What is `readable` of `sys.path`, without the libraries' folders: those have a finder."""
    importable = {str(place) for root in readable for place in (root, root.parent)}
    return [entry for entry in sys.path if entry in importable and Path(entry).name not in FOLDERS]


def cuda_rules() -> list[tuple[Path, int]]:
    """What the CUDA driver opens besides. Written by the book; not yet tried on a GPU."""
    readable = (
        "/etc/ld.so.cache", "/proc/cpuinfo", "/proc/devices", "/proc/driver/nvidia",
        "/proc/meminfo", "/proc/sys/vm/mmap_min_addr", "/sys/bus/pci/devices",
        "/sys/devices/system/cpu", "/sys/devices/system/memory", "/sys/devices/system/node",
    )  # fmt: skip
    system_libraries = ("lib/*-linux-gnu", "lib64", "lib/wsl/lib")
    drivers = [
        library
        for folder in system_libraries
        for name in ("libcuda*", "libnvidia*", "libdxcore*")
        for library in Path("/usr").glob(f"{folder}/{name}")
    ]
    devices = [*Path("/dev").glob("nvidia*"), *Path("/dev").glob("dxg")]
    return [
        *((path, READ) for path in (*map(Path, readable), *drivers)),
        *((device, USE_DEVICE) for device in devices),
    ]


def _standard_library() -> Iterator[Path]:
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    folders = {Path(os.__file__).parent, Path(sysconfig.get_path("platstdlib", vars=base))}
    for folder in folders:
        if folder.is_dir():
            yield from (entry for entry in folder.iterdir() if entry.name not in FOLDERS)
    yield from (Path(entry) for entry in sys.path if entry.endswith(".zip"))


def _entries(spec: ModuleSpec) -> Iterator[Path]:
    if spec.submodule_search_locations is None:
        if spec.origin is not None:
            yield Path(spec.origin)
            yield Path(importlib.util.cache_from_source(spec.origin))
        return
    for location in map(Path, spec.submodule_search_locations):
        yield location
        yield location.with_name(
            f"{location.name}.libs"
        )  # shared libraries that wheels bring along
        # Some installers link files out of a cache instead of copying them.
        yield (location / "__init__.py").resolve().parent
