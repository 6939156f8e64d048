"""Each match takes one n-gram away from what is allowed; exact fractions and a geometric mean."""

import math
from collections import defaultdict
from fractions import Fraction
from statistics import geometric_mean


def bleu(candidate, references, max_n=4):
    if max_n < 1 or not references:
        raise ValueError
    precisions = []
    for n in range(1, max_n + 1):
        allowed = defaultdict(int)
        for reference in references:
            here = defaultdict(int)
            for i in range(n, len(reference) + 1):
                gram = tuple(reference[i - n : i])
                here[gram] += 1
                allowed[gram] = max(allowed[gram], here[gram])
        hits = 0
        for i in range(n, len(candidate) + 1):
            gram = tuple(candidate[i - n : i])
            if allowed[gram] > 0:
                allowed[gram] -= 1
                hits += 1
        if not hits:
            return 0.0
        precisions.append(Fraction(hits, len(candidate) - n + 1))
    c = len(candidate)
    r = sorted(map(len, references), key=lambda length: (abs(length - c), length))[0]
    return geometric_mean(map(float, precisions)) * (math.exp(1 - r / c) if r > c else 1)
