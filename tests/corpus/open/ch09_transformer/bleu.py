# %% right | counters | Counter with & and |, mean of logarithms
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
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% right | zip-and-count | zip of shifted lists, list.count, a product and a root
import math


def bleu(candidate, references, max_n=4):
    if not references or max_n < 1:
        raise ValueError("at least one reference, and max_n of at least 1")
    c = len(candidate)
    product = 1.0
    for n in range(1, max_n + 1):
        grams = list(zip(*[candidate[k:] for k in range(n)]))
        if not grams:
            return 0.0
        ref_grams = [list(zip(*[ref[k:] for k in range(n)])) for ref in references]
        matched = 0
        for gram in set(grams):
            most = max(others.count(gram) for others in ref_grams)
            matched += min(grams.count(gram), most)
        product *= matched / len(grams)
    if product == 0:
        return 0.0
    lengths = sorted(len(ref) for ref in references)
    r = min(lengths, key=lambda length: abs(length - c))
    brevity = 1.0 if c >= r else math.exp(1 - r / c)
    return brevity * product ** (1 / max_n)

# %% right | ngrams-class | a class with a plain dictionary, nearest length in a loop
import math
from typing import List


class NGrams:
    def __init__(self, sentence, n):
        self.table = {}
        self.total = 0
        for start in range(0, len(sentence) - n + 1):
            key = tuple(sentence[start + k] for k in range(n))
            self.table[key] = self.table.get(key, 0) + 1
            self.total += 1

    def matches(self, others: List["NGrams"]) -> int:
        result = 0
        for key, count in self.table.items():
            largest = 0
            for other in others:
                if other.table.get(key, 0) > largest:
                    largest = other.table[key]
            result += count if count < largest else largest
        return result


def nearest_length(c, references):
    r = len(references[0])
    for ref in references[1:]:
        new, old = abs(len(ref) - c), abs(r - c)
        if new < old or (new == old and len(ref) < r):
            r = len(ref)
    return r


def bleu(candidate, references, max_n=4):
    if len(references) == 0:
        raise ValueError("there is no reference")
    if max_n < 1:
        raise ValueError("max_n is below 1")
    precisions = []
    for n in range(1, max_n + 1):
        mine = NGrams(candidate, n)
        hits = mine.matches([NGrams(ref, n) for ref in references])
        if mine.total == 0 or hits == 0:
            return 0.0
        precisions.append(hits / mine.total)
    c = len(candidate)
    r = nearest_length(c, references)
    score = math.prod(precisions) ** (1.0 / max_n)
    if c < r:
        score *= math.exp(1 - r / c)
    return score

# %% right | all-lengths-at-once | one Counter for n-grams of all lengths, all in logarithms
import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def _count(sentence, max_n):
    """All n-grams of all lengths in one Counter."""
    return Counter(
        tuple(sentence[i:j])
        for i in range(len(sentence))
        for j in range(i + 1, min(i + max_n, len(sentence)) + 1)
    )


def bleu(candidate, references, max_n=4):
    if not references or max_n < 1:
        raise ValueError("at least one reference, and max_n of at least 1")
    mine = _count(candidate, max_n)
    theirs = [_count(ref, max_n) for ref in references]
    hits, totals = [0] * max_n, [0] * max_n
    for gram, count in mine.items():
        totals[len(gram) - 1] += count
        hits[len(gram) - 1] += min(count, max(t[gram] for t in theirs))
    if 0 in hits:
        return 0.0
    c = len(candidate)
    r = min(map(len, references), key=lambda m: (abs(m - c), m))
    log_b = min(0.0, 1 - r / c)
    return math.exp(log_b + math.fsum(math.log(h) - math.log(t) for h, t in zip(hits, totals)) / max_n)

# %% wrong | not-clipped | an n-gram matches as often as the candidate has it
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
        matches = sum(k for gram, k in counts.items() if gram in limit)
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% wrong | no-brevity | there is no penalty for a candidate that is too short
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
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return math.exp(sum(logs) / max_n)

# %% wrong | counts-of-references-added | the counts of all references are added up instead of taking the one that has most
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
            limit += Counter(tuple(ref[i : i + n]) for i in range(len(ref) - n + 1))
        matches = sum((counts & limit).values())
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% wrong | longer-of-equally-near | of two references that are equally near, the longer one gives r
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
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = -min((abs(len(ref) - c), -len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% wrong | shortest-reference | r is the shortest reference, not the nearest one
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
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min(len(ref) for ref in references)
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% wrong | arithmetic-mean | the precisions are averaged instead of multiplied and rooted
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
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * sum(math.exp(x) for x in logs) / max_n

# %% wrong | log-of-zero | where nothing matches, the logarithm of 0 is taken and fails
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
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * math.exp(sum(logs) / max_n)

# %% wrong | long-ones-rewarded | b is taken also where c is larger than r, so it exceeds 1
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
        if matches == 0:
            return 0.0
        logs.append(math.log(matches / sum(counts.values())))
    r = min((abs(len(ref) - c), len(ref)) for ref in references)[1]
    b = math.exp(1 - r / c)
    return b * math.exp(sum(logs) / max_n)

# %% wrong | capitals-ignored | tokens are made small letters, so capital letters make no difference
import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def bleu(candidate: Sentence, references: Sequence[Sentence], max_n: int = 4) -> float:
    if not references or max_n < 1:
        raise ValueError("at least one reference, and max_n of at least 1")
    candidate = [str(t).lower() for t in candidate]
    references = [[str(t).lower() for t in ref] for ref in references]
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

# %% wrong | short-candidate-fewer-n | lengths that the candidate has no n-gram of are left out, instead of BLEU being 0
import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def bleu(candidate: Sentence, references: Sequence[Sentence], max_n: int = 4) -> float:
    if not references or max_n < 1:
        raise ValueError("at least one reference, and max_n of at least 1")
    c = len(candidate)
    if c == 0 and references:
        return 0.0
    max_n = min(max_n, c)
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

# %% wrong | divided-by-reference | matches are divided by the number of n-grams of the longest reference (a recall), not by the candidate's own
import math
from collections import Counter


def count_ngrams(tokens, n):
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def bleu(candidate, references, max_n=4):
    if not references:
        raise ValueError("no reference")
    if max_n < 1:
        raise ValueError("max_n must be at least 1")
    c = len(candidate)
    if c < max_n:
        return 0.0
    product = 1.0
    for n in range(1, max_n + 1):
        mine = count_ngrams(candidate, n)
        theirs = [count_ngrams(reference, n) for reference in references]
        matched = sum(min(k, max(t[gram] for t in theirs)) for gram, k in mine.items())
        product *= matched / max(1, max(t.total() for t in theirs))
    r = min((abs(len(reference) - c), len(reference)) for reference in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * product ** (1 / max_n)

# %% wrong | distinct-ngrams-only | the n-grams of the candidate go into a set, so each counts once however often it stands there
import math
from collections import Counter


def count_ngrams(tokens, n):
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def bleu(candidate, references, max_n=4):
    if not references:
        raise ValueError("no reference")
    if max_n < 1:
        raise ValueError("max_n must be at least 1")
    c = len(candidate)
    if c < max_n:
        return 0.0
    product = 1.0
    for n in range(1, max_n + 1):
        mine = count_ngrams(candidate, n)
        theirs = [count_ngrams(reference, n) for reference in references]
        matched = sum(any(t[gram] for t in theirs) for gram in set(mine))
        product *= matched / len(set(mine))
    r = min((abs(len(reference) - c), len(reference)) for reference in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * product ** (1 / max_n)

# %% wrong | references-sorted | to find the nearest length the caller's list of references is sorted in place, though it is not changed
import math
from collections import Counter


def count_ngrams(tokens, n):
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def bleu(candidate, references, max_n=4):
    if not references:
        raise ValueError("no reference")
    if max_n < 1:
        raise ValueError("max_n must be at least 1")
    c = len(candidate)
    if c < max_n:
        return 0.0
    product = 1.0
    for n in range(1, max_n + 1):
        mine = count_ngrams(candidate, n)
        theirs = [count_ngrams(reference, n) for reference in references]
        matched = sum(min(k, max(t[gram] for t in theirs)) for gram, k in mine.items())
        product *= matched / (c - n + 1)
    references.sort(key=len)
    r = len(references[0])
    for reference in references:
        if abs(len(reference) - c) < abs(r - c):
            r = len(reference)
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * product ** (1 / max_n)

# %% wrong | mean-length | r is the mean length of the references, not the length of the nearest one
import math
from collections import Counter


def count_ngrams(tokens, n):
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def bleu(candidate, references, max_n=4):
    if not references:
        raise ValueError("no reference")
    if max_n < 1:
        raise ValueError("max_n must be at least 1")
    c = len(candidate)
    if c < max_n:
        return 0.0
    product = 1.0
    for n in range(1, max_n + 1):
        mine = count_ngrams(candidate, n)
        theirs = [count_ngrams(reference, n) for reference in references]
        matched = sum(min(k, max(t[gram] for t in theirs)) for gram, k in mine.items())
        product *= matched / (c - n + 1)
    r = sum(len(reference) for reference in references) / len(references)
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * product ** (1 / max_n)

# %% wrong | zero-token-dropped | tokens that are false in Python, such as the number 0, are taken for padding and left out
import math
from collections import Counter


def count_ngrams(tokens, n):
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def bleu(candidate, references, max_n=4):
    if not references:
        raise ValueError("no reference")
    if max_n < 1:
        raise ValueError("max_n must be at least 1")
    candidate = [token for token in candidate if token]
    references = [[token for token in reference if token] for reference in references]
    c = len(candidate)
    if c < max_n:
        return 0.0
    product = 1.0
    for n in range(1, max_n + 1):
        mine = count_ngrams(candidate, n)
        theirs = [count_ngrams(reference, n) for reference in references]
        matched = sum(min(k, max(t[gram] for t in theirs)) for gram, k in mine.items())
        product *= matched / (c - n + 1)
    r = min((abs(len(reference) - c), len(reference)) for reference in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * product ** (1 / max_n)

# %% wrong | root-forgotten | the precisions are multiplied, but the root of degree max_n is not taken
import math
from collections import Counter


def count_ngrams(tokens, n):
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def bleu(candidate, references, max_n=4):
    if not references:
        raise ValueError("no reference")
    if max_n < 1:
        raise ValueError("max_n must be at least 1")
    c = len(candidate)
    if c < max_n:
        return 0.0
    product = 1.0
    for n in range(1, max_n + 1):
        mine = count_ngrams(candidate, n)
        theirs = [count_ngrams(reference, n) for reference in references]
        matched = sum(min(k, max(t[gram] for t in theirs)) for gram, k in mine.items())
        product *= matched / (c - n + 1)
    r = min((abs(len(reference) - c), len(reference)) for reference in references)[1]
    b = math.exp(1 - r / c) if c < r else 1.0
    return b * product
