"""The cache returns what was put in, in order, in whatever chunks and however little room."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from reference.cache import KVCache


@given(st.lists(st.integers(1, 7), min_size=1, max_size=8), st.integers(1, 30))
def test_appended_chunks_come_back_as_one(chunks, capacity):
    k, v = torch.randn(2, 3, sum(chunks), 5), torch.randn(2, 3, sum(chunks), 4)
    cache, seen = KVCache(capacity), 0
    assert cache.length == 0
    for size, k_part, v_part in zip(chunks, k.split(chunks, 2), v.split(chunks, 2), strict=True):
        seen += size
        all_k, all_v = cache.append(k_part, v_part)
        assert cache.length == seen
        assert torch.equal(all_k, k[:, :, :seen])
        assert torch.equal(all_v, v[:, :, :seen])


def test_what_fits_is_never_copied_and_growth_doubles():
    cache = KVCache(capacity=4)
    addresses = []
    for _ in range(16):
        k, _ = cache.append(torch.randn(1, 1, 1, 2), torch.randn(1, 1, 1, 2))
        addresses.append(k.untyped_storage().data_ptr())
        room = k.untyped_storage().nbytes() // 8
        assert room == next(size for size in (4, 8, 16) if size >= cache.length)
    assert len(set(addresses[:4])) == len(set(addresses[4:8])) == len(set(addresses[8:])) == 1


def test_the_cache_keeps_dtype_and_leaves_its_inputs_alone():
    k, v = torch.randn(1, 2, 3, 4).bfloat16(), torch.randn(1, 2, 3, 4).bfloat16()
    before = k.clone()
    cache = KVCache(8)
    all_k, _ = cache.append(k, v)
    all_k.zero_()
    assert all_k.dtype == torch.bfloat16
    assert torch.equal(k, before)
