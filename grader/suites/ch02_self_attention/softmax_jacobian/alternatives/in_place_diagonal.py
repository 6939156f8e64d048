"""The negative products first, then p added on a view of the diagonal."""


def softmax_jacobian(p):
    jacobian = -(p[..., :, None] @ p[..., None, :])
    jacobian.diagonal(dim1=-2, dim2=-1).add_(p)
    return jacobian
