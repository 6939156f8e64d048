"""A roll, whose first column is overwritten."""


def shift_right(tokens, bos_id, pad_id):
    result = tokens.clone()
    result[result < 0] = pad_id
    result = result.roll(1, 1)
    result[:, 0] = bos_id
    return result
