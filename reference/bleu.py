"""BLEU: how much of a translation's wording a human also chose (Papineni et al. 2002)."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence

Sentence = Sequence[Hashable]


def _ngrams(sentence: Sentence, n: int) -> Counter[tuple[Hashable, ...]]:
    return Counter(tuple(sentence[i : i + n]) for i in range(len(sentence) - n + 1))


def _clipped_matches(candidate: Sentence, references: Sequence[Sentence], n: int) -> int:
    """Matching n-grams, each counted at most as often as in the one reference that has most of it.

    Clipping is what stops "the the the the" from scoring full marks.
    """
    allowed: Counter[tuple[Hashable, ...]] = Counter()
    for reference in references:
        allowed |= _ngrams(reference, n)  # | on counters is the maximum of the counts
    return (_ngrams(candidate, n) & allowed).total()


def _closest_length(candidate: Sentence, references: Sequence[Sentence]) -> int:
    """The reference length nearest the candidate's; of two equally near, the shorter."""
    return min((abs(len(r) - len(candidate)), len(r)) for r in references)[1]


def corpus_bleu(
    candidates: Sequence[Sentence], references: Sequence[Sequence[Sentence]], max_n: int = 4
) -> float:
    """BLEU in [0, 1] of many sentences, each with one or more references; the papers' figure × 100.

    Counts are summed over the corpus *before* they are divided, so this is no mean of sentence
    scores. The geometric mean of the n-gram precisions, n = 1 … max_n, times the brevity penalty
    exp(1 − r/c) where the candidates are shorter in all (c) than their closest references (r).
    A precision of zero makes the score zero: nothing is smoothed. Raises ValueError where a
    candidate has no reference, or max_n < 1.
    """
    if max_n < 1:
        raise ValueError(f"max_n must be at least 1, got {max_n}")
    if len(candidates) != len(references) or not all(references):
        raise ValueError("every candidate needs at least one reference")
    pairs = list(zip(candidates, references, strict=True))
    log_precision = 0.0
    for n in range(1, max_n + 1):
        matches = sum(_clipped_matches(candidate, refs, n) for candidate, refs in pairs)
        total = sum(max(len(candidate) - n + 1, 0) for candidate in candidates)
        if matches == 0:
            return 0.0
        log_precision += math.log(matches / total) / max_n
    candidate_length = sum(len(candidate) for candidate in candidates)
    reference_length = sum(_closest_length(candidate, refs) for candidate, refs in pairs)
    brevity = min(0.0, 1 - reference_length / candidate_length)
    return math.exp(brevity + log_precision)


def bleu(candidate: Sentence, references: Sequence[Sentence], max_n: int = 4) -> float:
    """BLEU in [0, 1] of one tokenised sentence against one or more references.

    Without smoothing a sentence shorter than max_n tokens, or without a matching 4-gram, scores 0.
    """
    return corpus_bleu([candidate], [references], max_n)
