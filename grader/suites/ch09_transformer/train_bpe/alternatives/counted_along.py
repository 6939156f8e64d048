"""Counts are kept and changed along with the tokens, in lists that know their neighbours."""

from collections import defaultdict


def train_bpe(text, n_merges):
    data = list(text.encode("utf-8"))
    after = list(range(1, len(data) + 1))
    before = list(range(-1, len(data) - 1))
    places = defaultdict(set)
    for i in range(len(data) - 1):
        places[data[i], data[i + 1]].add(i)

    def pair_at(i):
        if i < 0 or data[i] is None or after[i] >= len(data):
            return None
        return data[i], data[after[i]]

    def forget(i):
        if (pair := pair_at(i)) is not None:
            places[pair].discard(i)

    def note(i):
        if (pair := pair_at(i)) is not None:
            places[pair].add(i)

    merges = []
    for number in range(n_merges):
        most = max((len(found) for found in places.values()), default=0)
        if most < 2:
            break
        pair = min(pair for pair, found in places.items() if len(found) == most)
        merges.append(pair)
        for i in sorted(places[pair]):
            if pair_at(i) != pair:
                continue
            j = after[i]
            for place in (before[i], i, j):
                forget(place)
            data[i], data[j] = 256 + number, None
            after[i] = after[j]
            if after[i] < len(data):
                before[after[i]] = i
            note(before[i])
            note(i)
    return merges
