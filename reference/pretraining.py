"""How plain text becomes a task: BERT masks single tokens, T5 cuts out whole spans.

Both return what the model reads and what it must produce; nobody had to label anything.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Int
from torch import Tensor

from reference.losses import IGNORE


def mask_tokens(
    tokens: Int[Tensor, "B T"],
    mask_id: int,
    vocab_size: int,
    special_ids: Sequence[int] = (),
    probability: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "B T"], Int[Tensor, "B T"]]:
    """BERT's (inputs, labels): some tokens are hidden, and only those are to be predicted.

    Each token that is not special is selected with `probability`. Of the selected ones 80 % become
    `mask_id`, 10 % a token drawn from the whole vocabulary, 10 % stay as they are, so that the
    model cannot rely on seeing [MASK] (Devlin et al. 2019, section 3.1). Labels hold the original
    token where one was selected and `IGNORE` elsewhere.
    """

    def uniform() -> Tensor:
        return torch.rand(tokens.shape, generator=generator, device=tokens.device)

    special = torch.isin(tokens, torch.tensor(special_ids, dtype=tokens.dtype).to(tokens.device))
    selected = (uniform() < probability) & ~special
    fate = uniform()  # one draw decides among the three, so their shares are exact
    random_tokens = torch.randint(
        vocab_size, tokens.shape, generator=generator, device=tokens.device
    )
    inputs = torch.where(selected & (fate < 0.8), mask_id, tokens)
    inputs = torch.where(selected & (fate >= 0.9), random_tokens, inputs)
    return inputs, tokens.masked_fill(~selected, IGNORE)


def random_spans(
    length: int,
    density: float = 0.15,
    mean_length: float = 3.0,
    generator: torch.Generator | None = None,
) -> list[tuple[int, int]]:
    """Disjoint spans (start, end), end excluded, that cover `density` of the tokens.

    Both the span lengths and the gaps between spans are random partitions, every gap at least one
    token, so spans never touch; the text starts with a gap and ends with a span (Raffel et al.
    2020, section 3.1.4). Raises ValueError where `length` leaves no room for both.
    """
    noise = min(max(round(length * density), 1), length - 1)
    if noise < 1:
        raise ValueError(f"a text of {length} tokens is too short to cut a span from")
    n_spans = min(max(round(noise / mean_length), 1), noise, length - noise)
    spans, start = [], 0
    for gap, size in zip(
        _random_partition(length - noise, n_spans, generator),
        _random_partition(noise, n_spans, generator),
        strict=True,
    ):
        spans.append((start + gap, start + gap + size))
        start += gap + size
    return spans


def _random_partition(total: int, parts: int, generator: torch.Generator | None) -> list[int]:
    """`parts` positive whole numbers that sum to `total`, all such lists equally likely."""
    cuts = torch.randperm(total - 1, generator=generator)[: parts - 1].sort().values + 1
    bounds = [0, *cuts.tolist(), total]
    return [end - start for start, end in pairwise(bounds)]


def span_corruption(
    tokens: Int[Tensor, " T"],
    spans: Sequence[tuple[int, int]],
    sentinels: Sequence[int],
) -> tuple[Int[Tensor, " N"], Int[Tensor, " M"]]:
    """T5's (inputs, targets): each span gives way to a sentinel, the targets say what was there.

    `spans` are (start, end), end excluded, in order and disjoint; span i takes `sentinels[i]`. The
    targets are each sentinel followed by what it stands for, and one more sentinel that says "no
    more", so one sentinel more than spans is needed. Raffel et al. 2020, figure 2:

        Thank you for inviting me to your party last week
        inputs   Thank you <X> me to your party <Y> week
        targets  <X> for inviting <Y> last <Z>

    Raises ValueError for spans that overlap, are empty or out of range, or too few sentinels.
    """
    if len(sentinels) <= len(spans):
        raise ValueError(f"{len(spans)} spans need {len(spans) + 1} sentinels")
    inputs, targets, position = [], [], 0
    for (start, end), sentinel in zip(spans, sentinels, strict=False):
        if not position <= start < end <= len(tokens):
            raise ValueError(f"span ({start}, {end}) overlaps, is empty or leaves the text")
        mark = tokens.new_tensor([sentinel])
        inputs += [tokens[position:start], mark]
        targets += [mark, tokens[start:end]]
        position = end
    inputs.append(tokens[position:])
    targets.append(tokens.new_tensor([sentinels[len(spans)]]))
    return torch.cat(inputs), torch.cat(targets)
