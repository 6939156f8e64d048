"""Lists of tokens."""

import torch


def shift_right(tokens, bos_id, pad_id):
    rows = [
        [bos_id] + [token if token >= 0 else pad_id for token in row[:-1]]
        for row in tokens.tolist()
    ]
    return torch.tensor(rows, dtype=tokens.dtype, device=tokens.device)
