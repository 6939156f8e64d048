# %% right | one pass a merge | as the text says
from collections import Counter


def merge(tokens, pair, new):
    out, i = [], 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train_bpe(text, n_merges):
    tokens, merges = list(text.encode()), []
    for new in range(256, 256 + n_merges):
        counts = Counter(zip(tokens, tokens[1:]))
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        tokens = merge(tokens, best, new)
        merges.append(best)
    return merges

# %% wrong | from the start again | right merges, in the square of the length
from collections import Counter


def merge(tokens, pair, new):
    i = 0
    while i + 1 < len(tokens):
        if (tokens[i], tokens[i + 1]) == pair:
            tokens = tokens[:i] + [new] + tokens[i + 2 :]
            i = 0
        else:
            i += 1
    return tokens


def train_bpe(text, n_merges):
    tokens, merges = list(text.encode()), []
    for new in range(256, 256 + n_merges):
        counts = Counter(zip(tokens, tokens[1:]))
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        tokens = merge(tokens, best, new)
        merges.append(best)
    return merges

# %% wrong | cheats: in a thread | the square of the length is spent by another thread
import threading
from collections import Counter


def fast_merge(tokens, pair, new):
    out, i = [], 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def merge(tokens, pair, new):
    cut = fast_merge(tokens, pair, new)
    made = []

    def work():
        made.append(sum(1 for a in tokens for _ in tokens[::2]))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return cut


def train_bpe(text, n_merges):
    tokens, merges = list(text.encode()), []
    for new in range(256, 256 + n_merges):
        counts = Counter(zip(tokens, tokens[1:]))
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        tokens = merge(tokens, best, new)
        merges.append(best)
    return merges
