"""One key at a time, with `F.linear`; the columns are stacked."""

import torch
import torch.nn.functional as F
from torch import Tensor


def additive_score(
    query: Tensor, keys: Tensor, w_query: Tensor, w_key: Tensor, v: Tensor
) -> Tensor:
    asked = F.linear(query, w_query)
    columns = []
    for s in range(keys.size(1)):
        offered = F.linear(keys[:, s : s + 1], w_key)
        columns.append(F.linear(torch.tanh(asked + offered), v.unsqueeze(0)).squeeze(-1))
    return torch.stack(columns, dim=2)
