# %% right | crossing-out | matches are crossed out in each reference, r by a descending scan
import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def precision(candidate, references, n):
    """Cross out in every reference what has been used, and keep the most that matches of each n-gram."""
    grams = [tuple(candidate[i : i + n]) for i in range(len(candidate) - n + 1)]
    if not grams:
        return 0.0
    best = dict.fromkeys(grams, 0)
    for ref in references:
        left = [tuple(ref[i : i + n]) for i in range(len(ref) - n + 1)]
        used = dict.fromkeys(grams, 0)
        for gram in grams:
            if gram in left:
                left.remove(gram)
                used[gram] += 1
        for gram in used:
            best[gram] = max(best[gram], used[gram])
    return sum(best.values()) / len(grams)


def bleu(candidate, references, max_n=4):
    if not references or max_n < 1:
        raise ValueError("at least one reference, and max_n of at least 1")
    ps = [precision(candidate, references, n) for n in range(1, max_n + 1)]
    if min(ps) == 0.0:
        return 0.0
    c, r = len(candidate), None
    for length in sorted({len(ref) for ref in references}, reverse=True):
        if r is None or abs(length - c) <= abs(r - c):
            r = length
    return (1.0 if r <= c else math.exp(1 - r / c)) * math.exp(sum(map(math.log, ps)) / max_n)

# %% right | fractions | exact fractions until the root is taken
from fractions import Fraction
from functools import reduce
from math import exp
from operator import or_
from collections import Counter


def grams(s, n):
    return Counter(tuple(s[i:i + n]) for i in range(max(len(s) - n + 1, 0)))


def bleu(candidate, references, max_n=4):
    if max_n < 1:
        raise ValueError("max_n")
    if not len(references):
        raise ValueError("references")
    p = Fraction(1)
    for n in range(1, max_n + 1):
        have = grams(candidate, n)
        allowed = reduce(or_, (grams(ref, n) for ref in references))
        p *= Fraction((have & allowed).total(), max(have.total(), 1))
    if p == 0:
        return 0.0
    c = len(candidate)
    distance = min(abs(len(ref) - c) for ref in references)
    # c - distance, where it is there, is the shorter one
    r = c - distance if any(len(ref) == c - distance for ref in references) else c + distance
    return float(p) ** (1 / max_n) * (exp(1 - r / c) if c < r else 1.0)

# %% wrong | best-reference-only | one reference is chosen for all n-grams of a length together, not for each n-gram
import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def bleu(candidate: Sentence, references: Sequence[Sentence], max_n: int = 4) -> float:
    if not references or max_n < 1:
        raise ValueError("at least one reference, and max_n of at least 1")
    c = len(candidate)
    logs = []
    for n in range(1, max_n + 1):
        counts = Counter(tuple(candidate[i : i + n]) for i in range(c - n + 1))
        matches = 0
        for ref in references:
            limit = Counter(tuple(ref[i : i + n]) for i in range(len(ref) - n + 1))
            matches = max(matches, sum((counts & limit).values()))
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% wrong | add-one-smoothing | longer n-grams are smoothed by one, so what should be 0 is not
import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def bleu(candidate: Sentence, references: Sequence[Sentence], max_n: int = 4) -> float:
    if not references or max_n < 1:
        raise ValueError("at least one reference, and max_n of at least 1")
    c = len(candidate)
    logs = []
    for n in range(1, max_n + 1):
        counts = Counter(tuple(candidate[i : i + n]) for i in range(c - n + 1))
        limit = Counter()
        for ref in references:
            limit |= Counter(tuple(ref[i : i + n]) for i in range(len(ref) - n + 1))
        matches = sum((counts & limit).values())
        extra = 1 if n > 1 else 0
        if matches + extra == 0:
            return 0.0
        logs.append(math.log((matches + extra) / (sum(counts.values()) + extra)))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% wrong | joined-by-spaces | n-grams are texts joined by blanks, so tokens that hold blanks become equal to others
import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def bleu(candidate: Sentence, references: Sequence[Sentence], max_n: int = 4) -> float:
    if not references or max_n < 1:
        raise ValueError("at least one reference, and max_n of at least 1")
    c = len(candidate)
    logs = []
    for n in range(1, max_n + 1):
        counts = Counter(' '.join(str(t) for t in candidate[i : i + n]) for i in range(c - n + 1))
        limit = Counter()
        for ref in references:
            limit |= Counter(' '.join(str(t) for t in ref[i : i + n]) for i in range(len(ref) - n + 1))
        matches = sum((counts & limit).values())
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% wrong | empty-or-bad-arguments | no reference, or a max_n below 1, gives 0.0 and no ValueError
import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def bleu(candidate: Sentence, references: Sequence[Sentence], max_n: int = 4) -> float:
    if not references or max_n < 1:
        return 0.0
    c = len(candidate)
    logs = []
    for n in range(1, max_n + 1):
        counts = Counter(tuple(candidate[i : i + n]) for i in range(c - n + 1))
        limit = Counter()
        for ref in references:
            limit |= Counter(tuple(ref[i : i + n]) for i in range(len(ref) - n + 1))
        matches = sum((counts & limit).values())
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% wrong | x-joined-by-spaces | n-grams are compared as strings joined by spaces, so the pairs ("a b", "c") and ("a", "b c") are the same
import math
from collections import Counter


def ngrams(sentence, n):
    return Counter(" ".join(map(str, sentence[i : i + n])) for i in range(len(sentence) - n + 1))


def bleu(candidate, references, max_n=4):
    if not references or max_n < 1:
        raise ValueError("no reference, or max_n below 1")
    c = len(candidate)
    if c < max_n:
        return 0.0
    logs = 0.0
    for n in range(1, max_n + 1):
        counts = ngrams(candidate, n)
        best = Counter()
        for reference in references:
            best |= ngrams(reference, n)
        matches = (counts & best).total()
        if matches == 0:
            return 0.0
        logs += math.log(matches / counts.total())
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    penalty = math.exp(1 - r / c) if c < r else 1.0
    return penalty * math.exp(logs / max_n)


# %% wrong | x-best-single-reference | computes BLEU with each reference alone and takes the best, so matches in different references do not add up
import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def grams(s: Sentence, n: int) -> Counter:
    return Counter(tuple(s[i : i + n]) for i in range(len(s) - n + 1))


def one(candidate: Sentence, reference: Sentence, max_n: int) -> float:
    c, r = len(candidate), len(reference)
    product = 1.0
    for n in range(1, max_n + 1):
        mine, theirs = grams(candidate, n), grams(reference, n)
        if not mine:
            return 0.0
        product *= (mine & theirs).total() / mine.total()
    brevity = math.exp(1 - r / c) if c < r else 1.0
    return brevity * product ** (1 / max_n)


def bleu(candidate: Sentence, references: Sequence[Sentence], max_n: int = 4) -> float:
    if len(references) == 0:
        raise ValueError("there is no reference")
    if max_n < 1:
        raise ValueError("max_n must be at least 1")
    return max(one(candidate, reference, max_n) for reference in references)
