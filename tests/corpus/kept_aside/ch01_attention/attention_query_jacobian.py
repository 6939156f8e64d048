# %% wrong | not-centred | E[v kᵀ] without taking the means off, right where the average key is 0 as in the example
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    """The Jacobian ∂o/∂q of a soft lookup, in closed form.

    The lookup is o = Σ_s p_s v_s with the weights p = softmax(K q): plain dot products, not
    scaled. Its Jacobian is the covariance of the values and the keys under the weights p. Write
    it down with sums and products of tensors; autograd is not allowed here.

    Args:
        q (d): the query.
        keys (S, d): the rows of K are the keys k_s.
        values (S, e): the rows are the values v_s.

    Returns:
        jacobian (e, d): entry [i, j] is ∂o_i/∂q_j, a new tensor with the dtype of the inputs.
        Scores of any size (1000, −1000) give a finite result. The inputs are left as they were.

    >>> keys, values = torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), torch.tensor([[4.0], [0.0]])
    >>> attention_query_jacobian(torch.tensor([0.0, 3.0]), keys, values)
    tensor([[2., 0.]])
    """
    p = torch.softmax(keys @ q, dim=0)
    return values.T @ (p[:, None] * keys)

# %% wrong | plain-mean-key | centres the keys with their plain mean instead of the weighted one (and leaves the values as they are), right for equal weights only
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    centred = keys - keys.mean(dim=0)
    return (p.unsqueeze(1) * values).T @ centred

# %% wrong | diagonal-only | uses p(1 - p) for the derivative of each weight and leaves out the cross terms
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    dp = p * (1 - p)
    return torch.einsum("s,se,sd->ed", dp, values, keys)

# %% wrong | transposed-result | the product is the wrong way round and gives (d, e)
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    dk = keys - p @ keys
    dv = values - p @ values
    return (p[:, None] * dk).T @ dv

# %% wrong | weights-twice | multiplies the weights into both factors, so they are squared
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0).unsqueeze(1)
    a = p * (values - (p * values).sum(0))
    b = p * (keys - (p * keys).sum(0))
    return a.T @ b

# %% wrong | unbiased-cov | torch.cov with its default correction of 1, which divides by 1 - Σp² (and by 0 for a one-hot row)
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    both = torch.cat([values, keys], dim=1).T
    c = torch.cov(both, aweights=p)
    e = values.shape[1]
    return c[:e, e:]

# %% wrong | finite-difference | central differences with a step of 1e-3: in float32 only a few digits are right, and none where scores are large
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    def lookup(x):
        return torch.softmax(keys @ x, dim=0) @ values

    h = 1e-3
    columns = []
    for j in range(len(q)):
        step = torch.zeros_like(q)
        step[j] = h
        columns.append((lookup(q + step) - lookup(q - step)) / (2 * h))
    return torch.stack(columns, dim=1)

# %% wrong | raw-exponentials | weights from exp without a shift: inf / inf = NaN for scores of 1000, 0 / 0 for -1000
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    e = torch.exp(keys @ q)
    p = e / e.sum()
    return (p[:, None] * (values - p @ values)).T @ (keys - p @ keys)

# %% wrong | keys-centred-in-place | centres keys and values with -=, which changes the caller's tensors
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    keys -= p @ keys
    values -= p @ values
    return values.T @ torch.diag(p) @ keys

# %% wrong | scaled | divides scores and Jacobian by the root of d although the lookup is not scaled
import math

import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    scale = math.sqrt(q.numel())
    p = torch.softmax(keys @ q / scale, dim=0)
    return (p[:, None] * values).T @ (keys - p @ keys) / scale

# %% wrong | zeros-float32 | adds outer products into torch.zeros(e, d), which is float32 for float64 inputs too
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    o, mean_key = p @ values, p @ keys
    jac = torch.zeros(values.shape[1], len(q))
    for s in range(len(keys)):
        jac += p[s] * torch.outer(values[s] - o, keys[s] - mean_key)
    return jac

# %% wrong | weights-along-columns | multiplies p without a new axis, so the weights run along the columns: works only where S equals e (or S is 1)
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    o = p @ values
    k_bar = p @ keys
    return (p * (values - o)).T @ (keys - k_bar)

# %% wrong | weights-jacobian-only | stops at the derivative of the weights, p_s (k_s - k̄), and returns it, (S, d), without the values
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    return p[:, None] * (keys - p @ keys)

# %% wrong | first-value-column | keeps only one column of the values with values[:, 0], right for e = 1 and repeated over the rows else
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    dk = p[:, None] * (keys - p @ keys)
    row = values[:, 0] @ dk
    return row.expand(values.shape[1], -1).clone()

# %% right | covariance | both sides centred, weights in the rows of one
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    """The Jacobian ∂o/∂q of a soft lookup, in closed form.

    The lookup is o = Σ_s p_s v_s with the weights p = softmax(K q): plain dot products, not
    scaled. Its Jacobian is the covariance of the values and the keys under the weights p. Write
    it down with sums and products of tensors; autograd is not allowed here.

    Args:
        q (d): the query.
        keys (S, d): the rows of K are the keys k_s.
        values (S, e): the rows are the values v_s.

    Returns:
        jacobian (e, d): entry [i, j] is ∂o_i/∂q_j, a new tensor with the dtype of the inputs.
        Scores of any size (1000, −1000) give a finite result. The inputs are left as they were.

    >>> keys, values = torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), torch.tensor([[4.0], [0.0]])
    >>> attention_query_jacobian(torch.tensor([0.0, 3.0]), keys, values)
    tensor([[2., 0.]])
    """
    p = torch.softmax(keys @ q, dim=0)
    dv = values - p @ values
    dk = keys - p @ keys
    jacobian = dv.T @ (p.unsqueeze(1) * dk)
    return jacobian

# %% right | softmax-matrix | through the matrix diag(p) - p pᵀ in float64
import torch


def weights_of(q, keys):
    s = keys.double() @ q.double()
    e = torch.exp(s - s.max())
    return e / e.sum()


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = weights_of(q, keys)
    m = torch.diag(p) - torch.outer(p, p)
    return (values.double().T @ m @ keys.double()).to(q.dtype)

# %% right | cov-population | torch.cov with weights and correction=0, one block of it
import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    table = torch.cat([values, keys], dim=1).T
    e = values.size(1)
    return torch.cov(table, correction=0, aweights=p)[:e, e:].clone()

# %% right | outer-products | a loop of outer products under no_grad; comments in French
import torch


@torch.no_grad()
def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    poids = torch.softmax(torch.mv(keys, q), dim=0)
    moyenne = (poids[:, None] * keys).sum(dim=0)  # clé moyenne
    sortie = (poids[:, None] * values).sum(dim=0)
    total = values.new_zeros(values.shape[1], keys.shape[1])
    # somme des produits extérieurs, pondérée
    for poid, cle, valeur in zip(poids, keys, values):
        total = total + poid * torch.outer(valeur - sortie, cle - moyenne)
    return total


if __name__ == "__main__":
    print(attention_query_jacobian(torch.zeros(1), torch.tensor([[1.0], [-1.0]]), torch.tensor([[1.0], [0.0]])))
