"""Learning merges: what is counted, which pair wins, what is replaced, where it ends."""

import pytest

import reference

SYLLABLES = ("la", "le", "na", "ne", "lan", "é", " ", "\n", "ŋa")


def draw_text(rng, n_syllables, syllables=SYLLABLES):
    """Text in which some syllables are frequent, so that merges build on merges."""
    weights = [int(i) for i in rng.integers(0, len(syllables), len(syllables))]
    return "".join(syllables[weights[int(i)]] for i in rng.integers(0, len(syllables), n_syllables))


def check(submission, expect, text, n_merges):
    found = submission.train_bpe(text, n_merges)
    expect(found).equals(reference.train_bpe(text, n_merges))


@pytest.mark.points(3)
@pytest.mark.parametrize("n_merges", [1, 2, 5, 12])
def test_the_most_frequent_pairs(submission, rng, expect, n_merges):
    """Each merge is the pair that stands most often after the merges before it."""
    for n_syllables in (30, 80):
        check(submission, expect, draw_text(rng, n_syllables), n_merges)
    words = [draw_text(rng, 3, SYLLABLES[:6]) for _ in range(6)]
    check(submission, expect, " ".join(rng.choice(words) for _ in range(25)), n_merges)


@pytest.mark.points(2)
def test_equally_frequent_pairs(submission, rng, expect):
    """Of pairs that stand equally often, the one with the smaller tokens is merged first."""
    for text in (
        "zyzyxaxa",
        "xaxazyzy",
        "bababcbc",
        "cbcbabab",
        "abab\n\n\n",
        "  ba  ab",
        "édéd zz",
    ):
        for n_merges in (1, 2, 3):
            check(submission, expect, text, n_merges)
    letters = [chr(97 + int(i)) for i in rng.permutation(20)]
    pairs = [a + b for a, b in zip(letters[::2], letters[1::2], strict=True)]
    check(submission, expect, "".join(pair + pair for pair in pairs), 12)


@pytest.mark.points(2)
def test_a_new_token_is_larger_than_any_byte(submission, expect):
    """A tie is decided by the numbers of the tokens, and new tokens have larger numbers."""
    for text in ("ababab cdcd xx xx", "abcabcabd zdzd", "ÿaÿaÿa bÿbÿ", "aabaab zzyzzy"):
        for n_merges in (2, 3, 4, 6):
            check(submission, expect, text, n_merges)


@pytest.mark.points(2)
def test_tokens_in_a_row(submission, expect):
    """In a row of equal tokens every place counts, and pairs are replaced from the left."""
    for length in (2, 3, 4, 5, 7, 8, 11):
        check(submission, expect, "a" * length, 4)
        check(submission, expect, "b" + "a" * length + "ba", 4)
    check(submission, expect, "aaabcbcb", 2)
    check(submission, expect, "xaaax yaaay", 3)
    check(submission, expect, "aaa bbb bb", 4)


@pytest.mark.points(2)
def test_pairs_that_stand_once(submission, rng, expect):
    """Training ends early where no pair stands twice."""
    for text in ("abcdef", "abab", "ababx", "abcabc", "aab", "ab", "a", ""):
        check(submission, expect, text, 10)
    letters = "".join(chr(97 + int(i)) for i in rng.permutation(26))
    check(submission, expect, letters, 3)
    check(submission, expect, letters + " " + letters, 100)
    check(submission, expect, "abab", 1)


def test_no_merges(submission, expect):
    """With n_merges 0 nothing is learned; with 1, one pair."""
    for n_merges in (0, 1):
        check(submission, expect, "abababab", n_merges)
        check(submission, expect, "", n_merges)


@pytest.mark.points(2)
def test_bytes_and_not_characters(submission, rng, expect):
    """Tokens are UTF-8 bytes: a character may be several of them, and be merged bit by bit."""
    for text in ("éàéàéü", "日本日本語", "🙂🙂🙃", "naïve naïve Naïve", "Ωω ωΩ ω"):
        check(submission, expect, text, 6)
    check(submission, expect, draw_text(rng, 40, ("é", "è", "日", "本", "🙂", "a", " ")), 10)


def test_nothing_in_a_text_is_special(submission, expect):
    """Spaces, line breaks, capital letters and control characters are bytes like any others."""
    for text in (
        "a b a b a b",
        "the cat\nthe cat\nThe cat",
        "  \t\t  \t\t",
        "\r\n\r\n\n\n",
        "\x00\x01\x00\x01\x7f",
        "Ab aB AB ab AB",
        "e\u0301e\u0301 é é",
        "it's, it's; it's",
    ):
        check(submission, expect, text, 5)


def test_many_merges(submission, rng, expect):
    """Merges go on until the frequent words are tokens, and pairs may reach over their ends."""
    words = [draw_text(rng, 3, SYLLABLES[:6]) for _ in range(8)]
    check(submission, expect, " ".join(rng.choice(words) for _ in range(80)), 40)


def test_arguments_by_name(submission, rng, expect):
    """The arguments go by their names."""
    text = draw_text(rng, 40)
    found = submission.train_bpe(n_merges=4, text=text)
    expect(found).equals(reference.train_bpe(text, 4))


def test_each_call_stands_alone(submission, rng, expect):
    """What one text has taught has no influence on the next call."""
    texts = [draw_text(rng, 30) for _ in range(2)]
    for text in (*texts, texts[0]):
        check(submission, expect, text, 5)


def test_time_for_a_long_text(submission, rng, expect):
    """The time does not grow with the square of the length, nor with each kind of pair."""
    letters, repeats = rng.integers(0, 75, 6_000), rng.integers(0, 3, 6_000)
    # Many kinds of pairs, and one of them in two thousand places.
    text = "".join(
        "ab" if now else chr(48 + int(i)) for i, now in zip(letters, repeats == 0, strict=True)
    )
    because = "Count all pairs in one pass, and replace a pair everywhere in one walk."
    expect(submission.train_bpe.cost(text, 4)).takes_at_most(40, because=because)
