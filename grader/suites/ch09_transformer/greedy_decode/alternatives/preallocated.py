"""A table of EOS for the whole length, filled column by column and cut at the end."""

import torch


@torch.inference_mode()
def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    tokens = torch.full((batch_size, max_len), eos_id, dtype=torch.int64)
    tokens[:, 0] = bos_id
    open_rows = torch.ones(batch_size, dtype=torch.bool)
    length = 1
    for t in range(1, max_len):
        _, best = torch.max(step(tokens[:, :t]), dim=1)
        tokens[:, t] = torch.where(open_rows, best, eos_id)
        open_rows &= best != eos_id
        length = t + 1
        if not open_rows.any():
            break
    return tokens[:, :length].clone()
