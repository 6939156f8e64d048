"""With the union and intersection of counters."""

import math
from collections import Counter
from functools import reduce


def bleu(candidate, references, max_n=4):
    if max_n <= 0 or len(references) == 0:
        raise ValueError("nothing to compare")

    def counts(tokens, n):
        return Counter(zip(*(tokens[i:] for i in range(n)), strict=False))

    precisions = []
    for n in range(1, max_n + 1):
        found = counts(candidate, n)
        allowed = reduce(Counter.__or__, (counts(reference, n) for reference in references))
        precisions.append(sum((found & allowed).values()) / max(sum(found.values()), 1))
    if min(precisions) == 0:
        return 0.0
    c, r = len(candidate), len(references[0])
    for reference in references:
        gap = abs(len(reference) - c) - abs(r - c)
        if gap < 0 or (gap == 0 and len(reference) < r):
            r = len(reference)
    mean = math.fsum(math.log(p) for p in precisions) / max_n
    return min(1.0, math.exp(1 - r / c)) * math.exp(mean)
