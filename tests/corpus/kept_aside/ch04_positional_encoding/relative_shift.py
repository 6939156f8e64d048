# %% wrong | numpy-round-trip | Goes through numpy, which cuts the gradient (and knows no bfloat16).
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("bad width")
    array = scores.detach().numpy()
    rows = [array[:, :, t, T - 1 - t : 2 * T - 1 - t] for t in range(T)]
    return torch.stack([torch.from_numpy(r.copy()) for r in rows], dim=2)


# %% wrong | one-token-refused | Raises ValueError for T = 1, but any size may be 1.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1 or T < 2:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.gather(-1, index)


# %% wrong | row-number-from-the-heads | Unpacks T from the second axis, so it works only when H and T are equal.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, T, H, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.gather(-1, index)


# %% wrong | only-too-few-refused | Refuses fewer columns than 2T - 1 but accepts more, though both are errors.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R < 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.gather(-1, index)


# %% wrong | all-columns-kept | Moves the rows but keeps all 2T - 1 columns.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("bad width")
    rows = []
    for t in range(T):
        rows.append(scores[:, :, t].roll(-(T - 1 - t), dims=-1))
    return torch.stack(rows, dim=2)


# %% wrong | flipped-distances | Flips the columns before reading them, as if column 0 were the farthest key to the right.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.flip(-1).gather(-1, index)


# %% wrong | runs-into-the-next-row | Drops T numbers of the padded line and not T - 1, so every window is one column too far to the right.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError(f"got {R} columns for {T} queries")
    padded = torch.nn.functional.pad(scores, (0, 1))
    flat = padded.reshape(B, H, T * 2 * T)[:, :, T : T + T * R]
    return flat.reshape(B, H, T, R)[..., :T]


# %% wrong | wraps-negative-columns | Forgets T - 1, so negative distances count from the end of the row and positive ones from the start.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    T = scores.shape[-2]
    if scores.shape[-1] != T * 2 - 1:
        raise ValueError("wrong number of distances")
    out = []
    for t in range(T):
        columns = [s - t for s in range(T)]
        out.append(scores[:, :, t : t + 1][..., columns])
    return torch.cat(out, dim=2)


# %% right | take-along-dim | torch.take_along_dim with broadcast index.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    T = scores.size(-2)
    if scores.size(-1) != 2 * T - 1:
        raise ValueError("last size must be 2T - 1")
    t = torch.arange(T - 1, -1, -1).view(1, 1, T, 1)
    return torch.take_along_dim(scores, t + torch.arange(T), dim=-1)


# %% right | advanced-index | Indexes rows and columns together.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    T = scores.shape[2]
    if scores.shape[3] != 2 * T - 1:
        raise ValueError("last size must be 2T - 1")
    query = torch.arange(T).unsqueeze(1)
    key = torch.arange(T).unsqueeze(0)
    return scores[:, :, query, key - query + (T - 1)]


# %% right | diagonal-views | Places the columns as diagonals into an empty result.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("last size must be 2T - 1")
    out = scores.new_empty(B, H, T, T)
    for c in range(R):
        distance = c - (T - 1)
        first = max(0, -distance)
        count = T - abs(distance)
        out.diagonal(distance, dim1=2, dim2=3).copy_(scores[:, :, first : first + count, c])
    return out
