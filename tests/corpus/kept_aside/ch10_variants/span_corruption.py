# %% wrong | same-sentinel | All spans take the first sentinel
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position <= start < end <= len(tokens):
            raise ValueError("bad span")
        mark = tokens.new_tensor([sentinels[0]])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | assert-errors | AssertionError instead of ValueError
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position <= start < end <= len(tokens):
            raise AssertionError("bad span")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | last-in-inputs | The final sentinel is appended to the inputs too
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position <= start < end <= len(tokens):
            raise ValueError("bad span")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs + targets[-1:]), torch.cat(targets)

# %% wrong | text-overwritten | The text is changed
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position <= start < end <= len(tokens):
            raise ValueError("bad span")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end].clone()]
        tokens[start] = sentinel
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% right | recursive | Checks first, then comprehension
import torch


def span_corruption(tokens, spans, sentinels):
    n = tokens.numel()
    ends = [0] + [e for _, e in spans]
    if len(sentinels) < len(ends) or any(not p <= s < e <= n for p, (s, e) in zip(ends, spans)):
        raise ValueError("spans or sentinels")
    marks = tokens.new_tensor(list(sentinels)).split(1)
    starts = [s for s, _ in spans] + [n]
    left, right = [], []
    for i in range(len(ends)):
        left.append(tokens[ends[i] : starts[i]])
        right.append(marks[i])
        if i < len(spans):
            left.append(marks[i])
            right.append(tokens[starts[i] : ends[i + 1]])
    return torch.cat(left), torch.cat(right)

# %% right | while-walk | Token by token
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError
    before = 0
    owner = [-1] * len(tokens)
    for i, (a, b) in enumerate(spans):
        if a < before or b <= a or b > len(tokens):
            raise ValueError
        for t in range(a, b):
            owner[t] = i
        before = b
    x, y, seen = [], [], -1
    for t, i in zip(tokens.tolist(), owner):
        if i == -1:
            x.append(t)
            continue
        if i != seen:
            x.append(sentinels[i])
            y.append(sentinels[i])
            seen = i
        y.append(t)
    y.append(sentinels[len(spans)])
    return tokens.new_tensor(x), tokens.new_tensor(y)

# %% wrong | x-very-last-sentinel | the targets end with the last sentinel of the list, not with the one after those used
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets = [], []
    position = 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position <= start < end <= len(tokens):
            raise ValueError(f"bad span ({start}, {end})")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[-1]]))
    return torch.cat(inputs), torch.cat(targets)


# %% wrong | x-touching-spans-joined | spans that touch become one with one sentinel, though each has its own
from collections.abc import Sequence

import torch


def span_corruption(
    tokens: torch.Tensor, spans: Sequence[tuple[int, int]], sentinels: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    text = tokens.tolist()
    if len(sentinels) <= len(spans):
        raise ValueError("one sentinel more than spans is needed")
    joined: list[tuple[int, int]] = []
    last = 0
    for start, end in spans:
        if start < last or end <= start or end > len(text):
            raise ValueError("a span is empty, overlaps or leaves the text")
        if joined and start == last:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
        last = end
    inputs, targets, place = [], [], 0
    for number, (start, end) in enumerate(joined):
        inputs.extend(text[place:start])
        inputs.append(sentinels[number])
        targets.append(sentinels[number])
        targets.extend(text[start:end])
        place = end
    inputs.extend(text[place:])
    targets.append(sentinels[len(joined)])
    return (
        torch.tensor(inputs, dtype=torch.int64, device=tokens.device),
        torch.tensor(targets, dtype=torch.int64, device=tokens.device),
    )
