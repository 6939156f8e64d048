"""Rows as Python lists."""

import torch


def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    rows = [[bos_id] for _ in range(batch_size)]
    while len(rows[0]) < max_len:
        with torch.no_grad():
            logits = step(torch.tensor(rows)).tolist()
        for row, scores in zip(rows, logits, strict=True):
            if eos_id in row[1:]:
                row.append(eos_id)
            else:
                row.append(max(range(len(scores)), key=scores.__getitem__))
        if all(row[-1] == eos_id for row in rows):
            break
    return torch.tensor(rows)
