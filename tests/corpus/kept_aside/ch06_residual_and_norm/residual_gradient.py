# %% wrong | twice-identity | adds the identity twice in each layer
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J + 2 * eye if residual else J) @ p
    return p

# %% wrong | first-order | only the paths through one layer at most, and the full one
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = J @ p
    return p + (eye + jacobians.sum(0) if residual and len(jacobians) > 1 else eye if residual else 0)

# %% wrong | matrix-power | takes the mean Jacobian for every layer
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    J = jacobians.mean(0)
    return torch.linalg.matrix_power((J + eye if residual else J), len(jacobians))

# %% wrong | view | fails for what is not contiguous
import torch


def residual_gradient(jacobians, residual):
    jacobians = jacobians.view(-1, jacobians.shape[-1], jacobians.shape[-1]).view(-1).view(jacobians.shape)
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J + eye if residual else J) @ p
    return p

# %% wrong | normalised | halves each residual factor
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = ((J + eye) / 2 if residual else J) @ p
    return p

# %% wrong | identity-kept | an identity in the sum at the end as well
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J + eye if residual else J) @ p
    return p + (eye if residual else 0)

# %% right | reduce | functools.reduce
import torch


def residual_gradient(jacobians, residual):
    from functools import reduce
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    return reduce(lambda p, J: (J + eye if residual else J) @ p, jacobians, eye)

# %% right | batched | all factors at once
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for A in (jacobians + eye if residual else jacobians).unbind(0):
        p = A.matmul(p)
    return p

# %% right | tree | recursion over halves
import torch


def residual_gradient(jacobians, residual):
    eye = torch.eye(jacobians.shape[-1], dtype=jacobians.dtype)
    def go(a):
        if len(a) == 1:
            return a[0] + eye if residual else a[0].clone()
        m = len(a) // 2
        return go(a[m:]) @ go(a[:m])
    return go(jacobians)
