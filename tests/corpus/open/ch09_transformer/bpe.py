# %% right | ranks-and-strings | a dictionary of ranks, a list of byte strings
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% right | string-replace | tokens as characters of a string, one go through the merges
class BPE:
    """Tokens are characters of a string inside, so that str.replace can merge."""

    def __init__(self, merges):
        self._rules = []
        self._bytes = {b: bytes((b,)) for b in range(256)}
        for new, (a, b) in enumerate(merges, start=256):
            self._rules.append((chr(a) + chr(b), chr(new)))
            self._bytes[new] = self._bytes[a] + self._bytes[b]

    def encode(self, text):
        # merge i makes nothing that an earlier merge could use, so one go through the rules is enough
        s = text.encode("utf-8").decode("latin-1")
        for old, new in self._rules:
            s = s.replace(old, new)
        return [ord(letter) for letter in s]

    def decode(self, tokens):
        raw = bytearray()
        for token in tokens:
            if token not in self._bytes:
                raise ValueError("not in the vocabulary")
            raw += self._bytes[token]
        return raw.decode("utf-8", "replace")

# %% right | taken-apart | decoding with a stack, merging with an output list that looks back
class BPE:
    def __init__(self, merges):
        self.merges = tuple((int(m[0]), int(m[1])) for m in merges)
        self.new_token = {}
        for i in range(len(self.merges)):
            self.new_token[self.merges[i]] = 256 + i

    def expand(self, token):
        """The bytes of one token, with a stack of what is still to be taken apart."""
        result, stack = [], [token]
        while stack:
            top = stack.pop()
            if top < 256:
                result.append(top)
            else:
                first, second = self.merges[top - 256]
                stack.append(second)
                stack.append(first)
        return result

    def encode(self, text):
        tokens = list(bytes(text, "utf-8"))
        while True:
            found = [self.new_token[p] for p in zip(tokens, tokens[1:]) if p in self.new_token]
            if not found:
                return tokens
            new = min(found)
            a, b = self.merges[new - 256]
            out = []
            for token in tokens + [None]:
                if out and out[-1] == a and token == b:
                    out[-1] = new  # a new token is larger than a, so it is not taken again
                elif token is not None:
                    out.append(token)
            tokens = out

    def decode(self, tokens):
        size = 256 + len(self.merges)
        all_bytes = []
        for token in tokens:
            if token < 0 or token >= size:
                raise ValueError(f"token {token} is not in 0 to {size - 1}")
            all_bytes.extend(self.expand(token))
        return bytes(all_bytes).decode(errors="replace")

# %% right | dataclass-pieces | a dataclass for each token, a generator that merges
from dataclasses import dataclass, field


def _merged(tokens, pair, new):
    k, last = 0, len(tokens) - 1
    while k <= last:
        if k < last and tokens[k] == pair[0] and tokens[k + 1] == pair[1]:
            yield new
            k += 1
        else:
            yield tokens[k]
        k += 1


@dataclass
class Merge:
    pair: tuple
    token: int
    text: bytes = field(repr=False)


class BPE:
    def __init__(self, merges):
        self.pieces = [Merge((), b, b.to_bytes(1, "big")) for b in range(256)]
        for left, right in merges:
            text = self.pieces[left].text + self.pieces[right].text
            self.pieces.append(Merge((left, right), len(self.pieces), text))

    def encode(self, text):
        tokens = list(text.encode())
        for piece in self.pieces[256:]:
            tokens = list(_merged(tokens, piece.pair, piece.token))
        return tokens

    def decode(self, tokens):
        if any(t < 0 or t >= len(self.pieces) for t in tokens):
            raise ValueError("unknown token")
        joined = b"".join([self.pieces[t].text for t in tokens])
        return str(joined, "utf-8", "replace")

# %% wrong | longest-match | from left to right, the longest token of the vocabulary is taken, not the merge learned first
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        data = text.encode("utf-8")
        tokens, i = [], 0
        longest = max(len(s) for s in self.strings)
        place = {s: t for t, s in enumerate(self.strings)}
        while i < len(data):
            for size in range(min(longest, len(data) - i), 0, -1):
                if data[i : i + size] in place:
                    tokens.append(place[data[i : i + size]])
                    i += size
                    break
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | decoded-one-by-one | each token is decoded for itself, so a character spread over several tokens is lost
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return "".join(self.strings[token].decode("utf-8", errors="replace") for token in tokens)

# %% wrong | negative-accepted | a negative token counts from the end of the list and raises nothing
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | index-error | a token beyond the vocabulary raises IndexError and not ValueError
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if token < 0:
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | merges-kept | the caller's list is kept and read at each encoding, so what becomes of it later has an influence
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.merges = merges
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in merges:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        self.rank = {tuple(pair): i for i, pair in enumerate(self.merges)}
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | leftmost-merge | the first pair in the text that can be merged is merged, not the one learned first
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = next((p for p in pairwise(tokens) if p in self.rank), None)
            if pair is None:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | no-pair-fails | a text of fewer than two bytes makes min fail
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while True:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | half-a-character-fails | bytes that are no UTF-8 raise an error instead of becoming U+FFFD
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8")

# %% wrong | lists-fail | pairs that come as lists are used as keys as they are, which fails
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {pair: i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | last-learned-first | of all possible merges the one learned last is taken
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in self.rank:
            self.strings.append(self.strings[first] + self.strings[second])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = max(pairwise(tokens), key=lambda p: self.rank.get(p, -1))
            if pair not in self.rank:
                break
            new = 256 + self.rank[pair]
            result = []
            i = 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            tokens = result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | from-the-right | pairs are replaced from right to left, so (7, 7, 7) becomes (7, m) and not (m, 7)
from itertools import pairwise


class BPE:
    def __init__(self, merges):
        self.ranks = {}
        self.pieces = [bytes([i]) for i in range(256)]
        for i, (left, right) in enumerate(merges):
            self.ranks[left, right] = i
            self.pieces.append(self.pieces[left] + self.pieces[right])

    def encode(self, text):
        tokens = list(text.encode("utf-8"))
        while True:
            possible = [self.ranks[pair] for pair in pairwise(tokens) if pair in self.ranks]
            if not possible:
                return tokens
            tokens = self.merge(tokens, min(possible))

    def merge(self, tokens, rank):
        out = []
        i = len(tokens) - 1
        while i >= 0:
            if i > 0 and self.ranks.get((tokens[i - 1], tokens[i])) == rank:
                out.append(256 + rank)
                i -= 2
            else:
                out.append(tokens[i])
                i -= 1
        return out[::-1]

    def decode(self, tokens):
        for token in tokens:
            if not 0 <= token < len(self.pieces):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.pieces[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | words-encoded-alone | the text is cut at blanks and each word is merged for itself, so a pair that holds a blank is never replaced
from itertools import pairwise


class BPE:
    def __init__(self, merges):
        self.ranks = {}
        self.pieces = [bytes([i]) for i in range(256)]
        for i, (left, right) in enumerate(merges):
            self.ranks[left, right] = i
            self.pieces.append(self.pieces[left] + self.pieces[right])

    def encode(self, text):
        out = []
        for place, word in enumerate(text.split(" ")):
            if place:
                out.append(32)
            out += self.encode_word(word)
        return out

    def encode_word(self, word):
        tokens = list(word.encode("utf-8"))
        while True:
            possible = [self.ranks[pair] for pair in pairwise(tokens) if pair in self.ranks]
            if not possible:
                return tokens
            tokens = self.merge(tokens, min(possible))

    def merge(self, tokens, rank):
        out = []
        i = 0
        while i < len(tokens):
            if i + 1 < len(tokens) and self.ranks.get((tokens[i], tokens[i + 1])) == rank:
                out.append(256 + rank)
                i += 2
            else:
                out.append(tokens[i])
                i += 1
        return out

    def decode(self, tokens):
        for token in tokens:
            if not 0 <= token < len(self.pieces):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.pieces[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | bytes-as-characters | decode makes one character of each byte, so what is not ASCII does not come back
from itertools import pairwise


class BPE:
    def __init__(self, merges):
        self.ranks = {}
        self.pieces = [bytes([i]) for i in range(256)]
        for i, (left, right) in enumerate(merges):
            self.ranks[left, right] = i
            self.pieces.append(self.pieces[left] + self.pieces[right])

    def encode(self, text):
        tokens = list(text.encode("utf-8"))
        while True:
            possible = [self.ranks[pair] for pair in pairwise(tokens) if pair in self.ranks]
            if not possible:
                return tokens
            tokens = self.merge(tokens, min(possible))

    def merge(self, tokens, rank):
        out = []
        i = 0
        while i < len(tokens):
            if i + 1 < len(tokens) and self.ranks.get((tokens[i], tokens[i + 1])) == rank:
                out.append(256 + rank)
                i += 2
            else:
                out.append(tokens[i])
                i += 1
        return out

    def decode(self, tokens):
        for token in tokens:
            if not 0 <= token < len(self.pieces):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.pieces[token] for token in tokens).decode("latin-1")

# %% wrong | one-too-many-allowed | the first number behind the vocabulary passes the check and stands for nothing, so it raises no ValueError
from itertools import pairwise


class BPE:
    def __init__(self, merges):
        self.ranks = {}
        self.pieces = [bytes([i]) for i in range(256)]
        for i, (left, right) in enumerate(merges):
            self.ranks[left, right] = i
            self.pieces.append(self.pieces[left] + self.pieces[right])

    def encode(self, text):
        tokens = list(text.encode("utf-8"))
        while True:
            possible = [self.ranks[pair] for pair in pairwise(tokens) if pair in self.ranks]
            if not possible:
                return tokens
            tokens = self.merge(tokens, min(possible))

    def merge(self, tokens, rank):
        out = []
        i = 0
        while i < len(tokens):
            if i + 1 < len(tokens) and self.ranks.get((tokens[i], tokens[i + 1])) == rank:
                out.append(256 + rank)
                i += 2
            else:
                out.append(tokens[i])
                i += 1
        return out

    def decode(self, tokens):
        for token in tokens:
            if token < 0 or token > len(self.pieces):
                raise ValueError(f"no such token: {token}")
        return b"".join(b"".join(self.pieces[token : token + 1]) for token in tokens).decode("utf-8", errors="replace")

# %% wrong | deep-chains-fail | a token is taken apart by recursion, which fails with RecursionError where a thousand merges build on each other
from itertools import pairwise


class BPE:
    def __init__(self, merges):
        self.ranks = {}
        self.pairs = []
        for i, (left, right) in enumerate(merges):
            self.ranks[left, right] = i
            self.pairs.append((left, right))

    def encode(self, text):
        tokens = list(text.encode("utf-8"))
        while True:
            possible = [self.ranks[pair] for pair in pairwise(tokens) if pair in self.ranks]
            if not possible:
                return tokens
            tokens = self.merge(tokens, min(possible))

    def merge(self, tokens, rank):
        out = []
        i = 0
        while i < len(tokens):
            if i + 1 < len(tokens) and self.ranks.get((tokens[i], tokens[i + 1])) == rank:
                out.append(256 + rank)
                i += 2
            else:
                out.append(tokens[i])
                i += 1
        return out

    def spell(self, token):
        if token < 256:
            return bytes([token])
        left, right = self.pairs[token - 256]
        return self.spell(left) + self.spell(right)

    def decode(self, tokens):
        for token in tokens:
            if not 0 <= token < 256 + len(self.pairs):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.spell(token) for token in tokens).decode("utf-8", errors="replace")

# %% wrong | shared-answers | answers are kept for each text and the kept list itself is handed out, so a caller who changes it gets wrong tokens the next time
from itertools import pairwise


class BPE:
    def __init__(self, merges):
        self.ranks = {}
        self.known = {}
        self.pieces = [bytes([i]) for i in range(256)]
        for i, (left, right) in enumerate(merges):
            self.ranks[left, right] = i
            self.pieces.append(self.pieces[left] + self.pieces[right])

    def encode(self, text):
        if text not in self.known:
            self.known[text] = self.encode_new(text)
        return self.known[text]

    def encode_new(self, text):
        tokens = list(text.encode("utf-8"))
        while True:
            possible = [self.ranks[pair] for pair in pairwise(tokens) if pair in self.ranks]
            if not possible:
                return tokens
            tokens = self.merge(tokens, min(possible))

    def merge(self, tokens, rank):
        out = []
        i = 0
        while i < len(tokens):
            if i + 1 < len(tokens) and self.ranks.get((tokens[i], tokens[i + 1])) == rank:
                out.append(256 + rank)
                i += 2
            else:
                out.append(tokens[i])
                i += 1
        return out

    def decode(self, tokens):
        for token in tokens:
            if not 0 <= token < len(self.pieces):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.pieces[token] for token in tokens).decode("utf-8", errors="replace")
