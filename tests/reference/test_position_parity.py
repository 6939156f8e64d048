"""ALiBi and T5's buckets against `transformers`."""

import pytest
import torch
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.t5.modeling_t5 import T5Attention

from reference.relative_positions import alibi_bias, relative_position_bucket


@pytest.mark.parametrize("n_heads", [1, 2, 3, 6, 8, 12, 16, 20])
def test_alibi_gives_the_weights_of_bloom(n_heads):
    """Bloom counts keys from the start; under a softmax only differences along a row matter."""
    T = 9
    theirs = build_alibi_tensor(torch.ones(1, T), n_heads, torch.float32).view(n_heads, 1, T)
    ours = alibi_bias(n_heads, T)
    assert ours.diagonal(dim1=-2, dim2=-1).abs().max() == 0
    for t in range(T):
        shifted = theirs[:, 0, : t + 1] - theirs[:, 0, t : t + 1]
        torch.testing.assert_close(ours[:, t, : t + 1], shifted, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("n_buckets", "max_distance"), [(32, 128), (10, 20), (8, 1000)])
def test_buckets_equal_those_of_t5(bidirectional, n_buckets, max_distance):
    relative = torch.arange(-1500, 1501)
    ours = relative_position_bucket(relative, bidirectional, n_buckets, max_distance)
    theirs = T5Attention._relative_position_bucket(
        relative, bidirectional, num_buckets=n_buckets, max_distance=max_distance
    )
    assert torch.equal(ours, theirs)
    used = set(range(n_buckets))
    if bidirectional:
        used -= {n_buckets // 2}  # "to the right, at distance 0" never happens
    assert set(ours.tolist()) == used
