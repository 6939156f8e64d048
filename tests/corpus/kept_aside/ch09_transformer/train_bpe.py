# %% right | generator | pairs come from an inner generator, a flag skips the second of a pair
from collections import Counter
from itertools import pairwise


def train_bpe(text, n_merges):
    def learn(tokens, new, left):
        while left > 0:
            counts = Counter(pairwise(tokens))
            pair = max(counts, key=lambda p: (counts[p], -p[0], -p[1]), default=None)
            if pair is None or counts[pair] == 1:
                return
            yield pair
            shorter, skip = [], False
            for here, after in zip(tokens, tokens[1:] + [None]):
                if skip:
                    skip = False
                elif (here, after) == pair:
                    shorter.append(new)
                    skip = True
                else:
                    shorter.append(here)
            tokens, new, left = shorter, new + 1, left - 1

    return list(learn(list(text.encode("utf-8")), 256, n_merges))

# %% right | tensor-of-codes | torch.unique over pairs written as one number
import torch


def train_bpe(text, n_merges):
    x = torch.tensor(list(text.encode("utf-8")), dtype=torch.int64)
    merges = []
    base = 256 + n_merges
    while len(merges) < n_merges and len(x) > 1:
        codes = x[:-1] * base + x[1:]
        values, counts = torch.unique(codes, return_counts=True)  # values rise, so the smallest comes first
        most = int(counts.max())
        if most < 2:
            break
        code = int(values[(counts == most).nonzero()[0, 0]])
        pair = (code // base, code % base)
        places, last = [], -2
        for place in (codes == code).nonzero().flatten().tolist():
            if place != last + 1:
                places.append(place)
                last = place
        keep = torch.ones(len(x), dtype=torch.bool)
        if places:
            x[torch.tensor(places)] = 256 + len(merges)
            keep[torch.tensor(places) + 1] = False
        x = x[keep]
        merges.append(pair)
    return merges

# %% wrong | right-to-left | pairs are replaced from the right, so (7, 7, 7) becomes (7, 256 + i)
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
    result = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            result.append(new)
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens[::-1], pair[::-1], 256 + len(merges))[::-1]
        merges.append(pair)
    return merges

# %% wrong | counted-once | pairs are counted once at the beginning, and the most frequent of those are given
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
    result = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            result.append(new)
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    counts = Counter(pairwise(tokens))
    while len(merges) < n_merges:
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
        del counts[pair]
    return merges

# %% wrong | at-least-one-merge | the number of merges is looked at after a merge, so n_merges = 0 gives one
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
    result = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            result.append(new)
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while True:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
        if len(merges) >= n_merges:
            break
    return merges

# %% wrong | twice-is-too-few | it stops already where the best pair stands exactly twice
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
    result = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            result.append(new)
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] <= 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | x-ties-by-spelling | of pairs that stand equally often the first in the alphabet of bytes is chosen, not the one with the smaller numbers
from collections import Counter
from itertools import pairwise


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    spelling = {i: bytes([i]) for i in range(256)}
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], spelling[p[0]], spelling[p[1]]))
        if counts[pair] < 2:
            break
        new = 256 + len(merges)
        merges.append(pair)
        spelling[new] = spelling[pair[0]] + spelling[pair[1]]
        merged, i = [], 0
        while i < len(tokens):
            if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                merged.append(new)
                i += 2
            else:
                merged.append(tokens[i])
                i += 1
        tokens = merged
    return merges


# %% wrong | x-line-by-line | the text is cut into lines, and no pair reaches over a line break
from collections import Counter
from itertools import pairwise


def replace(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train_bpe(text, n_merges):
    lines = [list(line.encode("utf-8")) for line in text.splitlines(keepends=True)]
    merges = []
    for i in range(n_merges):
        counts = Counter()
        for line in lines:
            counts.update(pairwise(line))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        merges.append(pair)
        lines = [replace(line, pair, 256 + i) for line in lines]
    return merges
