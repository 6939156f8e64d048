# %% wrong | divides-then-multiplies | `/ 2 * bandwidth**2` multiplies by the variance (precedence): right at bandwidth 1 and on the symmetric example
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    """Estimate a function at new points from known ones (Nadaraya–Watson).

    The estimate at a query is the average of the known values, weighted by a Gaussian kernel of
    the distance: K(q, k) = exp(−(q − k)² / (2·σ²)), where σ is the bandwidth, divided by the sum
    of these kernels over all keys.

    Args:
        queries (n): the points at which to estimate.
        keys (m): the points at which the function is known.
        values (m): what it is there.
        bandwidth: σ > 0, a Python number: the kernel's standard deviation, not its variance.

    Returns:
        estimates (n): a new tensor with the dtype of the inputs. A query so far from every key
        that all its kernels underflow to 0 still gets its estimate, in the limit the value of
        the nearest key, and never NaN. Gradients flow back to the three tensors, and are finite
        for such a query as well. The inputs are left as they were.

    >>> keys, values = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([5.0, 7.0, 9.0])
    >>> kernel_regression(torch.tensor([1.0, 500.0]), keys, values, bandwidth=0.5)
    tensor([7., 9.])
    >>> kernel_regression(torch.tensor([0.0]), keys[:2], values[:2], bandwidth=1.0)
    tensor([5.7551])
    """
    d2 = (queries[:, None] - keys[None, :]) ** 2
    weights = torch.softmax(-d2 / 2 * bandwidth**2, dim=1)
    return weights @ values

# %% wrong | absolute-distance | uses |q - k| in place of its square, which agrees at distances 0 and 1
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    distance = (queries.unsqueeze(1) - keys.unsqueeze(0)).abs()
    weights = torch.softmax(-distance / (2 * bandwidth**2), dim=-1)
    return weights @ values

# %% wrong | bandwidth-not-squared | divides by 2 * bandwidth, as if it were the variance
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    scores = -((queries[:, None] - keys) ** 2) / (2 * bandwidth)
    return (torch.softmax(scores, dim=1) * values).sum(dim=1)

# %% wrong | where-after-division | replaces 0/0 by the nearest value with torch.where: right forward, NaN gradients for the far query
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    d = queries[:, None] - keys[None, :]
    k = torch.exp(-d**2 / (2 * bandwidth**2))
    total = k.sum(dim=1)
    nearest = values[d.abs().argmin(dim=1)]
    return torch.where(total > 0, (k @ values) / total, nearest)

# %% wrong | argmin-fallback | query by query, and where all kernels underflow takes values[argmin]: two equally near keys get one value instead of their average
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    estimates = []
    for q in queries:
        k = torch.exp(-((q - keys) ** 2) / (2 * bandwidth**2))
        if k.sum() == 0:
            estimates.append(values[(q - keys).abs().argmin()])
        else:
            estimates.append((k * values).sum() / k.sum())
    return torch.stack(estimates)

# %% wrong | eps-in-sum | adds 1e-10 to the sum of kernels, so far queries are estimated as 0
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    k = torch.exp(-0.5 * ((queries.view(-1, 1) - keys.view(1, -1)) / bandwidth) ** 2)
    return (k @ values) / (k.sum(dim=1) + 1e-10)

# %% wrong | clamped-exponent | clamps the exponents at -80 so that no kernel underflows, which gives far queries the mean of all values
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    expo = -((queries[:, None] - keys[None, :]) ** 2) / (2 * bandwidth**2)
    k = torch.exp(expo.clamp(min=-80))
    return (k * values).sum(1) / k.sum(1)

# %% wrong | root-then-square | takes the root of the squared distance and squares it again, so a query exactly on a key has a NaN gradient
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    distance = torch.sqrt((queries[:, None] - keys[None, :]) ** 2)
    scores = -(distance / bandwidth) ** 2 / 2
    return torch.softmax(scores, dim=1) @ values

# %% wrong | expanded-square | writes the square out as q² - 2qk + k², which in float32 cancels for points far from the origin (around 10000)
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    q = queries.unsqueeze(1)
    d2 = q**2 - 2 * q * keys + keys**2
    return torch.softmax(-d2 / (2 * bandwidth * bandwidth), dim=1) @ values

# %% wrong | softmax-over-queries | builds (m, n) and normalises over the queries instead of over the keys
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    scores = -((keys.unsqueeze(1) - queries) ** 2) / (2 * bandwidth**2)   # (m, n)
    weights = torch.softmax(scores, dim=1)
    return values @ weights

# %% wrong | column-result | values.unsqueeze(1) leaves the result as (n, 1)
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    s = -torch.square(queries.unsqueeze(1) - keys) / (2 * bandwidth**2)
    return torch.softmax(s, dim=1) @ values.unsqueeze(1)

# %% wrong | squeezed-queries | a final squeeze() turns a single query into a 0-dimensional result
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    d = queries.reshape(-1, 1) - keys.reshape(1, -1)
    w = torch.softmax(-(d**2) / (2 * bandwidth**2), dim=1)
    return (w @ values.reshape(-1, 1)).squeeze()

# %% wrong | list-of-items | collects .item() numbers, so there is no gradient and float64 comes back as float32
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    result = []
    for q in queries:
        w = torch.softmax(-((q - keys) ** 2) / (2 * bandwidth**2), dim=0)
        result.append((w @ values).item())
    return torch.tensor(result)

# %% wrong | global-shift | subtracts the largest exponent of the whole matrix, so a far query next to a near one still underflows to NaN
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    s = -((queries[:, None] - keys[None, :]) ** 2) / (2 * bandwidth**2)
    k = torch.exp(s - s.max())
    return (k @ values) / k.sum(dim=1)

# %% right | softmax | scores and a softmax over the keys
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    """Estimate a function at new points from known ones (Nadaraya–Watson).

    The estimate at a query is the average of the known values, weighted by a Gaussian kernel of
    the distance: K(q, k) = exp(−(q − k)² / (2·σ²)), where σ is the bandwidth, divided by the sum
    of these kernels over all keys.

    Args:
        queries (n): the points at which to estimate.
        keys (m): the points at which the function is known.
        values (m): what it is there.
        bandwidth: σ > 0, a Python number: the kernel's standard deviation, not its variance.

    Returns:
        estimates (n): a new tensor with the dtype of the inputs. A query so far from every key
        that all its kernels underflow to 0 still gets its estimate, in the limit the value of
        the nearest key, and never NaN. Gradients flow back to the three tensors, and are finite
        for such a query as well. The inputs are left as they were.

    >>> keys, values = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([5.0, 7.0, 9.0])
    >>> kernel_regression(torch.tensor([1.0, 500.0]), keys, values, bandwidth=0.5)
    tensor([7., 9.])
    >>> kernel_regression(torch.tensor([0.0]), keys[:2], values[:2], bandwidth=1.0)
    tensor([5.7551])
    """
    difference = (queries.unsqueeze(1) - keys) / bandwidth
    weights = torch.softmax(-0.5 * difference**2, dim=1)
    return weights @ values

# %% right | query-by-query | a loop over the queries with the smallest squared distance taken off
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    out = []
    for q in queries.unbind():
        d2 = (keys - q).square()
        k = torch.exp((d2.min().detach() - d2) / (2.0 * bandwidth**2))
        out.append(torch.dot(k / k.sum(), values))
    return torch.stack(out)

# %% right | log-weights | log weights by logsumexp in float64, einsum, cast back
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    q, k, v = (t.to(torch.float64) for t in (queries, keys, values))
    s = -((q[:, None] - k[None, :]) ** 2) / (2 * bandwidth**2)
    log_w = s - torch.logsumexp(s, dim=1, keepdim=True)
    return torch.einsum("nm,m->n", log_w.exp(), v).to(queries.dtype)
