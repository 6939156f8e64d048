# %% right | pieces | Pieces joined by cat
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
    return torch.cat(inputs), torch.cat(targets)

# %% right | lists | Python lists
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) <= len(spans):
        raise ValueError("too few sentinels")
    text, inputs, targets, last = tokens.tolist(), [], [], 0
    for i, (start, end) in enumerate(spans):
        if start < last or end <= start or end > len(text):
            raise ValueError(f"span {i}")
        inputs.extend(text[last:start] + [sentinels[i]])
        targets.extend([sentinels[i]] + text[start:end])
        last = end
    inputs.extend(text[last:])
    targets.append(sentinels[len(spans)])
    make = lambda ids: torch.tensor(ids, dtype=tokens.dtype, device=tokens.device)
    return make(inputs), make(targets)

# %% right | backwards | Spans from the right, after one check
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in list(zip(list(spans), list(sentinels))):
        if not position <= start < end <= len(tokens):
            raise ValueError("bad span")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% right | full-marks | Marks by torch.full
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position <= start < end <= len(tokens):
            raise ValueError("bad span")
        mark = torch.full((1,), sentinel, dtype=tokens.dtype, device=tokens.device)
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | no-last | Targets end without a sentinel
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
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | rest-lost | Text after the last span is gone
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
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | end-included | The end is cut out too
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
        targets += [mark, tokens[start : end + 1]]
        position = end + 1
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | each-token | A sentinel for each hidden token
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position <= start < end <= len(tokens):
            raise ValueError("bad span")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark.repeat(end - start)]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | mark-behind | In the targets the sentinel stands behind its tokens
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
        targets += [tokens[start:end], mark]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | touching-refused | A span may not begin where the one before ends
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position < start + (position == 0) < end <= len(tokens):
            raise ValueError("bad span")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | empty-allowed | An empty span is accepted
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position <= start <= end <= len(tokens):
            raise ValueError("bad span")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | enough-without-last | One sentinel too few is an IndexError
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans):
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
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | last-is-listed-last | The final sentinel is the last of the list, not the next one
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
    targets.append(tokens.new_tensor([sentinels[-1]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | past-the-end | A span past the text is accepted
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels):
        if not position <= start < end:
            raise ValueError("bad span")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)

# %% wrong | overlap-accepted | A span that begins before the one before it ends is no ValueError
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    before = 0
    for start, end in spans:
        if end <= start or start < 0 or end > len(tokens):
            raise ValueError("bad span")
        before = end
    text = tokens.tolist()
    inputs, targets, at = [], [], 0
    for number, (start, end) in enumerate(spans):
        inputs += text[at:start]
        inputs.append(sentinels[number])
        targets.append(sentinels[number])
        targets += text[start:end]
        at = end
    inputs += text[at:]
    targets.append(sentinels[len(spans)])
    return torch.tensor(inputs, dtype=torch.int64), torch.tensor(targets, dtype=torch.int64)

# %% wrong | negative-start | A first span that starts below 0 counts from the end, as in Python
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    before = -len(tokens)
    for start, end in spans:
        if end <= start or start < before or end > len(tokens):
            raise ValueError("bad span")
        before = end
    text = tokens.tolist()
    inputs, targets, at = [], [], 0
    for number, (start, end) in enumerate(spans):
        inputs += text[at:start]
        inputs.append(sentinels[number])
        targets.append(sentinels[number])
        targets += text[start:end]
        at = end
    inputs += text[at:]
    targets.append(sentinels[len(spans)])
    return torch.tensor(inputs, dtype=torch.int64), torch.tensor(targets, dtype=torch.int64)

# %% wrong | touching-merged | Spans that touch become one span with one sentinel
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    before = 0
    for start, end in spans:
        if end <= start or start < before or end > len(tokens):
            raise ValueError("bad span")
        before = end
    joined = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    spans = joined
    text = tokens.tolist()
    inputs, targets, at = [], [], 0
    for number, (start, end) in enumerate(spans):
        inputs += text[at:start]
        inputs.append(sentinels[number])
        targets.append(sentinels[number])
        targets += text[start:end]
        at = end
    inputs += text[at:]
    targets.append(sentinels[len(spans)])
    return torch.tensor(inputs, dtype=torch.int64), torch.tensor(targets, dtype=torch.int64)

# %% wrong | spare-refused | Sentinels that are left over are a ValueError
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) != len(spans) + 1:
        raise ValueError("too few sentinels")
    before = 0
    for start, end in spans:
        if end <= start or start < before or end > len(tokens):
            raise ValueError("bad span")
        before = end
    text = tokens.tolist()
    inputs, targets, at = [], [], 0
    for number, (start, end) in enumerate(spans):
        inputs += text[at:start]
        inputs.append(sentinels[number])
        targets.append(sentinels[number])
        targets += text[start:end]
        at = end
    inputs += text[at:]
    targets.append(sentinels[len(spans)])
    return torch.tensor(inputs, dtype=torch.int64), torch.tensor(targets, dtype=torch.int64)

# %% wrong | vanished | Spans vanish from the inputs without a sentinel
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    before = 0
    for start, end in spans:
        if end <= start or start < before or end > len(tokens):
            raise ValueError("bad span")
        before = end
    text = tokens.tolist()
    inputs, targets, at = [], [], 0
    for number, (start, end) in enumerate(spans):
        inputs += text[at:start]
        targets.append(sentinels[number])
        targets += text[start:end]
        at = end
    inputs += text[at:]
    targets.append(sentinels[len(spans)])
    return torch.tensor(inputs, dtype=torch.int64), torch.tensor(targets, dtype=torch.int64)

# %% wrong | nothing-to-cut | Without spans the targets are empty: the one last sentinel is missing
import torch


def span_corruption(tokens, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    before = 0
    for start, end in spans:
        if end <= start or start < before or end > len(tokens):
            raise ValueError("bad span")
        before = end
    text = tokens.tolist()
    inputs, targets, at = [], [], 0
    for number, (start, end) in enumerate(spans):
        inputs += text[at:start]
        inputs.append(sentinels[number])
        targets.append(sentinels[number])
        targets += text[start:end]
        at = end
    inputs += text[at:]
    if spans:
        targets.append(sentinels[len(spans)])
    return torch.tensor(inputs, dtype=torch.int64), torch.tensor(targets, dtype=torch.int64)
