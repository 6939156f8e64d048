"""Tokens are the characters of a string, and Python's own `replace` merges them."""

from collections import Counter


def train_bpe(text, n_merges):
    string = text.encode("utf-8").decode("latin-1")
    merges = []
    for i in range(n_merges):
        counts = Counter(string[j : j + 2] for j in range(len(string) - 1))
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if not ranked or ranked[0][1] == 1:
            break
        pair = ranked[0][0]
        merges.append([ord(pair[0]), ord(pair[1])])
        string = string.replace(pair, chr(256 + i))
    return merges
