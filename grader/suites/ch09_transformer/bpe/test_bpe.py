"""A tokenizer: encoding by rank, decoding of any tokens, round trips of any text."""

import pytest

import reference

SYLLABLES = ("la", "le", "na", "ne", "lan", "é", " ", "\n", "ŋa", "日", "🙂")
UNUSUAL = [
    pytest.param("", id="empty"),
    pytest.param("a", id="one letter"),
    pytest.param(" ", id="one space"),
    pytest.param("  two  spaces  ", id="spaces"),
    pytest.param("line\nline\r\nline\r\tend\n", id="line breaks"),
    pytest.param("\x00\x01\x7f\x1b[0m", id="control characters"),
    pytest.param("naïve Naïve NAÏVE", id="accents"),
    pytest.param("e\u0301 é ﬁ fi Å Å", id="characters that look alike"),
    pytest.param("日本語 русский العربية ไทย", id="other scripts"),
    pytest.param("🙂👩‍👩‍👧🏽🇨🇭", id="emoji"),
    pytest.param("<|endoftext|> </s> [PAD]", id="special tokens"),
    pytest.param("\ufeff\u200b\u2028\uffff\U0010ffff", id="invisible characters"),
]


def draw_text(rng, n_syllables, syllables=SYLLABLES):
    """Text in which some syllables are frequent."""
    weights = [int(i) for i in rng.integers(0, len(syllables), len(syllables))]
    return "".join(syllables[weights[int(i)]] for i in rng.integers(0, len(syllables), n_syllables))


def numbers(text):
    """ "a b" for the pair of these letters; a number stands for a token."""
    return [int(part) if part.isdigit() else ord(part) for part in text.split()]


def both(submission, merges):
    return submission.BPE(merges), reference.BPE(merges)


def check(expect, theirs, ours, text):
    """The tokens, and the text that comes back."""
    tokens = ours.encode(text)
    expect(theirs.encode(text)).equals(tokens)
    expect(theirs.decode(tokens)).equals(text, because="These are the tokens of the text.")


@pytest.mark.points(3)
@pytest.mark.parametrize("n_merges", [1, 3, 10, 40])
def test_text_like_the_one_it_was_trained_on(submission, rng, expect, n_merges):
    """Text is encoded by the merges that were learned, and comes back as it was."""
    text = draw_text(rng, 120)
    theirs, ours = both(submission, reference.train_bpe(text, n_merges))
    for start in (0, 30, 60):
        check(expect, theirs, ours, text[start : start + 50])
    check(expect, theirs, ours, draw_text(rng, 40))


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("merges", "texts"),
    [
        pytest.param(["b c", "a b"], ["abc", "abcab", "abbc"], id="a later pair was learned first"),
        pytest.param(
            ["a b", "b c"], ["abc", "bcabc", "abbc"], id="an earlier pair was learned first"
        ),
        pytest.param(["a b", "c d", "b c"], ["abcd", "xbcd", "abc"], id="two of three"),
        pytest.param(
            ["a b", "c d", "256 257", "b c", "x 256"],
            ["abcd", "xabcd", "xabcdbc"],
            id="merges of merges",
        ),
        pytest.param(
            ["c d", "b 256", "a b", "a 257", "258 256"],
            ["abcd", "abab", "acd"],
            id="long ones and short ones",
        ),
        pytest.param(
            ["q r", "s t", "a b", "u v", "258 c"], ["abc", "cab"], id="some are not there"
        ),
        pytest.param(
            ["b c", "a 256", "a b", "258 b"], ["abcab", "ababc", "abbcab"], id="frequent or early"
        ),
    ],
)
def test_the_merge_learned_first_comes_first(submission, expect, merges, texts):
    """Of all merges that are possible, the one learned first is made first, wherever it stands."""
    theirs, ours = both(submission, [tuple(numbers(merge)) for merge in merges])
    for text in texts:
        check(expect, theirs, ours, text)


@pytest.mark.points(2)
def test_tokens_in_a_row(submission, expect):
    """In a row of equal tokens pairs are merged from the left, and then pairs of pairs."""
    for merges in (["a a"], ["a a", "256 256"], ["a a", "256 a"], ["a a", "a 256", "256 256"]):
        theirs, ours = both(submission, [tuple(numbers(merge)) for merge in merges])
        for length in (1, 2, 3, 4, 5, 7, 9):
            check(expect, theirs, ours, "a" * length)
        check(expect, theirs, ours, "baaab aaaaab")


@pytest.mark.points(2)
@pytest.mark.parametrize("text", UNUSUAL)
def test_any_text_comes_back(submission, rng, expect, text):
    """Every text is encoded and comes back exactly, whatever stands in it."""
    learned = reference.train_bpe(draw_text(rng, 60) + text * 3, 15)
    for merges in ([], learned):
        theirs, ours = both(submission, merges)
        check(expect, theirs, ours, text)
        check(expect, theirs, ours, f"na{text}{text}la")


@pytest.mark.points(2)
def test_a_character_of_several_tokens(submission, expect):
    """A character may be spread over several tokens, and a token hold parts of two."""
    first, second = "é".encode(), "日".encode()
    merges = [(second[1], second[2]), (first[1], first[0]), (second[0], 256), (97, first[0])]
    theirs, ours = both(submission, merges)
    for text in ("日é日", "aéé", "éé日a日", "aéaé日日"):
        check(expect, theirs, ours, text)


@pytest.mark.points(2)
def test_any_tokens_can_be_decoded(submission, rng, expect):
    """Tokens may come in any order; bytes that are no UTF-8 become U+FFFD."""
    merges = [(97, 98), (256, 0xC3), (0xA9, 256), (0xE6, 0x97), (259, 0xA5)]
    theirs, ours = both(submission, merges)
    given = [[], [0xC3], [0xE6, 0x97], [0xA9, 257], [257, 258], [0xC3, 0xA9], [259, 97], [260]]
    given += [[0xFF, 97, 0xFE], [259, 0xA5, 259], [256, 255, 256], [0xF0, 0x9F, 0x99]]
    given += [rng.integers(0, 261, 12).tolist() for _ in range(4)]
    for tokens in given:
        expect(theirs.decode(tokens)).equals(ours.decode(tokens))
    expect(theirs.decode(tuple(given[4]))).equals(ours.decode(given[4]))


@pytest.mark.points(2)
def test_what_each_token_stands_for(submission, rng, expect):
    """Token 256 + i stands for the bytes of the two tokens of merge i, in their order."""
    merges = reference.train_bpe(draw_text(rng, 100, SYLLABLES[:7]), 12)
    theirs, ours = both(submission, merges)
    for token in (0, 65, 127, *range(256, 256 + len(merges))):
        expect(theirs.decode([token])).equals(ours.decode([token]))


def test_merges_as_lists(submission, rng, expect):
    """Merges may come as lists of two numbers, as they do out of a file."""
    merges = [list(pair) for pair in reference.train_bpe(draw_text(rng, 60), 8)]
    theirs, ours = submission.BPE(merges=merges), reference.BPE(merges)
    text = draw_text(rng, 30)
    expect(theirs.encode(text=text)).equals(ours.encode(text))
    expect(theirs.decode(tokens=ours.encode(text))).equals(text)


def test_each_tokenizer_has_its_own_merges(submission, rng, expect):
    """Several tokenizers live side by side, and calls leave no traces."""
    text = draw_text(rng, 40)
    pairs = [both(submission, reference.train_bpe(text, n)) for n in (9, 0, 4)]
    for theirs, ours in (*pairs, *pairs):
        check(expect, theirs, ours, text)
        check(expect, theirs, ours, text[:7])


def test_each_call_gives_a_new_list(submission, expect):
    """What becomes of a list that `encode` gave has no influence on the next call."""
    theirs, ours = both(submission, [(97, 98), (256, 99)])
    spoil = submission.helper("def spoil(bpe, text): bpe.encode(text).clear()").spoil
    for text in ("abcab", "a"):
        spoil(theirs, text)
        check(expect, theirs, ours, text)


def test_tokens_are_left_alone(submission, expect):
    """The tokens hold after the call what they held before."""
    theirs, _ = both(submission, [(97, 98), (256, 99)])
    tokens = [257, 256, 99, 195, 169]
    after = theirs.decode.inputs_after(tokens)
    expect(after[0]).equals(tokens, because="Your call changes `tokens`.")


def test_a_long_text(submission, rng, expect):
    """A text of some thousand bytes is encoded like a short one."""
    text = draw_text(rng, 1200)
    theirs, ours = both(submission, reference.train_bpe(text[:600], 30))
    check(expect, theirs, ours, text)


@pytest.mark.parametrize("token", [-1, -256, 258, 10**6])
def test_what_is_no_token(submission, token):
    """A negative number and one beyond the vocabulary are refused."""
    theirs, _ = both(submission, [(97, 98), (256, 99)])
    theirs.decode.raises(ValueError, [97, token, 98])


def test_time_for_a_long_text(submission, rng, expect):
    """The time does not grow with the square of the length."""
    merges = [(97, 98), (99, 100), (256, 257), (98, 97), (100, 99), (258, 97), (256, 99), (97, 97)]
    text = "".join("abcd"[int(i)] for i in rng.integers(0, 4, 14_000))
    theirs, _ = both(submission, merges)
    because = "Replace a pair everywhere in one walk, and do not begin anew after each place."
    expect(theirs.encode.cost(text)).takes_at_most(25, because=because)
