"""The sizes read from tensors without memory, and the operations from what each product makes."""

from typing import NamedTuple

import torch


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


class Counter:
    def __init__(self) -> None:
        self.flops = 0
        self.entered: dict[int, torch.Tensor] = {}

    def product(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        result = a.new_empty(a.size(0), b.size(1))
        self.flops += result.numel() * 2 * a.size(1)
        for tensor in (a, b):
            root = tensor if tensor._base is None else tensor._base
            self.entered[id(root)] = root
        return result


def attention_cost(n: int, d: int) -> AttentionCost:
    counter = Counter()
    q, k, v = (torch.empty(n, d, device="meta") for _ in range(3))
    weights = counter.product(q, k.t())
    counter.product(weights, v)
    return AttentionCost(counter.flops, sum(t.nbytes for t in counter.entered.values()))
