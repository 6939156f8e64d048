"""Answers that are alike, beyond what the exercise itself makes alike.

An answer is cut into runs of `RUN` tokens: the k-grams of Schleimer, Wilkerson and Aiken,
"Winnowing" (2003); files are small, so all of them are kept. Layout, comments and the learner's own
names do not count. Out come the runs of the stub and of our right answers, and those of many.
What is left is compared. It is a lead for a conversation and proves nothing.
"""

import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

RUN = 8  # tokens
FEWEST = 20  # runs of one's own; below, two people simply had the same idea
LEAST = 0.6  # of the shorter answer's own runs
COMMON_SHARE, COMMON_COUNT = 0.1, 5  # more of the answers than this have it: a common way
MAX_TOKENS = 20_000

Run = tuple[str, ...]
Runs = dict[Run, int]  # with the line of the first token
SKIPPED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True)
class Likeness:
    """Students whose answers to one exercise are alike, each to another one of them.

    `pair` are the two that are most alike: `shared` of the `own` runs of the shorter one.
    """

    exercise: str
    students: tuple[str, ...]
    pair: tuple[str, str]
    shared: int
    own: int
    lines: tuple[tuple[str, ...], tuple[str, ...]]  # of both of the pair, those that are alike

    @property
    def share(self) -> float:
        return self.shared / self.own


def alike(exercise: str, sources: Mapping[str, str], given: Sequence[str]) -> list[Likeness]:
    """Groups of students, by the text of each. `given` are the stub and the right answers."""
    runs = {source: _runs(source) for source in {*sources.values(), *given}}
    known = {run for source in given for run in runs[source]}
    own = _own({student: runs[source] for student, source in sources.items()}, known)
    pairs = {
        pair: shared
        for pair, shared in _shared(own).items()
        if shared >= LEAST * min(len(own[who]) for who in pair)
    }

    def likeness(group: Sequence[str]) -> Likeness:
        inside = [pair for pair in pairs if pair[0] in group]
        fewer = {pair: min(len(own[who]) for who in pair) for pair in inside}
        pair = min(inside, key=lambda pair: (-pairs[pair] / fewer[pair], -pairs[pair], pair))
        both = own[pair[0]] & own[pair[1]]
        one, other = (_lines(sources[who], runs[sources[who]], both) for who in pair)
        return Likeness(exercise, tuple(group), pair, pairs[pair], fewer[pair], (one, other))

    return [likeness(group) for group in _groups(pairs)]


def _own(runs: Mapping[str, Runs], known: set[Run]) -> dict[str, set[Run]]:
    """What is neither known nor in many answers, of those who have enough of it."""
    count = Counter(run for found in runs.values() for run in found)
    most = max(COMMON_COUNT, COMMON_SHARE * len(runs))
    own = {
        student: {run for run in found if run not in known and count[run] <= most}
        for student, found in runs.items()
    }
    return {student: found for student, found in own.items() if len(found) >= FEWEST}


def _groups(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Who is connected by pairs, however far apart."""
    groups: dict[str, set[str]] = {}
    for one, other in pairs:
        group = groups.get(one, {one}) | groups.get(other, {other})
        groups |= dict.fromkeys(group, group)
    return [
        list(group) for group in dict.fromkeys(tuple(sorted(group)) for group in groups.values())
    ]


def _shared(own: Mapping[str, set[Run]]) -> Counter[tuple[str, str]]:
    """How many runs each two have in common; found by run, since most pairs have none."""
    who = defaultdict(list)
    for student in sorted(own):
        for run in own[student]:
            who[run].append(student)
    return Counter(pair for students in who.values() for pair in combinations(students, 2))


def _runs(source: str) -> Runs:
    tokens = list(_tokens(source))
    texts = tuple(text for text, _ in tokens)
    found: Runs = {}
    for start in range(len(tokens) - RUN + 1):
        found.setdefault(texts[start : start + RUN], tokens[start][1])
    return found


def _tokens(source: str) -> Iterator[tuple[str, int]]:
    """Each token with its line, as far as the file can be read; the learner's names all alike.

    A name behind a dot is the library's, and tells what is done; behind `self.` it is their own.
    """
    before = ("", "")
    try:
        for count, token in enumerate(tokenize.generate_tokens(io.StringIO(source).readline)):
            if count >= MAX_TOKENS:
                return
            if token.type in SKIPPED:
                continue
            text = token.string
            is_library = before[1] == "." and before[0] != "self"
            if token.type == tokenize.NAME and not keyword.iskeyword(text) and not is_library:
                yield "name", token.start[0]
            else:
                yield text if token.type != tokenize.STRING else "text", token.start[0]
            before = (before[1], text)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return  # what comes after it is no Python


def _lines(source: str, runs: Runs, both: set[Run]) -> tuple[str, ...]:
    lines = source.split("\n")
    numbers = sorted({runs[run] for run in both})
    return tuple(lines[number - 1].strip("\r") for number in numbers if number <= len(lines))
