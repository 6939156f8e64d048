"""One query and one key at a time, in float64."""

import torch


def squared_distance(a, b):
    return torch.dot(a - b, a - b)


def distance_attention(q, k, v):
    *lead, t, d = q.shape
    s, e = v.shape[-2:]
    queries, keys, values = (
        q.double().reshape(-1, t, d),
        k.double().reshape(-1, s, d),
        v.double().reshape(-1, s, e),
    )
    rows = []
    for b in range(queries.size(0)):
        for query in queries[b]:
            scores = torch.stack([squared_distance(query, key) for key in keys[b]]) * -0.5
            rows.append(torch.softmax(scores, 0))
    weights = torch.stack(rows).reshape(-1, t, s)
    output = torch.bmm(weights, values)
    return output.reshape(*lead, t, e).to(q.dtype), weights.reshape(*lead, t, s).to(q.dtype)
