"""One pass for each merge, in the order in which they were learned; strings made on demand."""


class BPE:
    def __init__(self, merges):
        self.merges = [tuple(pair) for pair in merges]

    def encode(self, text):
        tokens = list(text.encode())
        for number, (first, second) in enumerate(self.merges, start=256):
            done = []
            for token in tokens:
                if done and done[-1] == first and token == second:
                    done[-1] = number
                else:
                    done.append(token)
            tokens = done
        return tokens

    def decode(self, tokens):
        return bytes(byte for token in tokens for byte in self.expand(token)).decode(
            "utf-8", "replace"
        )

    def expand(self, token):
        if token < 0 or token >= 256 + len(self.merges):
            raise ValueError(token)
        if token < 256:
            return [token]
        first, second = self.merges[token - 256]
        return [*self.expand(first), *self.expand(second)]
