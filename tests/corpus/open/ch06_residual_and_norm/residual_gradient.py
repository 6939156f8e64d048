# %% wrong | turned-round | first layer on the left
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = p @ (J + eye if residual else J)
    return p

# %% wrong | identity-once | one identity for the whole product
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = J @ p
    return p + (eye if residual else 0)

# %% wrong | sum | adds the Jacobians and the identity
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    return eye + jacobians.sum(0) if residual else torch.linalg.multi_dot([*jacobians.flip(0), eye])

# %% wrong | plus-one | adds 1 to each entry
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J + 1 if residual else J) @ p
    return p

# %% wrong | transposed | result is transposed
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J + eye if residual else J) @ p
    return p.T

# %% wrong | each-transposed | rows taken for inputs
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J.T + eye if residual else J.T) @ p
    return p

# %% wrong | elementwise | multiplies entry by entry
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J + eye if residual else J) * p
    return p

# %% wrong | flag-turned | residual means the opposite
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J if residual else J + eye) @ p
    return p

# %% wrong | flag-ignored | always with residual connections
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J + eye) @ p
    return p

# %% wrong | float32-eye | float64 comes back as float32
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=torch.float32)
    p = eye
    for J in jacobians:
        p = (J.float() + eye if residual else J.float()) @ p
    return p

# %% wrong | in-place | adds the identity into the argument
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    if residual:
        jacobians += eye
    for J in jacobians:
        p = J @ p
    return p

# %% wrong | last-layer-lost | leaves out the last layer
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians[:-1]:
        p = (J + eye if residual else J) @ p
    return p

# %% wrong | minus | subtracts the Jacobian
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (eye - J if residual else J) @ p
    return p

# %% wrong | first-without-identity | the first factor lacks its identity
import torch


def residual_gradient(jacobians, residual):
    eye = torch.eye(jacobians.shape[-1], dtype=jacobians.dtype)
    p = jacobians[0]
    for J in jacobians[1:]:
        p = (J + eye if residual else J) @ p
    return p

# %% right | loop | factor @ product
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = (J + eye if residual else J) @ p
    return p

# %% right | p-plus | p + J p
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians:
        p = J @ p + p if residual else J @ p
    return p

# %% right | reverse | from the last layer backwards
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    for J in jacobians.flip(0):
        p = p @ (J + eye if residual else J)
    return p

# %% right | einsum | einsum in float64
import torch


def residual_gradient(jacobians, residual):
    p = torch.eye(jacobians.shape[-1]).double()
    for J in jacobians.double():
        q = torch.einsum('ij,jk->ik', J, p)
        p = p + q if residual else q
    return p.to(jacobians.dtype)

# %% right | columns | carries each unit vector through
import torch


def residual_gradient(jacobians, residual):
    D = jacobians.shape[-1]
    eye = torch.eye(D, dtype=jacobians.dtype)
    p = eye
    cols = []
    for v in eye:
        for J in jacobians:
            v = J @ v + v if residual else J @ v
        cols.append(v)
    return torch.stack(cols, dim=1)
