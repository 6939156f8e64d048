"""By log-probabilities and topk, with where in place of assignment."""

import torch


def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    columns = [torch.full((batch_size,), bos_id)]
    ended = None
    with torch.no_grad():
        for _ in range(max_len - 1):
            log_probs = step(torch.stack(columns, dim=-1)).double().log_softmax(dim=-1)
            token = log_probs.topk(1).indices[:, 0]
            if ended is not None:
                token = torch.where(ended, torch.full_like(token, eos_id), token)
            columns.append(token)
            ended = token == eos_id
            if bool(ended.all()):
                break
    return torch.stack(columns, dim=-1)
