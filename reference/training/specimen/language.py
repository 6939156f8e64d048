"""A language that can be foretold only by looking back, in four ways at once.

    sailor tide gull rope wait -e for where( gull rope look -e at ) somewhere tide gull rope

the first token        Who speaks sets the ending of every verb and the things that are spoken of.
the token before       What follows an ending depends on the verb before it: look -e at, wait -e
                       for, give -e up, find -e out.
an earlier occurrence  Things are listed in an order of their own. When they come again, from some
                       place of the list on, they come in that order, to the end of the list.
the matching bracket   Four kinds of bracket close with one `)`. The answer behind it says which
                       kind it was: where( … ) somewhere. Brackets may stand in brackets.

All else is drawn at random: which verb, which things, what comes next. A sentence is cut at the
length that is asked for, whatever is unfinished then.
"""

from dataclasses import dataclass
from itertools import chain
from random import Random

import torch
from jaxtyping import Int
from torch import Tensor

SPOKEN_OF = {
    "farmer": "cow hen pig hay barn mill plough goose seed fence wheat goat",
    "sailor": "mast rope sail deck tide crew gull hull wave port buoy fish",
    "cook": "pan egg salt soup oven knife bread plum lid spoon dough pear",
    "tailor": "silk hem thread pin cuff seam lace wool coat button glove hat",
}
THINGS = {speaker: words.split() for speaker, words in SPOKEN_OF.items()}
ENDINGS = {"farmer": "-a", "sailor": "-e", "cook": "-o", "tailor": "-u"}
PARTICLES = {"look": "at", "wait": "for", "give": "up", "find": "out"}
ANSWERS = {
    "who(": "someone",
    "where(": "somewhere",
    "when(": "sometime",
    "what(": "something",
}
CLOSER = ")"
VOCABULARY = (
    *ENDINGS,
    *ENDINGS.values(),
    *chain.from_iterable(PARTICLES.items()),
    *chain.from_iterable(THINGS.values()),
    *ANSWERS,
    CLOSER,
    *ANSWERS.values(),
)
NUMBER = {word: number for number, word in enumerate(VOCABULARY)}

SHORTEST_LIST, LONGEST_LIST = 3, 6
DEEPEST = 3  # brackets in brackets in brackets
# How often each part of speech is tried, in the order of `_Speech.say_something`.
ODDS = (3, 2.5, 5, 4.5, 4.5)


@dataclass(frozen=True)
class Sentence:
    """Words, and where one of them tells the next. Positions count from 0.

    Each position below is that of a query: the word after it follows from the words before.
    """

    words: tuple[str, ...]
    verbs: tuple[int, ...]  # the ending follows, as the first word has it
    endings: tuple[int, ...]  # the particle follows, as the verb before has it
    repeats: tuple[tuple[int, int], ...]  # this word was said there, and so was the next, after it
    brackets: tuple[tuple[int, int], ...]  # this closer belongs to that opener; the answer follows

    @property
    def tokens(self) -> Int[Tensor, " T"]:
        return torch.tensor([NUMBER[word] for word in self.words])

    def __str__(self) -> str:
        return " ".join(self.words)


def speak(random: Random, length: int) -> Sentence:
    """A sentence of `length` words. The same state of `random` gives the same sentence."""
    speech = _Speech(random)
    while len(speech.words) < length:
        speech.say_something()
    last = length - 1  # a query there has no answer any more
    return Sentence(
        words=tuple(speech.words[:length]),
        verbs=tuple(verb for verb in speech.verbs if verb < last),
        endings=tuple(verb + 1 for verb in speech.verbs if verb + 1 < last),
        repeats=tuple(pair for pair in speech.repeats if pair[0] < last),
        brackets=tuple(pair for pair in speech.brackets if pair[0] < last),
    )


class _Speech:
    """A sentence while it is spoken."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.speaker = random.choice(list(ENDINGS))
        self.words = [self.speaker]
        self.verbs: list[int] = []
        self.repeats: list[tuple[int, int]] = []
        self.brackets: list[tuple[int, int]] = []
        self._unsaid = random.sample(THINGS[self.speaker], len(THINGS[self.speaker]))
        self._lists: list[range] = []
        self._open: list[int] = []  # where the brackets stand that are not closed yet

    def say_something(self) -> None:
        parts = (self._verb, self._list, self._repeat, self._open_bracket, self._close_bracket)
        self.random.choices(parts, ODDS)[0]()

    def _verb(self) -> None:
        verb = self.random.choice(list(PARTICLES))
        self.verbs.append(len(self.words))
        self.words += [verb, ENDINGS[self.speaker], PARTICLES[verb]]

    def _list(self) -> None:
        size = self.random.randint(SHORTEST_LIST, LONGEST_LIST)
        if size > len(self._unsaid):
            return
        self._lists.append(range(len(self.words), len(self.words) + size))
        self.words += [self._unsaid.pop() for _ in range(size)]

    def _repeat(self) -> None:
        if not self._lists:
            return
        whole = self.random.choice(self._lists)
        again = whole[self.random.randrange(len(whole) - 2) :]
        self.repeats += [(len(self.words) + i, place) for i, place in enumerate(again[:-1])]
        self.words += [self.words[place] for place in again]

    def _open_bracket(self) -> None:
        if len(self._open) < DEEPEST:
            self._open.append(len(self.words))
            self.words.append(self.random.choice(list(ANSWERS)))

    def _close_bracket(self) -> None:
        if self._open and self._open[-1] < len(self.words) - 1:  # no bracket is empty
            opener = self._open.pop()
            self.brackets.append((len(self.words), opener))
            self.words += [CLOSER, ANSWERS[self.words[opener]]]
