"""AdamW without decay, a LambdaLR, the loss as a module."""

import torch
from torch import nn


def train(
    model: nn.Module, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0
) -> list[float]:
    criterion = nn.CrossEntropyLoss(ignore_index=pad_id, label_smoothing=smoothing)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=1.0, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0
    )
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: learning_rate(n + 1))
    losses = []
    model.train(True)
    for src, target in batches:
        decoder_input = target.roll(1, dims=1)
        decoder_input[:, 0] = bos_id
        logits = model(src, decoder_input)
        loss = criterion(logits.transpose(1, 2), target)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        scheduler.step()
        losses.append(loss.detach().item())
    return losses
