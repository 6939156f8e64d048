"""Byte-pair encoding, part 2: from text to tokens, and back."""

from collections.abc import Sequence
from itertools import pairwise


class BPE:
    """A tokenizer, made of the merges that training has chosen.

    Tokens 0 to 255 are bytes. Token 256 + i stands for the two tokens of merge i, side by side, and
    so for a string of bytes. The vocabulary has 256 + len(merges) tokens.

    Args:
        merges: Pairs of tokens, as tuples or lists of two whole numbers, the first one learned
            first. Merge i names only tokens below 256 + i, and no pair comes twice. There may be
            none. The list is not changed, and what becomes of it later has no influence.

    >>> bpe = BPE([(97, 98), (256, 99)])  # "ab", then "abc"
    >>> bpe.encode("abcab é")
    [257, 256, 32, 195, 169]
    >>> bpe.decode([257, 256, 32, 195, 169])
    'abcab é'
    """

    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        raise NotImplementedError

    def encode(self, text: str) -> list[int]:
        """Turn a text into tokens.

        The text becomes its UTF-8 bytes, and these are merged as in training: of all merges whose
        pair stands somewhere among the tokens, the one learned first comes first. Its pair is
        replaced wherever it stands, from left to right, so that (7, 7, 7) becomes (m, 7). This is
        repeated until no merge is possible.

        The time may grow with the length of the text times the number of merges, but not with the
        square of the length.

        Args:
            text: Any text that can be written as UTF-8, whether or not it was trained on. It may be
                empty.

        Returns:
            The tokens, in a new list with each call. `decode` gives exactly the text back.
        """
        raise NotImplementedError

    def decode(self, tokens: Sequence[int]) -> str:
        """Turn tokens into a text.

        Args:
            tokens: A list or tuple of whole numbers: any tokens of the vocabulary in
                any order, also such as `encode` never gives. It may be empty, and is
                not changed.

        Returns:
            The text whose bytes they stand for. A character may be spread over several tokens.
            Bytes that are no UTF-8, such as half a character, become U+FFFD, as `bytes.decode` does
            with errors="replace".

        Raises:
            ValueError: a token is negative, or not in the vocabulary.
        """
        raise NotImplementedError
