"""Windows of T columns from all starting points; query t takes the one that fits."""


def relative_shift(scores):
    T, R = scores.shape[-2:]
    if R - T != T - 1:
        raise ValueError("wrong size")
    windows = scores.unfold(-1, T, 1)  # (B, H, T, T, T): query, start, key
    return windows.flip(3).diagonal(dim1=2, dim2=3).movedim(-1, 2)
