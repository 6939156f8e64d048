"""GPT-2's tokenizer: two files beside its weights, and how a text is cut into words before merging.

Radford et al. (2019), section 2.2. Bytes are written as letters there, so that the files are text.
"""

import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from reference.checkpoints.file import MAX_TEXT, CheckpointError, read_json
from reference.tokenizer import BPE, N_BYTES, Merges

VOCABULARY, MERGES = "vocab.json", "merges.txt"
# Endings such as 's, then letters, digits or other signs, each with a space before it, then spaces.
# Python counts the few digits that are written as ² or ½ among the letters.
WORD = re.compile(
    r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+", re.UNICODE
)
PRINTABLE = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}


def byte_letters() -> list[str]:
    """The letter for each byte: its own where that can be seen, else one from U+0100 on."""
    others = count(0x100)
    return [chr(byte if byte in PRINTABLE else next(others)) for byte in range(N_BYTES)]


class GPT2Tokenizer:
    """Text to GPT-2's tokens and back.

    Attributes:
        merges: as `BPE` takes them, where bytes are 0 to 255 and merge i is 256 + i.
        ids: what each of those tokens is called in the vocabulary.
    """

    def __init__(self, merges: Merges, ids: Sequence[int], strings: Sequence[bytes]) -> None:
        self.merges = merges
        self.ids = list(ids)
        self._bpe = BPE(merges)
        self._strings = dict(zip(ids, strings, strict=True))

    @classmethod
    def beside(cls, weights: Path) -> "GPT2Tokenizer | None":
        """From the two files beside a file of weights; None where one of them is not there.

        Raises `CheckpointError` where they are none, or do not go together.
        """
        files = [weights.with_name(name) for name in (VOCABULARY, MERGES)]
        if not all(file.is_file() for file in files):
            return None
        vocabulary, pairs = read_json(files[0]), _pairs(files[1])
        written = byte_letters()
        tokens = {letter: byte for byte, letter in enumerate(written)}
        strings = [bytes([byte]) for byte in range(N_BYTES)]
        merges: Merges = []
        try:
            for first, second in pairs:
                merges.append((tokens[first], tokens[second]))
                tokens[first + second] = len(strings)
                written.append(first + second)
                strings.append(strings[tokens[first]] + strings[tokens[second]])
            ids = [vocabulary[word] for word in written]
        except KeyError as error:
            raise CheckpointError(
                f"{VOCABULARY} and {MERGES} do not go together: {str(error)[:50]} is in one alone."
            ) from None
        if any(type(number) is not int or number < 0 for number in ids):
            raise CheckpointError(f"In {files[0]} each word should have a whole number.")
        return cls(merges, ids, strings)

    def words(self, text: str) -> list[str]:
        """The pieces of a text that are merged each for itself."""
        return WORD.findall(text)

    def encode_word(self, word: str) -> list[int]:
        """One piece, in the tokens of `merges`."""
        return self._bpe.encode(word)

    def encode(self, text: str) -> list[int]:
        """A text, in the tokens of the vocabulary."""
        return [self.ids[token] for word in self.words(text) for token in self.encode_word(word)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text; a token that no merge makes, such as the end of a text, is left out."""
        return b"".join(self._strings.get(id, b"") for id in ids).decode("utf-8", "replace")


def _pairs(file: Path) -> list[tuple[str, str]]:
    """Two words on each line, the pair learned first on the first; a comment may stand above."""
    try:
        with file.open("rb") as raw:
            data = raw.read(MAX_TEXT + 1)
        lines = data.decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise CheckpointError(f"{file} cannot be read as UTF-8 text.") from None
    if len(data) > MAX_TEXT:
        raise CheckpointError(f"{file} is larger than {MAX_TEXT >> 20} MB.")
    lines = lines[lines[0].startswith("#version") :]
    found = [line.removesuffix("\r").split(" ") for line in lines if line.strip()]
    if not all(len(words) == 2 for words in found):
        raise CheckpointError(f"Each line of {file} should hold two words.")
    return [(first, second) for first, second in found]
