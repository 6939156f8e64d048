"""Opens a file of weights that somebody has downloaded: bounded, and never by running it."""

import json
import math
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
MAX_HEADER = 16 << 20  # bytes that say names and shapes
MAX_TENSORS = 20_000
MAX_TEXT = 8 << 20  # bytes of a file of JSON
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
FLOATS = ("F64", "F32", "F16", "BF16")


class CheckpointError(ValueError):
    """The file cannot be loaded; the sentence says why and what to do."""


@dataclass(frozen=True)
class CheckpointFile:
    """A file that was opened, of which only names and shapes were read.

    `settings` are those of the config.json beside it, empty where there is none.
    """

    path: Path
    shapes: Mapping[str, tuple[int, ...]]
    dtypes: Mapping[str, str]
    settings: Mapping[str, Any]

    @classmethod
    def open(cls, path: Path) -> "CheckpointFile":
        """Of a file, or of a folder that holds model.safetensors. Raises `CheckpointError`."""
        file = located(path)
        shapes, dtypes = _header(file)
        settings = read_json(file.with_name(CONFIG)) if file.with_name(CONFIG).exists() else {}
        return cls(file, shapes, dtypes, settings)

    def read(self, name: str) -> Tensor:
        """One tensor in float64. Only its own bytes are read."""
        if self.dtypes[name] not in FLOATS:
            raise CheckpointError(
                f"{name} holds {self.dtypes[name]}, not floating-point numbers. Quantised weights"
                " are not known here: take the checkpoint that they were made from."
            )
        try:
            with safe_open(self.path, "pt") as file:
                tensor: Tensor = file.get_tensor(name)
        except (SafetensorError, OSError) as error:
            raise _damaged(self.path, error) from None
        if not tensor.isfinite().all():
            raise CheckpointError(
                f"{name} holds numbers that are infinite or NaN. {_again(self.path)}"
            )
        return tensor.to(torch.float64)


def located(path: Path) -> Path:
    """The file of weights that `path` means. Raises `CheckpointError` where there is none."""
    if path.is_dir():
        return _in_folder(path)
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        raise CheckpointError(f"There is no file {path}.") from None
    if not is_file:
        raise CheckpointError(f"{path} is no ordinary file.")
    if path.suffix in PICKLES:
        raise _pickle(path)
    return path


def _in_folder(folder: Path) -> Path:
    if (folder / WEIGHTS).is_file():
        return folder / WEIGHTS
    if (folder / f"{WEIGHTS}.index.json").exists():
        raise CheckpointError(
            f"{folder} holds a model in several files, as the largest ones come. Take a smaller"
            " model of the family, which comes as one model.safetensors."
        )
    for name in sorted(path.name for path in folder.iterdir() if path.suffix in PICKLES):
        raise _pickle(folder / name)
    raise CheckpointError(f"{folder} holds no {WEIGHTS}.")


def _pickle(path: Path) -> CheckpointError:
    return CheckpointError(
        f"{path} is a pickle, and to load one is to run whatever its author has put in. Where you"
        " trust it, convert it once: load it with `transformers` and call"
        f" `model.save_pretrained(FOLDER)`, which writes {WEIGHTS} and {CONFIG}."
    )


def _header(path: Path) -> tuple[dict[str, tuple[int, ...]], dict[str, str]]:
    """Names, shapes and dtypes; the length of the header is checked before it is read."""
    try:
        with path.open("rb") as raw:
            start = raw.read(8)
            size = raw.seek(0, 2)
        if start[:2] == b"PK" or start[:1] == b"\x80":
            raise _pickle(path)
        length = int.from_bytes(start, "little")
        if len(start) < 8 or length > min(MAX_HEADER, size - 8):
            raise CheckpointError(
                f"{path} is not in the safetensors format, or not whole. {_again(path)}"
            )
        with safe_open(path, "pt") as file:
            names = list(file.keys())
            if len(names) > MAX_TENSORS:
                raise CheckpointError(
                    f"{path} holds {len(names):,} tensors; {MAX_TENSORS:,} is"
                    " the most that is loaded."
                )
            slices = {name: file.get_slice(name) for name in names}
            shapes = {name: tuple(part.get_shape()) for name, part in slices.items()}
            if empty := [name for name, shape in shapes.items() if 0 in shape]:
                raise CheckpointError(f"{empty[0]} holds no number at all. {_again(path)}")
            return shapes, {name: str(part.get_dtype()) for name, part in slices.items()}
    except SafetensorError as error:
        raise _damaged(path, error) from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}.") from None


def _damaged(path: Path, error: Exception) -> CheckpointError:
    return CheckpointError(f"{path} is damaged ({str(error)[:200]}). {_again(path)}")


def _again(path: Path) -> str:
    return f"Download or copy {path.name} again."


def read_json(path: Path) -> dict[str, Any]:
    """One object in a small file. Raises `CheckpointError`."""
    if not path.is_file():  # from a named pipe we would wait for whoever writes into it
        raise CheckpointError(f"{path} is no ordinary file.")
    try:
        with path.open("rb") as raw:
            text = raw.read(MAX_TEXT + 1)
        if len(text) > MAX_TEXT:
            raise CheckpointError(f"{path} is larger than {MAX_TEXT >> 20} MB.")
        value = json.loads(text)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise CheckpointError(f"{path} is not JSON. {_again(path)}") from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} should hold one object in braces. {_again(path)}")
    return value


def memory_needed(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Bytes that tensors of these shapes take in float64."""
    return 8 * sum(map(math.prod, shapes.values()))


def memory_free() -> int | None:
    """Bytes that can be had without swapping; None where the system does not tell (proc(5))."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    found = [int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:")]
    return found[0] if found else None
