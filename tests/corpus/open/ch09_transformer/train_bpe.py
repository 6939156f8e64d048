# %% right | counter-and-walk | Counter of pairwise, min with a key, a while loop
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
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


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% right | string-replace | tokens as characters of a string, str.replace
from collections import Counter


def train_bpe(text, n_merges):
    # each token is one character of a string, so that str.replace does the walk
    s = text.encode("utf-8").decode("latin-1")
    learned = []
    for i in range(n_merges):
        counts = Counter(zip(s, s[1:]))
        most = max(counts.values(), default=0)
        if most < 2:
            break
        a, b = min(pair for pair, count in counts.items() if count == most)
        s = s.replace(a + b, chr(256 + i))
        learned.append((ord(a), ord(b)))
    return learned

# %% right | written-over | dictionaries by hand, the list is written over from the front
def train_bpe(text, n_merges):
    tokens = [byte for byte in bytes(text, "utf-8")]
    result = []
    for new_token in range(256, 256 + n_merges):
        table = {}
        for k in range(len(tokens) - 1):
            pair = (tokens[k], tokens[k + 1])
            if pair in table:
                table[pair] += 1
            else:
                table[pair] = 1
        best, best_count = None, 1
        for pair, count in table.items():
            if count > best_count or (count == best_count and best is not None and pair < best):
                best, best_count = pair, count
        if best is None:
            return result
        result.append(best)
        # write over the list from the front, and cut what is left behind
        read = write = 0
        while read < len(tokens):
            if tokens[read] == best[0] and read + 1 < len(tokens) and tokens[read + 1] == best[1]:
                tokens[write] = new_token
                read += 2
            else:
                tokens[write] = tokens[read]
                read += 1
            write += 1
        tokens = tokens[:write]
    return result

# %% right | trainer-class | a class, and a generator that replaces
from collections import Counter


def replaced(tokens, first, second, new):
    stream = iter(tokens)
    held = next(stream, None)
    while held is not None:
        following = next(stream, None)
        if held == first and following == second:
            yield new
            held = next(stream, None)
        else:
            yield held
            held = following


class Trainer:
    def __init__(self, text):
        self.tokens = list(text.encode())
        self.merges = []

    def best(self):
        counts = Counter(zip(self.tokens[:-1], self.tokens[1:]))
        ranked = sorted(((-n, a, b) for (a, b), n in counts.items() if n >= 2))
        return ranked[0][1:] if ranked else None

    def one_merge(self):
        pair = self.best()
        if pair is None:
            return False
        self.tokens = list(replaced(self.tokens, *pair, 256 + len(self.merges)))
        self.merges.append(pair)
        return True


def train_bpe(text: str, n_merges: int):
    trainer = Trainer(text)
    for _ in range(n_merges):
        if not trainer.one_merge():
            break
    return trainer.merges

# %% wrong | first-of-ties | of pairs that stand equally often, the one met first wins
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
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


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = max(counts, key=counts.get)
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | largest-of-ties | of pairs that stand equally often, the largest wins
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
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


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = max(counts, key=lambda p: (counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | overlapping-replaced | places that overlap are replaced too, so (7, 7, 7) becomes two new tokens
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
    result = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            result.append(new)
            i += 1 if (tokens[i + 1 : i + 3]) == list(pair) else 2
        else:
            result.append(tokens[i])
            i += 1
    return result


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | overlaps-not-counted | a pair in (7, 7, 7) is counted once and not twice
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
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


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts, before = Counter(), None
        for i, p in enumerate(pairwise(tokens)):
            if p == before:
                before = None
                continue
            counts[p] += 1
            before = p
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | single-pairs-merged | it goes on where no pair stands twice
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
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


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | characters-not-bytes | the text is turned into code points, not into UTF-8 bytes
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
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


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = [ord(letter) for letter in text]
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | words-cut | the text is cut at spaces first, so no pair reaches over the end of a word
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
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


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(p for p in pairwise(tokens) if 32 not in p and 10 not in p)
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | numbers-from-257 | pair i makes token 257 + i
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
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


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 257 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | square-of-length | each replacement searches the list from the start and deletes in place, which takes the square of the length
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
    tokens = list(tokens)
    while pair in list(pairwise(tokens)):
        place = list(pairwise(tokens)).index(pair)
        tokens[place : place + 2] = [new]
    return tokens


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges

# %% wrong | lists-returned | the pairs come as lists, not as tuples
from collections import Counter
from itertools import pairwise


def merge(tokens, pair, new):
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


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        if counts[pair] < 2:
            break
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(list(pair))
    return merges

# %% wrong | even-places-only | only the pairs that begin at an even place are counted, not those at any two neighbouring places
from collections import Counter
from itertools import pairwise


def replace(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train_bpe(text, n_merges):
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(zip(tokens[::2], tokens[1::2]))
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        if counts[best] < 2:
            break
        tokens = replace(tokens, best, 256 + len(merges))
        merges.append(best)
    return merges

# %% wrong | ties-by-bytes | of pairs that stand equally often the one whose bytes come first wins, not the one with the smaller token numbers
from collections import Counter
from itertools import pairwise


def replace(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train_bpe(text, n_merges):
    tokens = list(text.encode("utf-8"))
    merges = []
    spelled = {i: bytes([i]) for i in range(256)}
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], spelled[pair[0]], spelled[pair[1]]))
        if counts[best] < 2:
            break
        tokens = replace(tokens, best, 256 + len(merges))
        spelled[256 + len(merges)] = spelled[best[0]] + spelled[best[1]]
        merges.append(best)
    return merges

# %% wrong | last-token-lost | the replacing walk ends one token too early, so a last token that is not part of a pair disappears
from collections import Counter
from itertools import pairwise


def replace(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens) - 1:
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train_bpe(text, n_merges):
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        if counts[best] < 2:
            break
        tokens = replace(tokens, best, 256 + len(merges))
        merges.append(best)
    return merges

# %% wrong | neighbours-not-subtracted | the counts are carried on from merge to merge: new pairs are added, but those that the merge took apart keep their old counts
from collections import Counter
from itertools import pairwise


def replace(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train_bpe(text, n_merges):
    tokens = list(text.encode("utf-8"))
    merges = []
    counts = Counter(pairwise(tokens))
    while len(merges) < n_merges:
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        if counts[best] < 2:
            break
        tokens = replace(tokens, best, 256 + len(merges))
        del counts[best]
        new = 256 + len(merges)
        for pair in pairwise(tokens):
            if new in pair:
                counts[pair] += 1
        merges.append(best)
    return merges

# %% wrong | empty-text-fails | where there is no pair at all, in an empty text or one of a single byte, min gets nothing and fails
from collections import Counter
from itertools import pairwise


def replace(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train_bpe(text, n_merges):
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        if counts[best] < 2:
            break
        tokens = replace(tokens, best, 256 + len(merges))
        merges.append(best)
    return merges

# %% wrong | order-in-pair-ignored | the pairs (a, b) and (b, a) are counted together, as if their order made no difference
from collections import Counter
from itertools import pairwise


def replace(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train_bpe(text, n_merges):
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < n_merges:
        counts = Counter((min(pair), max(pair)) for pair in pairwise(tokens))
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        if counts[best] < 2:
            break
        tokens = replace(tokens, best, 256 + len(merges))
        merges.append(best)
    return merges
