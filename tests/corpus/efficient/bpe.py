# %% right | all that can be merged, by rank | one pass a merge
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


class BPE:
    def __init__(self, merges):
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
        self.words = [bytes([b]) for b in range(256)]
        for a, b in merges:
            self.words.append(self.words[a] + self.words[b])

    def encode(self, text):
        tokens = list(text.encode())
        while True:
            found = {pair for pair in zip(tokens, tokens[1:]) if pair in self.ranks}
            if not found:
                return tokens
            best = min(found, key=self.ranks.get)
            tokens = merge(tokens, best, 256 + self.ranks[best])

    def decode(self, tokens):
        if any(not 0 <= token < len(self.words) for token in tokens):
            raise ValueError("no such token")
        return b"".join(self.words[token] for token in tokens).decode(errors="replace")

# %% wrong | from the start again | right tokens, in the square of the length
def merge(tokens, pair, new):
    i = 0
    while i + 1 < len(tokens):
        if (tokens[i], tokens[i + 1]) == pair:
            tokens = tokens[:i] + [new] + tokens[i + 2 :]
            i = 0
        else:
            i += 1
    return tokens


class BPE:
    def __init__(self, merges):
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
        self.words = [bytes([b]) for b in range(256)]
        for a, b in merges:
            self.words.append(self.words[a] + self.words[b])

    def encode(self, text):
        tokens = list(text.encode())
        while True:
            found = {pair for pair in zip(tokens, tokens[1:]) if pair in self.ranks}
            if not found:
                return tokens
            best = min(found, key=self.ranks.get)
            tokens = merge(tokens, best, 256 + self.ranks[best])

    def decode(self, tokens):
        if any(not 0 <= token < len(self.words) for token in tokens):
            raise ValueError("no such token")
        return b"".join(self.words[token] for token in tokens).decode(errors="replace")
