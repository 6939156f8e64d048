"""Tokens as characters of a string; each possible merge is a call of `replace`."""


class BPE:
    def __init__(self, merges):
        self.pairs = {}
        self.texts = [chr(i) for i in range(256)]
        for i, (first, second) in enumerate(merges):
            self.pairs[chr(first) + chr(second)] = chr(256 + i)
            self.texts.append(self.texts[first] + self.texts[second])

    def encode(self, text):
        string = text.encode("utf-8").decode("latin-1")
        while True:
            possible = [
                self.pairs[string[i : i + 2]]
                for i in range(len(string) - 1)
                if string[i : i + 2] in self.pairs
            ]
            if not possible:
                return [ord(token) for token in string]
            lowest = min(possible)
            pair = next(pair for pair, token in self.pairs.items() if token == lowest)
            string = string.replace(pair, lowest)

    def decode(self, tokens):
        if not all(0 <= token < len(self.texts) for token in tokens):
            raise ValueError(f"tokens are from 0 to {len(self.texts) - 1}")
        joined = "".join(self.texts[token] for token in tokens)
        return joined.encode("latin-1").decode("utf-8", errors="replace")
