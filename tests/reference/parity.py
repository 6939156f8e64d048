"""Whole models with the same weights must give the same outputs and the same gradients."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

# The largest errors measured were 3e-5 and 3e-14, for T5 with its nearly saturated scores.
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-12}


def same(tensor: Tensor) -> Tensor:
    return tensor


class From(NamedTuple):
    """Where one of our parameters is found in their model, and how it lies there.

    `view` must only pick and reorder entries, so that it maps gradients as it maps weights.
    """

    name: str
    view: Callable[[Tensor], Tensor] = same


Names = Mapping[str, From | str]  # ours → theirs


def every_layer(n_layers: int, mapping: Names) -> dict[str, From | str]:
    """Repeat the mapping of one layer, in which `#` stands for its number."""

    def numbered(value: From | str, i: int) -> From | str:
        if isinstance(value, str):
            return value.replace("#", str(i))
        return value._replace(name=value.name.replace("#", str(i)))

    return {
        name.replace("#", str(i)): numbered(value, i)
        for i in range(n_layers)
        for name, value in mapping.items()
    }


class Parity:
    """Copies weights from their model to ours by a written mapping, then compares.

    Every parameter on both sides must be mapped, entry for entry, and all of them are made random
    first: an untouched bias of zero or norm weight of one would hide a mistake.
    """

    def __init__(self, ours: nn.Module, theirs: nn.Module, mapping: Names) -> None:
        self.mapping = {k: From(v) if isinstance(v, str) else v for k, v in mapping.items()}
        self.ours, self.theirs = dict(ours.named_parameters()), dict(theirs.named_parameters())
        assert self.mapping.keys() == self.ours.keys()
        assert {source.name for source in self.mapping.values()} == self.theirs.keys()
        assert sum(p.numel() for p in self.ours.values()) == sum(
            p.numel() for p in self.theirs.values()
        )
        generator = torch.Generator().manual_seed(0)
        with torch.no_grad():
            for parameter in self.theirs.values():
                noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
                parameter.add_(0.2 * noise)
            for name, source in self.mapping.items():
                value = source.view(self.theirs[source.name])
                assert value.shape == self.ours[name].shape, name
                self.ours[name].copy_(value)
        ours.eval()
        theirs.eval()

    def compare(self, our_output: Tensor, their_output: Tensor, dtype: torch.dtype) -> None:
        """Values, then the gradients that a random direction sends to every parameter."""
        generator = torch.Generator().manual_seed(1)
        direction = torch.randn(our_output.shape, generator=generator, dtype=torch.float64)
        for output in (our_output, their_output):
            (output * direction.to(output.dtype)).sum().backward(retain_graph=True)
        self.close("output", our_output, their_output, dtype)
        for name, source in self.mapping.items():
            expected = source.view(self.theirs[source.name].grad)
            assert expected.abs().max() > 0, name
            self.close(name, self.ours[name].grad, expected, dtype)

    @staticmethod
    def close(name: str, ours: Tensor, theirs: Tensor, dtype: torch.dtype) -> None:
        """Errors are measured against a tensor's largest entry: sums round by what they add up."""
        size = max(1.0, float(theirs.detach().abs().max()))
        torch.testing.assert_close(
            ours, theirs, atol=TOLERANCE[dtype] * size, rtol=0.0, msg=lambda m: f"{name}: {m}"
        )
