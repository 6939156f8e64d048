# %% right | heap-and-links | a heap of possible merges over a linked list
import heapq


class BPE:
    """A linked list of tokens, and a heap of the places where a merge is possible."""

    def __init__(self, merges):
        self.rank = {}
        self.table = [bytes([i]) for i in range(256)]
        for pair in merges:
            a, b = pair
            self.rank[a, b] = len(self.rank)
            self.table.append(self.table[a] + self.table[b])

    def encode(self, text):
        token = list(text.encode("utf-8"))
        n = len(token)
        after, before = list(range(1, n + 1)), list(range(-1, n - 1))
        heap = []

        def offer(i):
            if i >= 0 and after[i] < n:
                r = self.rank.get((token[i], token[after[i]]))
                if r is not None:
                    heapq.heappush(heap, (r, i))

        for i in range(n):
            offer(i)
        while heap:
            r, i = heapq.heappop(heap)
            j = after[i] if token[i] is not None else n
            if j >= n or self.rank.get((token[i], token[j])) != r:
                continue
            token[i], token[j] = 256 + r, None
            after[i] = after[j]
            if after[i] < n:
                before[after[i]] = i
            offer(before[i])
            offer(i)
        return [t for t in token if t is not None]

    def decode(self, tokens):
        parts = []
        for t in tokens:
            if t < 0:
                raise ValueError("negative token")
            try:
                parts.append(self.table[t])
            except IndexError:
                raise ValueError("no such token") from None
        return b"".join(parts).decode("utf-8", errors="replace")

# %% right | sets-of-pairs | reduce for the byte strings, a set of possible pairs, a flag that skips
from functools import reduce
from itertools import pairwise


class BPE:
    def __init__(self, merges):
        pairs = [tuple(pair) for pair in merges]
        self.ids = dict(zip(pairs, range(256, 256 + len(pairs))))
        self.vocabulary = reduce(lambda v, p: v + [v[p[0]] + v[p[1]]], pairs, [bytes([b]) for b in range(256)])

    def encode(self, text):
        return self._merge(list(text.encode("utf-8")))

    def _merge(self, tokens):
        possible = {p for p in pairwise(tokens) if p in self.ids}
        while possible:
            pair = min(possible, key=self.ids.__getitem__)
            result, skip = [], False
            for i, token in enumerate(tokens):
                if skip:
                    skip = False
                    continue
                skip = tuple(tokens[i : i + 2]) == pair
                result.append(self.ids[pair] if skip else token)
            tokens = result
            possible = {p for p in pairwise(tokens) if p in self.ids}
        return tokens

    def decode(self, tokens):
        allowed = range(len(self.vocabulary))
        if not all(token in allowed for token in tokens):
            raise ValueError("tokens must be in the vocabulary")
        return b"".join(map(self.vocabulary.__getitem__, tokens)).decode("utf-8", "replace")

# %% wrong | shared-by-all | the ranks stand in a dictionary of the class, so one tokenizer changes another
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    rank = {}

    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank.update({tuple(pair): i for i, pair in enumerate(merges)})
        self.strings = [bytes([b]) for b in range(256)]
        for first, second in merges:
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

# %% wrong | bytes-ignored | bytes that are no UTF-8 are left out instead of becoming U+FFFD
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
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="ignore")

# %% wrong | one-walk-only | the text is gone through once, and merges that become possible by it are not made
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
            return result
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        for token in tokens:
            if not 0 <= token < len(self.strings):
                raise ValueError(f"no such token: {token}")
        return b"".join(self.strings[token] for token in tokens).decode("utf-8", errors="replace")

# %% wrong | tokens-eaten | decode takes tokens off the caller's list, which is empty afterwards
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
        parts = []
        while len(tokens) > 0:
            parts.append(self.strings[tokens[0]])
            del tokens[0]
        return b"".join(parts).decode("utf-8", errors="replace")

# %% wrong | x-pairs-as-keys | the pairs are used as keys as they come, which is an error where they are lists
from itertools import pairwise


class BPE:
    def __init__(self, merges):
        self.pieces = [bytes([i]) for i in range(256)]
        self.rank = {}
        for i, pair in enumerate(merges):
            self.rank[pair] = i
            self.pieces.append(self.pieces[pair[0]] + self.pieces[pair[1]])

    def encode(self, text):
        tokens = list(text.encode("utf-8"))
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            out, i = [], 0
            while i < len(tokens):
                if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                    out.append(256 + self.rank[pair])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens = out
        return tokens

    def decode(self, tokens):
        for token in tokens:
            if not 0 <= token < len(self.pieces):
                raise ValueError(f"no token: {token}")
        return b"".join(self.pieces[token] for token in tokens).decode("utf-8", errors="replace")


# %% wrong | x-remembered-lists | encode keeps the lists it made and gives the same one again, so what a caller does to it comes back
from collections.abc import Sequence
from itertools import pairwise


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.pieces = {i: bytes([i]) for i in range(256)}
        for (first, second), i in self.rank.items():
            self.pieces[256 + i] = self.pieces[first] + self.pieces[second]
        self.known = {}

    def encode(self, text: str) -> list[int]:
        if text not in self.known:
            self.known[text] = self._encode(text)
        return self.known[text]

    def _encode(self, text: str) -> list[int]:
        tokens = list(text.encode("utf-8"))
        while True:
            found = [self.rank[p] for p in pairwise(tokens) if p in self.rank]
            if not found:
                return tokens
            lowest = min(found)
            out: list[int] = []
            skip = False
            for i, token in enumerate(tokens):
                if skip:
                    skip = False
                elif i + 1 < len(tokens) and self.rank.get((token, tokens[i + 1])) == lowest:
                    out.append(256 + lowest)
                    skip = True
                else:
                    out.append(token)
            tokens = out

    def decode(self, tokens: Sequence[int]) -> str:
        try:
            data = b"".join(self.pieces[token] for token in tokens)
        except KeyError as error:
            raise ValueError("not in the vocabulary") from error
        return data.decode("utf-8", errors="replace")
