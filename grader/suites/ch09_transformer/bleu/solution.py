"""BLEU: how much of a translation's wording a person chose as well."""

import math
from collections import Counter
from collections.abc import Sequence

Sentence = Sequence[str] | Sequence[int]


def bleu(candidate: Sentence, references: Sequence[Sentence], max_n: int = 4) -> float:
    """Compare one translation with one or more translations made by people.

    An n-gram is n tokens that follow each other. For each n from 1 to max_n, let the precision p_n
    be the share of the candidate's n-grams that match. An n-gram which the candidate has several
    times matches at most as often as it stands in the one reference that has it most often. With c
    tokens in the candidate, and r in the reference whose length is nearest to c (of two that are
    equally near, the shorter one),

        BLEU = b · (p_1 · p_2 · … · p_max_n) ** (1 / max_n),   b = exp(1 − r / c) where c < r,
                                                               b = 1 otherwise.

    Where some p_n is 0, or the candidate has no n-gram of that length, BLEU is 0. Nothing is
    smoothed.

    Args:
        candidate: The translation, a list of tokens: strings, or whole numbers. It may be empty,
            and is not changed.
        references: What it is compared with, each a list of tokens, none of them empty. They are
            not changed. Tokens are equal or not; capital letters make a difference.
        max_n: The longest n-grams that count.

    Returns:
        A float between 0 and 1. Papers often give it times 100.

    Raises:
        ValueError: there is no reference, or max_n is below 1.

    Source: Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation".

    >>> round(bleu("the cat sat on the mat".split(), ["the cat is on the mat".split()], max_n=2), 4)
    0.7071
    >>> round(bleu("the the the the".split(), ["the cat is on the mat".split()], max_n=1), 4)
    0.3033
    >>> bleu("the cat sat".split(), ["the cat sat".split()])
    0.0
    """
    if max_n < 1 or not references:
        raise ValueError("BLEU needs a reference, and n-grams of at least one token.")
    c = len(candidate)
    r = min((abs(len(reference) - c), len(reference)) for reference in references)[1]
    log_precisions = []
    for n in range(1, max_n + 1):
        counts = count_ngrams(candidate, n)
        in_references = [count_ngrams(reference, n) for reference in references]
        matches = sum(
            min(count, max(others[ngram] for others in in_references))
            for ngram, count in counts.items()
        )
        if matches == 0:
            return 0.0
        log_precisions.append(math.log(matches / counts.total()))
    brevity = 1 - r / c if c < r else 0.0
    return math.exp(brevity + sum(log_precisions) / max_n)


def count_ngrams(sentence: Sentence, n: int) -> Counter[tuple[str | int, ...]]:
    return Counter(tuple(sentence[i : i + n]) for i in range(len(sentence) - n + 1))
