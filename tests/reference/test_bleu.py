"""BLEU against a table worked out by hand and an implementation written another way."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.bleu import bleu, corpus_bleu

# candidate, references, max_n, (precisions), brevity exponent; all counted with pencil and paper.
BY_HAND = [
    # Papineni et al. 2002, example 2: clipping allows two of the seven.
    ("the the the the the the the", ["the cat is on the mat"], 1, [(2, 7)], 0.0),
    ("the the the", ["the cat the mat", "a cat"], 1, [(2, 3)], 0.0),
    # 5 of 6 words; 3 of 5 pairs (the·cat, on·the, the·mat); brevity exact.
    ("the cat sat on the mat", ["the cat is on the mat"], 2, [(5, 6), (3, 5)], 0.0),
    # … and one triple of four, on·the·mat.
    ("the cat sat on the mat", ["the cat is on the mat"], 3, [(5, 6), (3, 5), (1, 4)], 0.0),
    # A shorter candidate: all n-grams match, brevity exp(1 − 6/4).
    ("the cat is on", ["the cat is on the mat"], 4, [(4, 4), (3, 3), (2, 2), (1, 1)], 1 - 6 / 4),
    # References of 3 and 5 words are equally near to 4; the shorter counts, so no penalty.
    ("a b c d", ["a b c", "a b c d e"], 2, [(4, 4), (3, 3)], 0.0),
    # The nearest reference counts for length even when the other one has the words.
    ("a b c", ["a b c d e f g", "x y z w"], 1, [(3, 3)], 1 - 4 / 3),
    # Each n-gram is clipped by the reference that has most of it.
    ("a a b b", ["a a", "b b", "a b"], 2, [(4, 4), (3, 3)], 0.0),
]


@pytest.mark.parametrize(("candidate", "references", "max_n", "precisions", "brevity"), BY_HAND)
def test_counts_worked_out_by_hand(candidate, references, max_n, precisions, brevity):
    expected = math.exp(brevity) * math.prod(Fraction(*p) for p in precisions) ** (1 / max_n)
    found = bleu(candidate.split(), [r.split() for r in references], max_n)
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("candidate", "references"),
    [
        ("a b c", ["a b c"]),  # too short for any 4-gram
        ("", ["a b c d"]),
        ("w x y z", ["a b c d"]),
        ("a b c x d e f", ["a b c d e f"]),  # trigrams match, 4-grams do not
    ],
)
def test_no_match_at_one_order_scores_zero(candidate, references):
    assert bleu(candidate.split(), [r.split() for r in references]) == 0


def slow_bleu(candidates, references, max_n):
    """Straight from the paper's definitions, by lists and loops."""
    precisions = []
    for n in range(1, max_n + 1):
        hits = total = 0
        for candidate, refs in zip(candidates, references, strict=True):
            grams = [tuple(candidate[i : i + n]) for i in range(len(candidate) - n + 1)]
            total += len(grams)
            for gram in set(grams):
                in_refs = [
                    sum(tuple(ref[i : i + n]) == gram for i in range(len(ref))) for ref in refs
                ]
                hits += min(grams.count(gram), max(in_refs))
        if hits == 0:
            return 0.0
        precisions.append(hits / total)
    c = sum(map(len, candidates))
    r = 0
    for candidate, refs in zip(candidates, references, strict=True):
        size = len(candidate)
        distance = min(abs(len(ref) - size) for ref in refs)
        r += size - distance if size - distance in map(len, refs) else size + distance
    penalty = 1.0 if c > r else math.exp(1 - r / c)
    return penalty * math.prod(precisions) ** (1 / max_n)


sentences = st.lists(st.sampled_from("abc"), max_size=12)
references = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=12), min_size=1)


@given(st.lists(st.tuples(sentences, references), min_size=1, max_size=4), st.integers(1, 4))
def test_equals_a_slow_implementation(pairs, max_n):
    candidates, refs = [c for c, _ in pairs], [r for _, r in pairs]
    assert corpus_bleu(candidates, refs, max_n) == pytest.approx(slow_bleu(candidates, refs, max_n))


@given(st.lists(st.sampled_from("abcd"), min_size=4, max_size=12), references)
def test_a_copy_of_a_reference_is_perfect(sentence, others):
    assert bleu(sentence, [*others, sentence]) == pytest.approx(1.0)


def test_a_corpus_score_is_no_mean_of_sentence_scores():
    candidates, refs = ["ab", "xyzw"], [["ab"], ["xqzw"]]  # letters for words
    pooled = corpus_bleu(candidates, refs, max_n=2)
    assert pooled == pytest.approx(math.sqrt(5 / 6 * 2 / 4))
    singles = [bleu(c, r, max_n=2) for c, r in zip(candidates, refs, strict=True)]
    assert pooled != pytest.approx(sum(singles) / 2)


@pytest.mark.parametrize("call", [lambda: bleu(["a"], []), lambda: bleu(["a"], [["a"]], max_n=0)])
def test_impossible_questions_are_refused(call):
    with pytest.raises(ValueError):
        call()
