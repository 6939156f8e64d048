"""The same two numbers, factored."""

from collections import namedtuple

AttentionCost = namedtuple("AttentionCost", "flops activation_bytes")


def attention_cost(n, d):
    return AttentionCost((2 * n) ** 2 * d, 4 * n * (n + 3 * d))
