# %% right | lengths-einsum | einsum of integers, compared with 0
import torch


def combine_masks(key_is_real, allowed):
    both = torch.einsum("bs,ts->bts", key_is_real.int(), allowed.int())
    return both.gt(0).unsqueeze(dim=1)

# %% right | where | torch.where with a False scalar
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    shape = (key_is_real.shape[0], 1, *allowed.shape)
    no = torch.zeros((), dtype=torch.bool, device=allowed.device)
    return torch.where(key_is_real[:, None, None], allowed, no).reshape(shape)

# %% right | masked-fill | masked_fill of an expanded pattern, out of place
import torch


def _padding(real):
    return real.logical_not()[:, None, None, :]


def combine_masks(key_is_real, allowed):
    pattern = allowed.repeat(key_is_real.size(0), 1, 1, 1)
    return pattern.transpose(0, 1).reshape(-1, 1, *allowed.shape).masked_fill(_padding(key_is_real), False)

# %% wrong | uint8 | The result is uint8, not Boolean.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return (key_is_real[:, None, None, :].byte() & allowed.byte())

# %% wrong | last-real-closed | Lengths are counted and compared one too short, so the last real key is closed.
import torch


def combine_masks(key_is_real, allowed):
    length = key_is_real.sum(dim=-1)
    s = torch.arange(key_is_real.size(1))
    real = s[None, :] < length[:, None] - 1
    return real[:, None, None, :] & allowed

# %% wrong | padding-only-at-end | Lengths are counted, which is right only where padding stands at the end, not for every key_is_real.
import torch


def combine_masks(key_is_real, allowed):
    length = key_is_real.sum(dim=-1)
    s = torch.arange(key_is_real.size(1))
    real = s < length[:, None]
    return real[:, None, None, :] & allowed[None, None]

# %% wrong | eight-heads | The head dimension is expanded to 8, so other numbers of heads do not fit; (B, 1, T, S) is promised.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    m = key_is_real[:, None, None, :] & allowed
    return m.expand(-1, 8, -1, -1)

# %% wrong | squeezes-batch-one | A batch of one loses its dimension.
import torch


def combine_masks(key_is_real, allowed):
    m = torch.stack([row & allowed for row in key_is_real])
    return m.squeeze(0)[..., None, :, :]

# %% wrong | padding-in-place | The in-place &= changes key_is_real where T is 1.
import torch


def combine_masks(key_is_real, allowed):
    m = key_is_real[:, None, None, :]
    if allowed.shape[0] == 1:
        m &= allowed
        return m
    return m & allowed

# %% wrong | b-on-t | key_is_real[None, None] puts the batch on the queries; right only for a batch of one.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return (key_is_real[None, None] & allowed).expand(key_is_real.size(0), -1, -1, -1)

# %% wrong | all-or-nothing | A sequence with any padding at all is closed as a whole.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real.all(dim=1)[:, None, None, None] & allowed
