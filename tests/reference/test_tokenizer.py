"""Byte-pair encoding against a slow one made of strings, and against what must always hold."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reference.tokenizer import BPE, train_bpe

texts = st.text(max_size=60) | st.text(alphabet="ab é", max_size=60)


def joined(pieces, pair):
    """Pieces are byte strings, marked off by their place in the vocabulary: (token, bytes)."""
    rest, done = list(pieces), []
    while rest:
        if len(rest) > 1 and (rest[0][0], rest[1][0]) == pair[:2]:
            done.append((pair[2], rest[0][1] + rest[1][1]))
            rest = rest[2:]
        else:
            done.append(rest[0])
            rest = rest[1:]
    return done


def slow_training(text, n_merges):
    pieces = [(byte, bytes([byte])) for byte in text.encode()]
    merges = []
    for i in range(n_merges):
        pairs = [(a[0], b[0]) for a, b in pairwise(pieces)]
        best = sorted(set(pairs), key=lambda pair: (-pairs.count(pair), pair))[:1]
        if not best or pairs.count(best[0]) == 1:
            break
        merges.append(best[0])
        pieces = joined(pieces, (*best[0], 256 + i))
    return merges, [token for token, _ in pieces]


def slow_encoding(text, merges):
    """By the definition: of all merges that are possible the first learned, and look again."""
    pieces = [(byte, bytes([byte])) for byte in text.encode()]
    while possible := {(a[0], b[0]) for a, b in pairwise(pieces)} & set(merges):
        rank = min(map(merges.index, possible))
        pieces = joined(pieces, (*merges[rank], 256 + rank))
    return [token for token, _ in pieces]


@given(texts, st.integers(0, 12))
@example("aaaa", 5)
@example("aaaaaaa", 5)
@example("", 3)
@example("x", 3)
def test_training_equals_a_slow_one_and_encodes_its_text_as_it_left_it(text, n_merges):
    merges, tokens = slow_training(text, n_merges)
    assert train_bpe(text, n_merges) == merges
    assert BPE(merges).encode(text) == tokens


@given(texts, texts)
def test_any_text_is_encoded_by_rank_and_comes_back(trained_on, text):
    bpe = BPE(train_bpe(trained_on, 15))
    tokens = bpe.encode(text)
    assert tokens == slow_encoding(text, bpe.merges)
    assert bpe.decode(tokens) == text


@given(st.lists(st.integers(0, 258), max_size=20))
def test_any_tokens_can_be_decoded(tokens):
    bpe = BPE([(97, 98), (256, 0xC3), (0xA9, 256)])
    strings = [bytes([byte]) for byte in range(256)] + [b"ab", b"ab\xc3", b"\xa9ab"]
    assert bpe.decode(tokens) == b"".join(strings[t] for t in tokens).decode(errors="replace")


@pytest.mark.parametrize("token", [-1, 257, 10**20])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(ValueError, match="no token"):
        BPE([(97, 98)]).decode([97, token])


def test_an_example_by_hand():
    merges = train_bpe("low low lower newest newest newest", 4)
    # e·w 3, w·e 4, l·o 3, lo·w …: "we" stands in lower once and in newest three times.
    assert merges[0] == (ord("w"), ord("e"))
    bpe = BPE(merges)
    assert bpe.vocab_size == 260
    assert bpe.decode(bpe.encode("lowest")) == "lowest"
    assert len(bpe.encode("newest")) < len("newest")
