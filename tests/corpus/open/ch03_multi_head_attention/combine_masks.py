# %% right | none-and | indexing with None and &
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, None, :] & allowed

# %% right | triple-loop | loops over b, t and s
import torch


def combine_masks(key_is_real, allowed):
    B, S = key_is_real.shape
    T = allowed.shape[0]
    result = torch.zeros(B, 1, T, S, dtype=torch.bool)
    for b in range(B):
        for t in range(T):
            for s in range(S):
                if key_is_real[b, s] and allowed[t, s]:
                    result[b, 0, t, s] = True
    return result

# %% right | logical-and | unsqueeze and logical_and
import torch


def combine_masks(key_is_real, allowed):
    padding = key_is_real.unsqueeze(1).unsqueeze(2)        # (B, 1, 1, S)
    pattern = allowed.unsqueeze(0).unsqueeze(0)            # (1, 1, T, S)
    return torch.logical_and(padding, pattern)

# %% right | expand-both | both expanded to the full shape first
import torch


def combine_masks(key_is_real, allowed):
    B, S = key_is_real.shape
    T, _ = allowed.shape
    padding = key_is_real.reshape(B, 1, 1, S).expand(B, 1, T, S)
    pattern = allowed.expand(B, 1, T, S)
    return padding.logical_and(pattern)

# %% right | clone-and-clear | a clone per sequence with the padding columns cleared
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    masks = []
    for row in key_is_real:
        one = allowed.clone()
        one[:, ~row] = False            # nobody looks at padding
        masks.append(one)
    return torch.stack(masks).unsqueeze(1)

# %% right | de-morgan | forbidden where either forbids, negated
import torch


def combine_masks(key_is_real, allowed):
    is_padding = ~key_is_real
    is_forbidden = ~allowed
    closed = is_padding[:, None, :] | is_forbidden[None]
    return ~closed[:, None]

# %% wrong | or | Joined by OR, though both conditions must hold.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, None, :] | allowed

# %% wrong | no-head-dimension | The result is (B, T, S), so its B would fall on the heads.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, :] & allowed

# %% wrong | padding-on-queries | Padding is put on the queries' dimension (fits only T = S), so padded rows are closed instead of padded columns.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, :, None] & allowed

# %% wrong | padding-query-closed | Rows of padding queries are closed as well, though that makes no difference by the stub.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, None, :] & key_is_real[:, None, :allowed.size(0), None] & allowed

# %% wrong | inverted | True means forbidden, as in nn.MultiheadAttention.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return ~(key_is_real[:, None, None, :] & allowed)

# %% wrong | padding-negated | key_is_real is taken for a padding mask and negated.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return ~key_is_real[:, None, None, :] & allowed

# %% wrong | additive-float | A float mask of 0 and -inf is returned, not a Boolean one.
import torch


def combine_masks(key_is_real, allowed):
    ok = key_is_real[:, None, None, :] & allowed
    mask = torch.zeros(ok.shape)
    return mask.masked_fill(~ok, float("-inf"))

# %% wrong | float-product | The product of floats has the dtype float32, not bool.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, None, :].float() * allowed.float()

# %% wrong | assumes-causal | The pattern is ignored and a causal one is built.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    T, S = allowed.shape
    allowed = torch.ones(T, S, dtype=torch.bool).tril()
    return key_is_real[:, None, None, :] & allowed

# %% wrong | causal-and-pattern | The pattern is cut to its lower triangle, though any pattern is possible.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, None, :] & allowed.tril()

# %% wrong | pattern-transposed | The pattern is turned over: rows as keys.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, None, :] & allowed.T

# %% wrong | ignores-padding | Only the pattern is used.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return allowed.expand(key_is_real.size(0), 1, -1, -1)

# %% wrong | ignores-pattern | Only padding counts; the result has (B, 1, 1, S).
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, None, :]

# %% wrong | opens-empty-rows | Rows in which nothing is allowed are opened, though they stay all False.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    m = key_is_real[:, None, None, :] & allowed
    empty = ~m.any(dim=-1, keepdim=True)
    return m | empty

# %% wrong | self-always-allowed | The diagonal is opened so that no row is empty.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    masks = []
    for row in key_is_real:
        one = allowed.clone()
        one[:, ~row] = False            # nobody looks at padding
        one.fill_diagonal_(True)
        masks.append(one)
    return torch.stack(masks).unsqueeze(1)

# %% wrong | changes-allowed | allowed is narrowed in place: the argument is changed, and later sequences lose the padding of the earlier ones.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    masks = []
    for row in key_is_real:
        one = allowed
        one[:, ~row] = False            # nobody looks at padding
        masks.append(one)
    return torch.stack(masks).unsqueeze(1)

# %% wrong | batch-joined | A key must be real in all sequences; the padding of one closes it for all.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    masks = []
    everywhere = key_is_real.all(dim=0)
    for row in everywhere.expand_as(key_is_real):
        one = allowed.clone()
        one[:, ~row] = False            # nobody looks at padding
        masks.append(one)
    return torch.stack(masks).unsqueeze(1)

# %% wrong | square-loops | The loops run over S for the queries too; wrong where T and S differ.
import torch


def combine_masks(key_is_real, allowed):
    B, S = key_is_real.shape
    T = allowed.shape[0]
    result = torch.zeros(B, 1, S, S, dtype=torch.bool)
    for b in range(B):
        for t in range(S):
            for s in range(S):
                if key_is_real[b, s] and allowed[t, s]:
                    result[b, 0, t, s] = True
    return result

# %% wrong | head-dim-first | The head dimension stands before the batch: (1, B, T, S).
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[None, :, None, :] & allowed

# %% wrong | xnor | Compares with ==, so a pair that both masks forbid comes out open.
import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return key_is_real[:, None, None, :] == allowed
