"""Whether answers to one call agree: the learner's, ours, and that of a known mistake."""

from torch import Tensor

from grader.examiner.comparison import distance, has_form, same
from grader.examiner.exchange import Exchange, Record, Value, is_about_form
from grader.worker.calls import Raised
from grader.worker.values import leaves

# A suite may be more lenient than we are here: a suspect that is wrong by less may pass its test.
SLACK = 30.0
NEARER = 0.1  # of the distance to the right answer


def agree(
    mine: Value | Raised, other: Value | Raised, exchange: Exchange, slack: float = 1.0
) -> bool:
    """Whether two answers to the call of an exchange are one."""
    if isinstance(mine, Value) and isinstance(other, Value):
        if is_about_form(exchange.call):
            return has_form(other.value, mine.value)
        return same(other.value, mine.value, slack)
    if isinstance(mine, Raised) and isinstance(other, Raised):
        if _is_due(mine, exchange) and _is_due(other, exchange):
            return True  # whatever its words
        return (mine.type, mine.message) == (other.type, other.message)
    return False


def _is_due(answer: Raised, exchange: Exchange) -> bool:
    return isinstance(exchange.expected, Raised) and exchange.expected.type in answer.bases


def nearly_agree(mine: Value | Raised, other: Value | Raised, exchange: Exchange) -> bool:
    """Whether two wrong answers differ as two ways to write one mistake round, and no more: they
    are far nearer to each other than to the right one."""
    if agree(mine, other, exchange):
        return True
    right = exchange.expected
    if not (isinstance(mine, Value) and isinstance(other, Value) and isinstance(right, Value)):
        return False
    return same(other.value, mine.value, SLACK) and (
        distance(other.value, mine.value) < NEARER * distance(other.value, right.value)
    )


def is_drawn_otherwise(mine: Value | Raised, exchange: Exchange) -> bool:
    """Whether an answer differs from the learner's, and from ours, in what was drawn at random."""
    are_values = isinstance(mine, Value) and isinstance(exchange.got, Value)
    return exchange.by_chance and are_values and not is_right(mine, exchange)


def holds_drawn_numbers(record: Record) -> bool:
    """Whether a call of the test gives numbers that are drawn at random."""
    drawn = [exchange.expected for exchange in record.exchanges if exchange.by_chance]
    found = [leaf for each in drawn if isinstance(each, Value) for _, leaf in leaves(each.value)]
    return any(isinstance(leaf, Tensor | int | float) for leaf in found)


def is_telling(mine: Value | Raised, exchange: Exchange, failed: bool) -> bool:
    """Whether an answer that is not the learner's shows that the mistake is another one."""
    if isinstance(exchange.got, Raised) and isinstance(exchange.expected, Value):
        return False
    if failed:
        return not is_right(mine, exchange)
    return is_right(exchange.got, exchange) and not is_right(mine, exchange, SLACK)


def is_right(answer: Value | Raised, exchange: Exchange, slack: float = 1.0) -> bool:
    """Whether an answer is the solution's, or the error that is due."""
    if isinstance(exchange.expected, Raised):
        return isinstance(answer, Raised) and _is_due(answer, exchange)
    return agree(answer, exchange.expected, exchange, slack)


def wrong_numbers(record: Record) -> int:
    """How many numbers stand in the wrong results of a test."""
    wrong = [exchange.got for exchange in record.exchanges if is_wrong_value(exchange)]
    found = [leaf for got in wrong if isinstance(got, Value) for _, leaf in leaves(got.value)]
    return sum(leaf.numel() if isinstance(leaf, Tensor) else 1 for leaf in found)


def is_wrong_value(exchange: Exchange) -> bool:
    """Whether the learner's code gave a result, and a wrong one."""
    return isinstance(exchange.got, Value) and not is_right(exchange.got, exchange)
