"""Span corruption: whole spans give way to sentinels, and the model writes what they were."""

from collections.abc import Sequence

import torch


def span_corruption(
    tokens: torch.Tensor, spans: Sequence[tuple[int, int]], sentinels: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Make one example of T5's task from a text and the spans that are to be cut out of it.

    A sentinel is a token that stands for a span. Span number i takes sentinels[i].

    - In the inputs, each span gives way to its sentinel, one token however long the span is. The
      rest of the text stays.
    - The targets are, for each span from left to right, its sentinel and then the tokens that were
      cut out. After the last of them stands one more sentinel, the one after those that were used.
      It says that there is no more.

    With the sentinels <X>, <Y> and <Z>, as in the paper:

        text     Thank you for inviting me to your party last week
        inputs   Thank you <X> me to your party <Y> week
        targets  <X> for inviting <Y> last <Z>

    Args:
        tokens: The text, (T), int64. It is not changed.
        spans: Pairs (start, end) of positions from 0 to T, from left to right. A span holds the
            positions from start to end − 1. One span may begin where the one before ends; each has
            a sentinel of its own. There may be no span, or one that is the whole text.
        sentinels: Token ids, at least one more than there are spans. Those that are left over
            are not used.

    Returns:
        inputs: (N), int64.
        targets: (M), int64.

    Raises:
        ValueError: a span is empty or turned round (end ≤ start), begins before the one before it
            ends, or leaves the text (start < 0 or end > T); or there are too few sentinels.

    Source: Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified
    Text-to-Text Transformer", section 3.1.4 and figure 2.

    >>> text = torch.tensor([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    >>> inputs, targets = span_corruption(text, [(2, 4), (8, 9)], sentinels=[99, 98, 97])
    >>> inputs
    tensor([10, 11, 99, 14, 15, 16, 17, 98, 19])
    >>> targets
    tensor([99, 12, 13, 98, 18, 97])
    """
    if len(sentinels) <= len(spans):
        raise ValueError(f"{len(spans)} spans need {len(spans) + 1} sentinels.")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels, strict=False):
        if not position <= start < end <= len(tokens):
            raise ValueError(f"The span ({start}, {end}) is empty, overlaps, or leaves the text.")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)
