"""From PyTorch's encoder layer to ours: the same numbers under other names."""

from collections.abc import Mapping

import torch


def load_torch_encoder_layer(state_dict: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Turn the state dict of an `nn.TransformerEncoderLayer` into one for your `EncoderLayer`.

    Args:
        state_dict: The twelve tensors of an `nn.TransformerEncoderLayer` with biases, of any
            floating-point dtype, by their names there, in any order:
            self_attn.in_proj_weight (3·D, D), rows of the queries, then keys, then values;
            self_attn.in_proj_bias (3·D), in the same order;
            self_attn.out_proj.weight (D, D), self_attn.out_proj.bias (D);
            linear1.weight (F, D), linear1.bias (F), linear2.weight (D, F), linear2.bias (D);
            norm1.weight, norm1.bias, norm2.weight, norm2.bias, each (D).
            The dictionary and its tensors are not changed. Any size may be 1.

    Returns:
        The sixteen tensors of the exercise `encoder_layer`, by these names, in any
        order (an OrderedDict will do as well):
            self_attention.w_q.weight, .w_k.weight, .w_v.weight, .w_o.weight, each (D, D);
            self_attention.w_q.bias, .w_k.bias, .w_v.bias, .w_o.bias, each (D);
            feed_forward.linear1.weight (F, D), feed_forward.linear1.bias (F);
            feed_forward.linear2.weight (D, F), feed_forward.linear2.bias (D);
            norm1.weight, norm1.bias, norm2.weight, norm2.bias, each (D).
        Each number arrives exactly as it was, in its dtype. The tensors may share memory with those
        of the argument or not, as you like.

    A state dict does not say whether the norms come first, how many heads there are, and which
    activation is used. So these are not your concern here. Whoever makes the two layers makes them
    alike, with relu.

    Raises:
        ValueError: one of the twelve names is missing, as with bias=False; or there is another
            name besides them, as where the dictionary is of a whole encoder. Both are checked.

    Source: the documentation of `torch.nn.TransformerEncoderLayer`.

    >>> layer = torch.nn.TransformerEncoderLayer(6, nhead=2, dim_feedforward=10, batch_first=True)
    >>> ours = load_torch_encoder_layer(layer.state_dict())
    >>> len(ours), tuple(ours["self_attention.w_k.weight"].shape)
    (16, (6, 6))
    >>> bool((ours["self_attention.w_k.bias"] == layer.self_attn.in_proj_bias[6:12]).all())
    True
    """
    raise NotImplementedError
