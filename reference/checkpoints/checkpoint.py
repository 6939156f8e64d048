"""From a published file to one of our models, and from a seed to such a file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor, nn

from reference.checkpoints.families import FAMILIES
from reference.checkpoints.file import (
    CONFIG,
    WEIGHTS,
    CheckpointError,
    CheckpointFile,
    memory_free,
    memory_needed,
)
from reference.checkpoints.layout import Entry, Layout, Settings
from reference.config import TransformerConfig

NOISE = 0.2  # beside the initial weights, of which every token would look alike


@dataclass(frozen=True)
class Checkpoint:
    """A model with the weights of a file, in float64 and in evaluation mode.

    `missing` are the heads that the file has no weights for; they are all zeros.
    """

    layout: Layout
    config: TransformerConfig
    model: nn.Module
    file: CheckpointFile
    missing: tuple[str, ...]

    @property
    def n_parameters(self) -> int:
        """Those that the file holds."""
        return sum(
            parameter.numel()
            for name, parameter in self.model.named_parameters()
            if not name.startswith(self.missing)
        )


def load_checkpoint(path: Path, family: str | None = None) -> Checkpoint:
    """The model in a file, or in a folder with model.safetensors.

    Names and shapes are judged before any number is read. Raises `CheckpointError`.

    Args:
        path: of the file or folder.
        family: one of `FAMILIES`; None finds out by the names in the file.
    """
    file = CheckpointFile.open(path)
    layout = recognised(file, family)
    names = {layout.plain(name): name for name in file.shapes}
    shapes = {plain: file.shapes[name] for plain, name in names.items()}
    config = _config(layout, file, shapes)
    with torch.device("meta"):  # shapes alone: the numbers come from the file
        model = layout.model(config)
    entries = layout.entries(config)
    there = {name for entry in entries if entry.theirs in shapes for name in entry.ours}
    missing = tuple(
        head for head in layout.heads if not any(name.startswith(head) for name in there)
    )
    entries = [entry for entry in entries if not entry.ours[0].startswith(missing)]
    _check_names(layout, {entry.theirs for entry in entries}, shapes)
    _check_shapes(model, entries, shapes)
    _check_room({entry.theirs: shapes[entry.theirs] for entry in entries})
    weights: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        if name.startswith(missing):
            weights[name] = torch.zeros(parameter.shape, dtype=torch.float64)
    for entry in entries:
        parts = entry.form.read(file.read(names[entry.theirs]))
        weights |= zip(entry.ours, (part.contiguous() for part in parts), strict=True)
    model.load_state_dict(weights, strict=False, assign=True)  # what is shared has two names
    return Checkpoint(layout, config, model.eval(), file, missing)


def recognised(file: CheckpointFile, family: str | None) -> Layout:
    """The layout that the names in a file follow."""
    candidates = [FAMILIES[family]] if family else list(FAMILIES.values())
    for layout in candidates:
        if any(layout.plain(name) == layout.mark for name in file.shapes):
            return layout
    if family:
        layout = FAMILIES[family]
        raise CheckpointError(f"{file.path} has no {layout.mark}, which every {layout.title} has.")
    titles = ", ".join(layout.title for layout in FAMILIES.values())
    first = ", ".join(sorted(file.shapes)[:3]) or "none at all"
    raise CheckpointError(
        f"{file.path} is in none of the layouts that are known here ({titles}). Its names begin"
        f" with {first[:200]}."
    )


def make_checkpoint(family: str, folder: Path, seed: int) -> Path:
    """Write a small model of a family, made from a seed, as it would be published.

    Returns the file of weights; config.json lies beside it. Raises `CheckpointError` where the
    folder holds a checkpoint already.
    """
    layout = FAMILIES[family]
    config = layout.small
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        ours = dict(layout.model(config).named_parameters())
    noisy = {
        name: parameter.detach() + NOISE * torch.randn(parameter.shape, generator=generator)
        for name, parameter in ours.items()
    }
    theirs = {
        _published(layout, entry.theirs): entry.form.write([noisy[name] for name in entry.ours])
        for entry in layout.entries(config)
    }
    file = folder / WEIGHTS
    if file.exists() or (folder / CONFIG).exists():
        raise CheckpointError(f"{folder} holds a checkpoint already. Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    whole = {name: tensor.contiguous() for name, tensor in theirs.items()}
    try:
        save_file(whole, file, {"format": "pt"})
    except SafetensorError as error:
        raise CheckpointError(f"{file} cannot be written: {error}.") from None
    text = json.dumps(layout.settings(config), indent=2)
    (folder / CONFIG).write_text(f"{text}\n", encoding="utf-8")
    return file


def _published(layout: Layout, name: str) -> str:
    """The name with the prefix, which the heads have not."""
    is_head = name.startswith(("cls.", "classifier.", "lm_head."))
    return name if is_head else layout.prefix + name


def _config(
    layout: Layout, file: CheckpointFile, shapes: Mapping[str, tuple[int, ...]]
) -> TransformerConfig:
    """What shapes and config.json say. All that is read there is needed, so it must be there."""
    try:
        return layout.config(Settings(file.settings), shapes)
    except KeyError as missing:
        raise _lacks(layout, [str(missing.args[0])]) from None
    except CheckpointError:
        raise
    except (ValueError, TypeError, IndexError, ZeroDivisionError) as error:
        raise CheckpointError(
            f"The shapes in {file.path} are not those of a {layout.title}: {error}"
        ) from None


def _check_names(layout: Layout, names: set[str], shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Every tensor that the model needs is there, and nothing else that could matter."""
    if lacking := sorted(names - shapes.keys()):
        raise _lacks(layout, lacking)
    left = sorted(name for name in shapes.keys() - names if not layout.ignored.fullmatch(name))
    if left:
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        raise CheckpointError(
            f"The file also holds {', '.join(left[:3])}{more}, which no {layout.title} has. It is"
            " another model, whose numbers would be wrong here."
        )


def _check_shapes(
    model: nn.Module, entries: Sequence[Entry], shapes: Mapping[str, tuple[int, ...]]
) -> None:
    """The sizes of all tensors go together, as can be seen without their numbers."""
    wanted = {name: parameter.shape for name, parameter in model.named_parameters()}
    for entry in entries:
        try:
            parts = entry.form.read(torch.empty(shapes[entry.theirs], device="meta"))
        except (RuntimeError, IndexError):  # too few dimensions, or too many
            parts = []
        if [part.shape for part in parts] != [wanted[name] for name in entry.ours]:
            raise CheckpointError(
                f"{entry.theirs} has the shape {shapes[entry.theirs]}, which does not go with the"
                " shapes of the other tensors. The file is damaged, or another model."
            )


def _lacks(layout: Layout, names: list[str]) -> CheckpointError:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return CheckpointError(
        f"The file lacks {', '.join(names[:3])}{more}, which a {layout.title} has. It may be part"
        " of a checkpoint, or another model."
    )


def _check_room(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """All is computed in float64, so a file of float32 takes twice its size."""
    needed, free = memory_needed(shapes), memory_free()
    if free is not None and needed > 0.8 * free:
        raise CheckpointError(
            f"In float64 this model takes {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB of memory"
            " are free. Take a smaller one, or close other programs."
        )
