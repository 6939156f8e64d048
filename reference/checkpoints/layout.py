"""What a published layout is: other names for the same numbers, some of them lying otherwise."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from reference.checkpoints.file import CheckpointError
from reference.config import ActivationKind, TransformerConfig

Shapes = Mapping[str, tuple[int, ...]]


class Form(NamedTuple):
    """How one tensor of a file holds one or more of ours, and the way back."""

    read: Callable[[Tensor], list[Tensor]]
    write: Callable[[Sequence[Tensor]], Tensor]


SAME = Form(lambda theirs: [theirs], lambda ours: ours[0])
TRANSPOSED = Form(lambda theirs: [theirs.t()], lambda ours: ours[0].t())
# GPT-2 keeps W_q, W_k and W_v side by side, each (in, out), and their biases one after the other.
PACKED = Form(
    lambda theirs: [part.t() for part in theirs.chunk(3, dim=-1)],
    lambda ours: torch.cat([part.t() for part in ours], dim=-1),
)


def behind_ones(count: int) -> Form:
    """Theirs has `count` leading dimensions of size 1."""
    return Form(
        lambda theirs: [theirs.flatten(0, count)],
        lambda ours: ours[0][(None,) * count],
    )


def as_convolution(n_channels: int, patch_size: int) -> Form:
    """A map of patches, kept as the kernel (D, C, p, p) of a convolution with stride p."""
    return Form(
        lambda theirs: [theirs.flatten(1)],
        lambda ours: ours[0].view(-1, n_channels, patch_size, patch_size),
    )


class Entry(NamedTuple):
    """One tensor of the file, and which of our parameters it holds."""

    theirs: str
    ours: tuple[str, ...]
    form: Form = SAME


@dataclass(frozen=True)
class Layout:
    """How one family of models is published.

    Names are compared without `prefix`, which the file of a model with a head has and that of the
    bare model has not.
    """

    family: str
    title: str
    model: Callable[[TransformerConfig], nn.Module]
    prefix: str
    mark: str  # a name that this family alone has
    layer: re.Pattern[str]  # a name in a layer, whose number is the first group
    config: Callable[["Settings", Shapes], TransformerConfig]
    entries: Callable[[TransformerConfig], list[Entry]]
    settings: Callable[[TransformerConfig], dict[str, Any]]  # config.json of such a model
    ignored: re.Pattern[str]  # what may stand in a file and is no weight of the model
    small: TransformerConfig  # what a made checkpoint is like
    heads: tuple[str, ...] = ()  # those of our parts that a file may lack

    def plain(self, name: str) -> str:
        """A name without the prefix. The first BERT called γ and β by their letters."""
        name = name.removeprefix(self.prefix)
        for letter, word in ((".gamma", ".weight"), (".beta", ".bias")):
            if name.endswith(letter):
                name = name.removesuffix(letter) + word
        return name

    def n_layers(self, shapes: Shapes, start: str = "") -> int:
        """The number of layers whose names begin with `start`: 0, 1, 2 and so on, none left out."""
        found = (self.layer.match(name) for name in shapes if name.startswith(start))
        numbers = {int(match[1]) for match in found if match}
        for number in range(len(numbers)):
            if number not in numbers:
                raise CheckpointError(f"The file has no layer {number}, but later ones.")
        return len(numbers)


def every_layer(n_layers: int, entries: Sequence[Entry]) -> list[Entry]:
    """The entries of one layer, in which `#` stands for its number, for all layers."""
    return [
        Entry(
            entry.theirs.replace("#", str(i)),
            tuple(name.replace("#", str(i)) for name in entry.ours),
            entry.form,
        )
        for i in range(n_layers)
        for entry in entries
    ]


def both(ours: str, theirs: str, form: Form = SAME) -> list[Entry]:
    """Weight and bias of one module. A bias lies the same in every form."""
    return [
        Entry(f"{theirs}.weight", (f"{ours}.weight",), form),
        Entry(f"{theirs}.bias", (f"{ours}.bias",)),
    ]


HEAD_WIDTH = 64  # of every published model of these families that is loaded here
SMALL: dict[str, Any] = {"d_model": 48, "n_heads": 4, "d_ff": 96, "dropout": 0.0}
ACTIVATIONS: dict[str, ActivationKind] = {  # theirs → ours
    "relu": "relu",
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "silu": "silu",
    "swish": "silu",
}


class Settings:
    """What config.json says, each value checked as it is read; nothing where there is none."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def whole(self, name: str, default: int) -> int:
        value = self.values.get(name)
        value = default if value is None else value
        if type(value) is not int or not 1 <= value < 2**31:
            raise CheckpointError(f"config.json: {name} should be a whole number, not {value!r}.")
        return value

    def positive(self, name: str, default: float) -> float:
        value = self.values.get(name, default)
        if type(value) not in (int, float) or not 0 < value < 1:
            raise CheckpointError(f"config.json: {name} should be a small number, not {value!r}.")
        return float(value)

    def activation(self, name: str, default: str) -> ActivationKind:
        value = self.values.get(name, default)
        if not isinstance(value, str) or value not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise CheckpointError(f"config.json: {name} is {value!r}. Known here are {known}.")
        return ACTIVATIONS[value]

    def require(self, name: str, expected: object, why: str) -> None:
        """Refuse a model whose setting is another one, where it is set at all."""
        value = self.values.get(name, expected)
        if value != expected:
            raise CheckpointError(f"config.json: {name} is {value!r}. {why}")


def is_tied(settings: Settings, shapes: Shapes) -> bool:
    """Whether the output projection is the embedding; a file of such a model may hold it twice."""
    said = settings.values.get("tie_word_embeddings", bool(settings.values))
    return bool(said) or "lm_head.weight" not in shapes
