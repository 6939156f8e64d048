"""Short sentences in French and in English, and which word stands for which.

    la petite maison ne suit pas un banc vert .
    the small house does not follow a green bench .

Word by word is not enough. Most French adjectives stand behind their noun, *petit* and *grand*
before it; *ne … pas* around a verb becomes *does not* before it, and the verb loses its ending;
articles and adjectives follow the gender of the noun.
"""

from dataclasses import dataclass
from itertools import chain
from random import Random

MASCULINE = {"chat": "cat", "chien": "dog", "livre": "book", "banc": "bench"}
FEMININE = {"maison": "house", "fleur": "flower", "table": "table", "voiture": "car"}
NOUNS = MASCULINE | FEMININE
ARTICLES = {("le", "la"): "the", ("un", "une"): "a"}  # masculine, feminine
BEFORE = {("petit", "petite"): "small", ("grand", "grande"): "tall"}
BEHIND = {("noir", "noire"): "black", ("vert", "verte"): "green", ("blanc", "blanche"): "white"}
VERBS = {
    "voit": ("sees", "see"),
    "garde": ("keeps", "keep"),
    "trouve": ("finds", "find"),
    "suit": ("follows", "follow"),
}

PAD, START, END = "", "<start>", "."
SOURCE_WORDS = (
    PAD,
    END,
    *chain.from_iterable(chain(ARTICLES, BEFORE, BEHIND)),
    *NOUNS,
    *VERBS,
    "ne",
    "pas",
)
TARGET_WORDS = (
    PAD,
    START,
    END,
    *chain(ARTICLES.values(), BEFORE.values(), BEHIND.values(), NOUNS.values()),
    *chain.from_iterable(VERBS.values()),
    "does",
    "not",
)
LONGEST = 12  # words, with the full stop, in either language


@dataclass(frozen=True)
class SentencePair:
    """A sentence and its translation, both with their full stop."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    places: tuple[int, ...]  # for each target word, where in the source it comes from


def say(random: Random) -> SentencePair:
    """A sentence and its translation. The same state of `random` gives the same ones."""
    source: list[str] = []
    target: list[tuple[str, int]] = []  # each word with its place in the source
    _name_something(random, source, target)
    _say_what_it_does(random, source, target)
    _name_something(random, source, target)
    target.append((END, len(source)))
    words, places = zip(*target, strict=True)
    return SentencePair((*source, END), words, places)


def _name_something(random: Random, source: list[str], target: list[tuple[str, int]]) -> None:
    noun = random.choice(list(NOUNS))
    gender = int(noun in FEMININE)
    article = random.choice(list(ARTICLES))
    before = random.choice([None, *BEFORE]) if random.random() < 0.5 else None
    behind = random.choice([None, *BEHIND]) if random.random() < 0.5 else None
    start = len(source)
    french = [article[gender]]
    english = [(ARTICLES[article], start)]
    if before:
        french.append(before[gender])
        english.append((BEFORE[before], start + 1))
    place_of_noun = start + len(french)
    french.append(noun)
    if behind:
        french.append(behind[gender])
        english.append((BEHIND[behind], place_of_noun + 1))
    english.append((NOUNS[noun], place_of_noun))
    source.extend(french)
    target.extend(english)


def _say_what_it_does(random: Random, source: list[str], target: list[tuple[str, int]]) -> None:
    verb = random.choice(list(VERBS))
    start = len(source)
    does, do = VERBS[verb]
    if random.random() < 0.5:
        source.append(verb)
        target.append((does, start))
    else:
        source.extend(["ne", verb, "pas"])
        target.extend([("does", start), ("not", start + 2), (do, start + 1)])
