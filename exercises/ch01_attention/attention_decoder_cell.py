"""One step of a recurrent decoder that looks back at the encoder."""

import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    """One decoder step with additive attention: score, look up, then update the state.

    1. Score encoder state z_s against the *old* state h: v_a · tanh(W_q h + W_k z_s).
    2. Softmax over the positions that the mask allows gives the weights.
    3. The context is the sum of the encoder states times their weights.
    4. A GRU cell takes [y; context] (the embedding first) as its input and moves h to h'.

    Args:
        d_embed: the width of the embedded previous token.
        d_hidden: the width of the decoder state and of the scoring network.
        d_encoder: the width of an encoder state.

    The parameters have these names and shapes, and there are no others:

        w_query.weight (d_hidden, d_hidden)              W_q
        w_key.weight (d_hidden, d_encoder)               W_k
        v.weight (1, d_hidden)                           v_a
        gru.weight_ih (3·d_hidden, d_embed + d_encoder)  gru.bias_ih (3·d_hidden)
        gru.weight_hh (3·d_hidden, d_hidden)             gru.bias_hh (3·d_hidden)

    `gru` has its parameters as in `nn.GRUCell`, which you may use. The three layers of the score
    have no bias. Initialise all of them as you like.

    >>> cell = AttentionDecoderCell(d_embed=3, d_hidden=4, d_encoder=5)
    >>> mask = torch.tensor([[True, False, False], [True, True, True]])
    >>> h, weights = cell(torch.zeros(2, 3), torch.zeros(2, 4), torch.ones(2, 3, 5), mask)
    >>> h.shape
    torch.Size([2, 4])
    >>> weights.detach()
    tensor([[1.0000, 0.0000, 0.0000],
            [0.3333, 0.3333, 0.3333]])
    """

    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Take one step.

        The inputs have the dtype of the parameters, float32 or float64. They need not be
        contiguous. Nothing is kept from one step to the next.

        Args:
            y (B, d_embed): the embedded previous token.
            h (B, d_hidden): the decoder state before this step.
            encoder (B, S, d_encoder): the encoder states z_1 … z_S.
            mask (B, S): boolean, True where an encoder state is real, False where it is padding.

        Returns:
            (h', weights): the new state (B, d_hidden) and the attention weights (B, S).
            Padding has a weight of exactly 0, and its content makes no difference, up
            to numbers of 1e30. Where a row of the mask is all False, the weights and
            the context are 0. Gradients flow back to y, h, the encoder states and all
            parameters, and are finite in all of these cases. The inputs are left as
            they were.
        """
        raise NotImplementedError
