"""Byte-pair encoding, part 1: learn from a text which pairs to merge."""

from collections import Counter
from itertools import pairwise


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    """Learn a vocabulary by merging the most frequent pair of neighbours, again and again.

    The text is first turned into its UTF-8 bytes. Tokens 0 to 255 are the bytes themselves. Then,
    for i = 0, 1, 2, …:

    1. Count how often each pair of tokens stands side by side, at any two neighbouring places. In
       (7, 7, 7) the pair (7, 7) stands twice.
    2. Choose the pair that stands most often. Of several that stand equally often, choose the
       smallest: the one with the smaller first token, then with the smaller second token, which is
       how Python compares tuples.
    3. Replace it by the new token 256 + i wherever it stands, from left to right. Places that
       overlap with one just replaced are left alone: (7, 7, 7) becomes (256 + i, 7).

    This is done n_merges times, or until no pair stands twice or more.

    Args:
        text: Any text that can be written as UTF-8, also an empty one. All of it is one sequence:
            spaces, line breaks and capital letters are bytes like any others, and pairs may reach
            over the end of a word.
        n_merges: The largest number of merges, at least 0.

    Returns:
        The chosen pairs in the order in which they were chosen, each as a tuple of two whole
        numbers. Pair i makes token 256 + i.

    Each merge takes at most a few passes over the tokens that are left: the time may grow with the
    length of the text times the number of merges, but not with the square of the length.

    Source: Gage 1994, "A New Algorithm for Data Compression"; Sennrich et al. 2016, "Neural Machine
    Translation of Rare Words with Subword Units"; Radford et al. 2019 (GPT-2), for bytes.

    >>> train_bpe("abcabc abd", 2)  # a, b, c, d are bytes 97 to 100
    [(97, 98), (256, 99)]
    >>> train_bpe("aaaa", 5)
    [(97, 97)]
    """
    tokens = list(text.encode("utf-8"))
    merges: list[tuple[int, int]] = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        pair = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if pair is None or counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges


def merge(tokens: list[int], pair: tuple[int, int], new: int) -> list[int]:
    merged = []
    i = 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == pair:
            merged.append(new)
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return merged
