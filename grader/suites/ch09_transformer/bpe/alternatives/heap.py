"""A heap of the pairs in the text, by rank and place, and a list that knows its neighbours."""

import heapq


class BPE:
    def __init__(self, merges):
        self.numbers = {}
        self.vocabulary = {i: bytes([i]) for i in range(256)}
        for first, second in merges:
            number = len(self.vocabulary)
            self.numbers[first, second] = number
            self.vocabulary[number] = self.vocabulary[first] + self.vocabulary[second]

    def encode(self, text):
        tokens = list(text.encode("utf-8"))
        n = len(tokens)
        after, before = list(range(1, n + 1)), list(range(-1, n - 1))
        heap = []

        def offer(i):
            if i >= 0 and after[i] < n:
                number = self.numbers.get((tokens[i], tokens[after[i]]))
                if number is not None:
                    heapq.heappush(heap, (number, i, tokens[i], tokens[after[i]]))

        for i in range(n):
            offer(i)
        while heap:
            number, i, first, second = heapq.heappop(heap)
            if tokens[i] != first or after[i] >= n or tokens[after[i]] != second:
                continue
            j = after[i]
            tokens[i], tokens[j] = number, None
            after[i] = after[j]
            if after[i] < n:
                before[after[i]] = i
            offer(before[i])
            offer(i)
        return [token for token in tokens if token is not None]

    def decode(self, tokens):
        try:
            data = b"".join(map(self.vocabulary.__getitem__, tokens))
        except KeyError as error:
            raise ValueError("not in the vocabulary") from error
        return str(data, encoding="utf-8", errors="replace")
