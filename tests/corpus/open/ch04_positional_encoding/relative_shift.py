# %% wrong | first-columns | Takes the first T columns for every query; nothing is moved.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key + 0 * query).expand(B, H, T, T)
    return scores.gather(-1, index)


# %% wrong | last-columns | Takes the last T columns (the distances 0 ... T - 1) for every query.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key + 0 * query + T - 1).expand(B, H, T, T)
    return scores.gather(-1, index)


# %% wrong | sign-flipped | Reads the distance t - s where the stub has s - t.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    T, R = scores.size(2), scores.size(3)
    if R + 1 != 2 * T:
        raise ValueError("last size is not 2T - 1")
    windows = scores.unfold(3, T, 1)
    t = torch.arange(T)
    return windows[:, :, t, t].flip(-1)


# %% wrong | off-by-one | Starts each window one column too far to the left (at 0 for the last row), so the diagonal is not the distance 0.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    T = scores.shape[-2]
    if scores.shape[-1] != T * 2 - 1:
        raise ValueError("wrong number of distances")
    out = []
    for t in range(T):
        start = max(T - 2 - t, 0)
        out.append(scores[:, :, t : t + 1, start : start + T])
    return torch.cat(out, dim=2)


# %% wrong | transposed-result | Returns (key, query) by a last transpose.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.gather(-1, index).transpose(-2, -1)


# %% wrong | padded-in-front-first-row-kept | Pads in front and reads the memory in rows of T, but cuts the last of these rows and not the first, so every window is wrong.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    if scores.size(-1) != 2 * scores.size(-2) - 1:
        raise ValueError("need 2T - 1 columns")
    B, H, T, R = scores.shape
    padded = torch.cat([scores.new_zeros(B, H, T, 1), scores], dim=-1)
    padded = padded.reshape(B, H, R + 1, T)
    return padded[:, :, :-1].reshape(B, H, T, R)[..., :T]


# %% wrong | no-check | Does not check the last size, so a wrong one raises no ValueError.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.gather(-1, index)


# %% wrong | assert-the-width | An assert raises AssertionError and not ValueError.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    assert R == 2 * T - 1
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.gather(-1, index)


# %% wrong | one-hot-product | Selects by a product with zeros and ones, where an -inf times 0 gives nan in other places.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("bad width")
    index = torch.arange(T)[None, :] - torch.arange(T)[:, None] + T - 1
    hot = torch.nn.functional.one_hot(index, R).to(scores.dtype)
    return torch.einsum("bhtr,tsr->bhts", scores, hot)


# %% wrong | float32-out | Converts to float32, though the result has the dtype of the scores.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.float().gather(-1, index)


# %% wrong | gradient-cut | Detaches the scores, so no gradient reaches them.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.detach().gather(-1, index)


# %% wrong | view-of-scores | Uses view on the scores, which fails when they are not contiguous.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("bad width")
    flat = scores.view(B, H, T * R)
    index = torch.arange(T)[:, None] * (R - 1) + torch.arange(T)[None, :] + T - 1
    return flat[:, :, index]


# %% wrong | strides-taken-for-granted | as_strided with the strides of a contiguous tensor reads the wrong numbers of any other one.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("bad width")
    return scores.as_strided((B, H, T, T), (H * T * R, T * R, R - 1, 1), scores.storage_offset() + T - 1)


# %% wrong | rolled-the-wrong-way | Rolls each row to the right where it has to go left.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("bad width")
    rows = []
    for t in range(T):
        rows.append(scores[:, :, t].roll(T - 1 - t, dims=-1)[..., :T])
    return torch.stack(rows, dim=2)


# %% wrong | causal-zeros | Sets the keys to the right to 0, but all T columns are asked.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.gather(-1, index).tril()


# %% wrong | merged-axes-mixed-up | Merges batch, head and query in the order (query, batch, head) but reads them back as (batch, head, query).
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("bad width")
    rows = [scores[:, :, t, T - 1 - t : 2 * T - 1 - t] for t in range(T)]
    return torch.stack(rows, dim=0).reshape(B, H, T, T)


# %% wrong | infinities-replaced | Replaces -inf by a large negative number before moving, but each number is exactly what it was.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return torch.nan_to_num(scores, neginf=-1e4).gather(-1, index)


# %% wrong | through-float32 | Gathers in float32 and casts back, so a float64 number is not exactly what it was.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.float().gather(-1, index).to(scores.dtype)


# %% wrong | queries-backwards | Starts the window of query t at column t, as if windows went to the right from row to row.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    T = scores.shape[-2]
    if scores.shape[-1] != T * 2 - 1:
        raise ValueError("wrong number of distances")
    out = []
    for t in range(T):
        start = t
        out.append(scores[:, :, t : t + 1, start : start + T])
    return torch.cat(out, dim=2)


# %% wrong | works-in-the-argument | Rolls the rows of the caller's tensor in place, although it is not changed.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("bad width")
    rows = []
    for t in range(T):
        with torch.no_grad():
            scores[:, :, t] = scores[:, :, t].roll(-(T - 1 - t), dims=-1)
        rows.append(scores[:, :, t, :T])
    return torch.stack(rows, dim=2)


# %% right | gather | A (T, T) tensor of column numbers and gather.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("the last size must be 2T - 1")
    key = torch.arange(T, device=scores.device)[None, :]
    query = torch.arange(T, device=scores.device)[:, None]
    index = (key - query + T - 1).expand(B, H, T, T)
    return scores.gather(-1, index)


# %% right | pad-and-read-again | Pads each row at its end and reads the memory again in shorter rows.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError(f"got {R} columns for {T} queries")
    padded = torch.nn.functional.pad(scores, (0, 1))
    flat = padded.reshape(B, H, T * 2 * T)[:, :, T - 1 : T - 1 + T * R]
    return flat.reshape(B, H, T, R)[..., :T]


# %% right | roll-each-row | Rolls each row to the left and cuts it.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("bad width")
    rows = []
    for t in range(T):
        rows.append(scores[:, :, t].roll(-(T - 1 - t), dims=-1)[..., :T])
    return torch.stack(rows, dim=2)


# %% right | slices-in-a-loop | Cuts the window of each query with a slice.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    T = scores.shape[-2]
    if scores.shape[-1] != T * 2 - 1:
        raise ValueError("wrong number of distances")
    out = []
    for t in range(T):
        start = T - 1 - t
        out.append(scores[:, :, t : t + 1, start : start + T])
    return torch.cat(out, dim=2)


# %% right | diagonals-of-windows | Unfolds all windows and takes the diagonal ones.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    T, R = scores.size(2), scores.size(3)
    if R + 1 != 2 * T:
        raise ValueError("last size is not 2T - 1")
    windows = scores.unfold(3, T, 1)
    t = torch.arange(T)
    return windows[:, :, t, T - 1 - t]


# %% right | strides-of-a-contiguous-copy | Makes the scores contiguous and reads them with one stride less.
import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError("need 2T - 1 columns")
    s = scores.contiguous()
    flat = s.flatten()
    return flat.as_strided((B, H, T, T), (H * T * R, T * R, max(R - 1, 1), 1), flat.storage_offset() + T - 1)
