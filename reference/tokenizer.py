"""Byte-pair encoding: a vocabulary of bytes and of pairs that stand together often.

Gage, "A New Algorithm for Data Compression" (1994); Sennrich et al., "Neural Machine Translation of
Rare Words with Subword Units" (2016); Radford et al., "Language Models are Unsupervised Multitask
Learners" (2019), for bytes. A text is one sequence here, not divided into words first.

Each merge is a handful of operations on the whole text at once, so a merge costs one pass, whatever
the text holds.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Int
from torch import Tensor

N_BYTES = 256

Merges = list[tuple[int, int]]


def train_bpe(text: str, n_merges: int) -> Merges:
    """The pairs to merge, in their order; pair i makes token 256 + i.

    Each time the most frequent pair of neighbours, counted at every place, also where two overlap.
    Of equally frequent ones it is the smallest pair. Ends early when no pair stands twice.
    """
    tokens = _bytes_of(text)
    merges: Merges = []
    while len(merges) < n_merges and len(tokens) > 1:
        vocab_size = N_BYTES + len(merges)
        codes = tokens[:-1] * vocab_size + tokens[1:]  # in the order of the pairs
        pairs, counts = torch.unique(codes, return_counts=True)
        most = int(counts.max())
        if most < 2:
            break
        code = int(pairs[counts == most][0])  # `unique` sorts
        merges.append(divmod(code, vocab_size))
        tokens = _merged(tokens, *merges[-1], vocab_size)
    return merges


class BPE:
    """Text to tokens and back, by the merges of `train_bpe`.

    Attributes:
        vocab_size: 256 + the number of merges.
    """

    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.merges: Merges = [(first, second) for first, second in merges]
        self.vocab_size = N_BYTES + len(self.merges)
        self._strings = [bytes([byte]) for byte in range(N_BYTES)]
        for first, second in self.merges:
            self._strings.append(self._strings[first] + self._strings[second])

    def encode(self, text: str) -> list[int]:
        """The merges, each wherever it is possible, in the order in which they were learned.

        A merge makes a token that only later merges name, so that none has to be tried twice.
        """
        tokens = _bytes_of(text)
        for i, (first, second) in enumerate(self.merges):
            tokens = _merged(tokens, first, second, N_BYTES + i)
        encoded: list[int] = tokens.tolist()
        return encoded

    def decode(self, tokens: Sequence[int]) -> str:
        """The text; bytes that are no UTF-8, such as half a character, become U+FFFD.

        Raises ValueError for a number that is no token.
        """
        for token in tokens:
            if not 0 <= token < self.vocab_size:
                raise ValueError(f"no token {token} among {self.vocab_size}")
        return b"".join(self._strings[token] for token in tokens).decode("utf-8", "replace")


def _bytes_of(text: str) -> Int[Tensor, " T"]:
    # A bytearray, since torch warns of memory that it may not write to; it takes no empty one.
    data = bytearray(text.encode("utf-8"))
    return (
        torch.frombuffer(data, dtype=torch.uint8).long()
        if data
        else torch.zeros(0, dtype=torch.int64)
    )


def _merged(tokens: Int[Tensor, " T"], first: int, second: int, new: int) -> Int[Tensor, " T2"]:
    """Every pair (first, second) replaced by `new`, from left to right, none of them twice."""
    starts = (tokens[:-1] == first) & (tokens[1:] == second)
    if first == second:
        starts = _every_other(starts)
    places = starts.nonzero().squeeze(1)
    if not len(places):
        return tokens
    merged = tokens.index_fill(0, places, new)
    keep = torch.ones_like(tokens, dtype=torch.bool)
    keep[places + 1] = False
    return merged[keep]


def _every_other(starts: Bool[Tensor, " T"]) -> Bool[Tensor, " T"]:
    """Of each run of True the first, the third and so on: pairs of equal tokens overlap."""
    places = torch.arange(len(starts), device=starts.device)
    last_false = torch.where(starts, -1, places).cummax(0).values
    return starts & ((places - last_false) % 2 == 1)
