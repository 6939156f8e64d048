"""BLEU: clipped counts, precisions, brevity, several references, what scores nothing."""

import pytest

import reference

WORDS = ("the", "cat", "sat", "on", "a", "mat")


def sentence(rng, length, words=WORDS):
    return [words[int(i)] for i in rng.integers(0, len(words), length)]


def changed(rng, words, times, vocabulary=WORDS):
    """A copy with some words replaced, so that it shares most n-grams with the original."""
    words = list(words)
    for place in rng.permutation(len(words))[:times]:
        words[int(place)] = rng.choice(vocabulary)
    return words


def check(submission, expect, candidate, references, *max_n):
    found = submission.bleu(candidate, references, *max_n)
    expect(found).matches(reference.bleu(candidate, references, *max_n))


@pytest.mark.points(3)
@pytest.mark.parametrize("max_n", [1, 2, 3, 4])
def test_one_reference(submission, rng, expect, max_n):
    """The geometric mean of the precisions of all lengths, times the brevity penalty."""
    for length in (9, 12, 16):
        original = sentence(rng, length)
        check(submission, expect, changed(rng, original, 2), [original], max_n)
        check(submission, expect, [*changed(rng, original, 1), "cat"], [original], max_n)
        check(submission, expect, changed(rng, original, 1)[: length - 2], [original], max_n)


@pytest.mark.points(3)
@pytest.mark.parametrize("max_n", [1, 2, 4])
def test_several_references(submission, rng, expect, max_n):
    """An n-gram may match in any of the references, and the nearest length counts."""
    for _ in range(4):
        first = sentence(rng, 12)
        second = [*sentence(rng, 2), *changed(rng, first, 3)]
        third = [*changed(rng, second, 4), *sentence(rng, 3)]
        candidate = [*first[:6], *second[8:]]
        check(submission, expect, candidate, [first, second, third], max_n)
        check(submission, expect, candidate, [third, first], max_n)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("candidate", "references", "max_n"),
    [
        pytest.param("the the the the the", ["the cat is on the mat"], 1, id="one reference"),
        pytest.param(
            "the the the", ["the cat the mat", "a cat on the mat"], 1, id="two references"
        ),
        pytest.param(
            "a a a b b b", ["a a x x x x", "b b b b a x"], 1, id="two words, two references"
        ),
        pytest.param("a b a b a b c", ["a b c d a x b", "b a b x c a b"], 2, id="pairs"),
        pytest.param("a a a a", ["a a a b", "b a b a"], 3, id="overlapping"),
    ],
)
def test_clipping(submission, expect, candidate, references, max_n):
    """A repeated n-gram matches as often as it stands in the one reference that has most of it."""
    check(submission, expect, candidate.split(), [r.split() for r in references], max_n)


@pytest.mark.points(2)
def test_brevity(submission, rng, expect):
    """A candidate shorter than the nearest reference is punished by exp(1 − r/c); no other is."""
    words = sentence(rng, 14)
    for c in (4, 5, 8, 13, 14):
        check(submission, expect, words[:c], [words])
        check(submission, expect, words[:c], [words, words[:9]], 2)
        check(submission, expect, words, [words[:c]], 2)


@pytest.mark.points(2)
def test_the_nearest_length(submission, expect):
    """Of two references that are equally near in length the shorter one counts."""
    for lengths in (
        (3, 7),
        (7, 3),
        (4, 6),
        (4, 9),
        (9, 4),
        (12, 7, 1),
        (20, 6),
        (6, 20),
        (3, 8, 8),
    ):
        references = [["a", "b", "c", "d", "e"][:n] + ["x"] * (n - 5) for n in lengths]
        check(submission, expect, ["a", "b", "c", "d", "e"], references, 1)
        check(submission, expect, ["a", "b", "c", "d", "e"], references, 2)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("candidate", "references", "max_n"),
    [
        pytest.param("a b c", ["a b c"], 4, id="too short for a 4-gram"),
        pytest.param("a b c x d e f", ["a b c d e f"], 4, id="trigrams match, and no 4-gram"),
        pytest.param("w x y z", ["a b c d"], 1, id="no word in common"),
        pytest.param("b a", ["a b"], 2, id="no pair in common"),
        pytest.param("A B C D", ["a b c d"], 1, id="capital letters"),
        pytest.param("", ["a b"], 4, id="empty"),
        pytest.param("", ["a b"], 1, id="empty, words only"),
    ],
)
def test_no_match(submission, expect, candidate, references, max_n):
    """Where the n-grams of one length match nowhere, BLEU is 0; one length less may score."""
    references = [r.split() for r in references]
    expect(submission.bleu(candidate.split(), references, max_n)).equals(0.0)
    check(submission, expect, list("abcxydef"), [list("abcydef")], min(max_n, 3))


def test_a_perfect_copy(submission, rng, expect):
    """A copy of one of the references scores 1, with however short n-grams and however many."""
    words, other = sentence(rng, 8), sentence(rng, 5)
    for max_n in (1, 3, 4, 8):
        check(submission, expect, words, [other, words], max_n)
        check(submission, expect, words, [words], max_n)
    check(submission, expect, ["cat"], [["cat"]], 1)


def test_four_unless_told_otherwise(submission, rng, expect):
    """Without max_n, n-grams of up to four tokens count; arguments go by their names."""
    words = sentence(rng, 14)
    candidate = changed(rng, words, 1)
    check(submission, expect, candidate, [words])
    found = submission.bleu(max_n=3, references=[words], candidate=candidate)
    expect(found).matches(reference.bleu(candidate, [words], 3))
    found = submission.bleu(references=[words], candidate=candidate)
    expect(found).matches(reference.bleu(candidate, [words]))


def test_tokens_are_whole(submission, expect):
    """Tokens are compared one by one, and may be whole numbers."""
    check(submission, expect, ["a", "b", "ab", "c"], [["a", "b", "a", "bc"]], 2)
    check(submission, expect, ["a b", "c", "d"], [["a", "b c", "d"], ["c", "d"]], 2)
    check(submission, expect, ["new", "york", "new york"], [["new york", "new", "york"]], 2)
    check(submission, expect, [11, 1, 2, 3, 12], [[1, 11, 1, 2, 3], [1, 12]], 2)
    check(submission, expect, [0, 1, 0, 5, 0, 1], [[0, 1, 0, 5, 5, 1]], 3)


def test_long_sentences(submission, rng, expect):
    """Products of many small precisions do not vanish in rounding."""
    words = [str(i) for i in range(60)]
    candidate = [word if i % 5 else "x" for i, word in enumerate(words)]
    check(submission, expect, candidate, [words])
    mixed = [words[int(i)] for i in rng.permutation(60)]
    check(submission, expect, mixed[:40], [mixed[:41], words, words[::-1]], 3)


def test_arguments_are_left_alone(submission, rng, expect):
    """Candidate and references hold after the call what they held before."""
    words = sentence(rng, 9)
    given = (changed(rng, words, 1), [words, [*words[:3], "dog"]])
    after = submission.bleu.inputs_after(*given, 2)
    for name, now, then in zip(("candidate", "references"), after, given, strict=False):
        expect(now).equals(then, because=f"Your call changes `{name}`.")


@pytest.mark.parametrize(
    ("references", "max_n"), [([], 4), ([["a"]], 0), ([["a"]], -1)], ids=["none", "0", "below 0"]
)
def test_impossible_questions(submission, references, max_n):
    """Without a reference, or with max_n below 1, there is nothing to compare."""
    for candidate in (["a", "b", "c", "d"], []):
        submission.bleu.raises(ValueError, candidate, references, max_n)
