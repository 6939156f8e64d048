"""The road to attention: why recurrence forgets, and the first scores that looked back.

Sources: Pascanu et al., "On the Difficulty of Training Recurrent Neural Networks" (2013); Nadaraya
and Watson (1964); Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and
Translate" (2015); Luong et al., "Effective Approaches to Attention-based NMT" (2015).
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from reference.attention import masked_softmax, softmax


def rnn_gradient_norms(
    w: Float[Tensor, "h h"],
    u: Float[Tensor, "h d"],
    xs: Float[Tensor, "T d"],
    h0: Float[Tensor, " h"],
) -> Float[Tensor, " T"]:
    """How much the last state of h_t = tanh(W h_{t−1} + U x_t) still feels each earlier one.

    Returns:
        The Frobenius norm of ∂h_T/∂h_t for t = 1 … T. The last is √h. Going back in time the others
        fall or rise about geometrically, by at most the largest singular value of W per step.
    """
    states = [h0]
    for x in xs:
        states.append(torch.tanh(w @ states[-1] + u @ x))
    jacobian = torch.eye(len(h0), dtype=h0.dtype, device=h0.device)  # ∂h_T/∂h_T
    norms = [jacobian.norm()]
    for h in reversed(states[2:]):  # h_T … h_2
        jacobian = jacobian @ ((1 - h**2)[:, None] * w)  # · ∂h_t/∂h_{t−1}
        norms.append(jacobian.norm())
    return torch.stack(norms[::-1])


def kernel_regression(
    queries: Float[Tensor, " n"],
    keys: Float[Tensor, " m"],
    values: Float[Tensor, " m"],
    bandwidth: float,
) -> Float[Tensor, " n"]:
    """Attention of 1964: an average of values, weighted by exp(−(query − key)² / 2·bandwidth²)."""
    distances = (queries[:, None] - keys) / bandwidth  # (n, m)
    return softmax(-(distances**2) / 2) @ values


def soft_lookup(
    query: Float[Tensor, " d"], keys: Float[Tensor, "S d"], values: Float[Tensor, "S e"]
) -> Float[Tensor, " e"]:
    """A dictionary that answers with every value, weighted by how well its key fits the query."""
    return softmax(keys @ query) @ values


def additive_score(
    query: Float[Tensor, "B T q"],
    keys: Float[Tensor, "B S k"],
    w_query: Float[Tensor, "h q"],
    w_key: Float[Tensor, "h k"],
    v: Float[Tensor, " h"],
) -> Float[Tensor, "B T S"]:
    """vᵀ tanh(W_q q + W_k k): a small network compares each query with each key (Bahdanau)."""
    hidden = (query @ w_query.T)[:, :, None] + (keys @ w_key.T)[:, None]  # (B, T, S, h)
    return torch.tanh(hidden) @ v


def multiplicative_score(
    query: Float[Tensor, "B T q"], keys: Float[Tensor, "B S k"], weight: Float[Tensor, "q k"]
) -> Float[Tensor, "B T S"]:
    """qᵀ W k: one matrix product compares all of them (Luong's "general" score)."""
    return query @ weight @ keys.mT


class AttentionDecoderCell(nn.Module):
    """One step of a recurrent decoder that looks back at every encoder state (Bahdanau).

    The old state asks; the context that comes back enters the new state along with the embedding.

    Args:
        d_embed: width e of the embedded input token.
        d_hidden: width h of the state, and of the scoring network.
        d_encoder: width c of the encoder states.
    """

    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self,
        y: Float[Tensor, "B e"],
        h: Float[Tensor, "B h"],
        encoder: Float[Tensor, "B S c"],
        mask: Bool[Tensor, "B S"],
    ) -> tuple[Float[Tensor, "B h"], Float[Tensor, "B S"]]:
        """The next state, and the weights with which the encoder states were read.

        Args:
            y: embedding of the previous token.
            h: previous state.
            encoder: states of the source.
            mask: True where the source token is real.
        """
        scores = additive_score(
            h[:, None], encoder, self.w_query.weight, self.w_key.weight, self.v.weight[0]
        )  # (B, 1, S)
        weights = masked_softmax(scores, mask[:, None])  # (B, 1, S)
        context = (weights @ encoder)[:, 0]  # (B, c)
        state: Tensor = self.gru(torch.cat((y, context), dim=-1), h)
        return state, weights[:, 0]
