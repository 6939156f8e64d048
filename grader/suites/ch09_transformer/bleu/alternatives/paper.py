"""By lists and loops, with a product and a root."""


def ngrams(sentence, n):
    return [tuple(sentence[start : start + n]) for start in range(len(sentence) - n + 1)]


def bleu(candidate, references, max_n=4):
    if not references:
        raise ValueError("no reference")
    if max_n < 1:
        raise ValueError("max_n")
    product = 1.0
    for n in range(1, max_n + 1):
        grams = ngrams(candidate, n)
        if not grams:
            return 0.0
        matches = 0
        for gram in set(grams):
            most = max(ngrams(reference, n).count(gram) for reference in references)
            matches += min(grams.count(gram), most)
        product *= matches / len(grams)
    c = len(candidate)
    lengths = sorted(len(reference) for reference in references)
    r = min(lengths, key=lambda length: abs(length - c))
    penalty = 1.0 if c >= r else 2.718281828459045 ** (1 - r / c)
    return penalty * product ** (1 / max_n)
