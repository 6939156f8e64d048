"""The cache and attention that decodes with it: equal to the whole pass, however it is cut."""

import pytest
import torch
import torch.nn.functional as F

import reference

LINEAR = ("w_q", "w_k", "w_v", "w_o")

WATCH = """
from torch.overrides import TorchFunctionMode

PRODUCTS = {"matmul", "__matmul__", "linear", "einsum", "bmm", "mm", "baddbmm", "addmm"}


class Products(TorchFunctionMode):
    largest = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if getattr(function, "__name__", "") in PRODUCTS:
            self.largest = max(self.largest, result.numel())
        return result


def watched(layer, x, cache):
    global products
    with Products() as products:
        return layer(x, cache)

# Asked apart: right ways differ in it, so beside a wrong result it would speak against its reason.
def largest():
    return products.largest
"""


def drawn_weights(rng, D, max_len, dtype=torch.float32):
    weights = {"position.weight": rng.normal(max_len, D, dtype=dtype)}
    for name in LINEAR:
        weights[f"{name}.weight"] = rng.normal(D, D, scale=1.2 * D**-0.5, dtype=dtype)
        weights[f"{name}.bias"] = rng.normal(D, scale=0.5, dtype=dtype)
    return weights


def given_layer(submission, rng, D, H, max_len, dtype=torch.float32):
    """A layer and the weights that it was given."""
    layer = submission.CachedSelfAttention(D, H, max_len).to(dtype)
    weights = drawn_weights(rng, D, max_len, dtype)
    layer.load_state_dict(weights)
    return layer, weights


def projected(x, w, name, H):
    linear = F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])
    return linear.unflatten(-1, (H, -1)).transpose(1, 2)  # (B, H, T, d)


def whole_pass(x, w, H):
    """The formula, in the dtype of x."""
    x = x + w["position.weight"][: x.size(1)]
    q, k, v = (projected(x, w, name, H) for name in LINEAR[:3])
    scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
    hidden = torch.ones_like(scores, dtype=torch.bool).triu(1)
    heads = scores.masked_fill(hidden, -torch.inf).softmax(-1) @ v
    return F.linear(heads.transpose(1, 2).flatten(2), w["w_o.weight"], w["w_o.bias"])


def expected_output(x, weights, H):
    exact = whole_pass(x.double(), {name: w.double() for name, w in weights.items()}, H)
    return exact.to(x.dtype)


def pieces(rng, lengths, B=2, H=3, d=4, d_v=5, dtype=torch.float32):
    return [
        (rng.normal(B, H, T, d, dtype=dtype), rng.normal(B, H, T, d_v, dtype=dtype))
        for T in lengths
    ]


def joined(given):
    keys, values = zip(*given, strict=True)
    return torch.cat(keys, dim=2), torch.cat(values, dim=2)


def holds(expect, cache, found, given):
    """What an append has given is all that was appended so far, and the length is its own."""
    expect(found).matches(joined(given))
    number = sum(k.size(2) for k, _ in given)
    expect(cache.length()).equals(number, because="This is the length of the cache.")


@pytest.mark.points(2)
@pytest.mark.parametrize("lengths", [(3, 1, 1, 4), (1, 1, 1), (5, 2)], ids=str)
def test_the_cache_gives_all_that_it_holds(submission, rng, expect, lengths):
    """Each append gives all keys and values so far, the oldest first."""
    cache, given = submission.KVCache(), pieces(rng, lengths)
    expect(cache.length()).equals(0, because="A new cache is empty.")
    for n, piece in enumerate(given, start=1):
        holds(expect, cache, cache.append(*piece), given[:n])


def test_a_cache_takes_many_tokens(submission, rng, expect):
    """It goes on for hundreds of tokens, appended one by one or many at once."""
    lengths = (1, 1, 70, 1, 200, 1)
    cache, given = submission.KVCache(), pieces(rng, lengths, B=1, H=1, d=2, d_v=1)
    for n, piece in enumerate(given, start=1):
        holds(expect, cache, cache.append(*piece), given[:n])


@pytest.mark.points(2)
def test_caches_share_nothing(submission, rng, expect):
    """Two caches that are filled in turn hold each its own, of its own sizes."""
    caches = submission.KVCache(), submission.KVCache()
    given = pieces(rng, (2, 1, 3)), pieces(rng, (1, 2, 1), B=1, H=2, d=3, d_v=3)
    for n in range(1, 4):
        for cache, mine in zip(caches, given, strict=True):
            holds(expect, cache, cache.append(*mine[n - 1]), mine[:n])


def test_the_cache_keeps_the_dtype_and_its_arguments(submission, rng, expect):
    """float64 stays float64, transposed tensors count like others, and none is changed."""
    cache = submission.KVCache()
    given = pieces(rng, (3, 2, 1), dtype=torch.float64)
    turned = [[t.transpose(1, 2).contiguous().transpose(1, 2) for t in piece] for piece in given]
    holds(expect, cache, cache.append(k=turned[0][0], v=turned[0][1]), given[:1])
    holds(expect, cache, cache.append(v=turned[1][1], k=turned[1][0]), given[:2])
    after = cache.append.inputs_after(*turned[2])
    for name, now, before in zip("kv", after, given[2], strict=True):
        expect(now).equals(before, because=f"Your call changes {name}.")


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("B", "T", "D", "H"),
    [
        pytest.param(2, 5, 6, 3, id="all sizes different"),
        pytest.param(4, 4, 4, 4, id="all sizes equal"),
        pytest.param(1, 6, 5, 1, id="one head"),
        pytest.param(3, 1, 4, 2, id="one token"),
    ],
)
def test_the_whole_pass(submission, rng, expect, B, T, D, H):
    """Without a cache, each token attends to itself and to all before it."""
    layer, weights = given_layer(submission, rng, D, H, max_len=8)
    x = rng.normal(B, T, D)
    expect(layer(x)).matches(expected_output(x, weights, H))


@pytest.mark.points(3)
@pytest.mark.parametrize(
    "cut",
    [
        pytest.param((1,) * 8, id="one by one"),
        pytest.param((5, 1, 1, 1), id="a prompt, then one by one"),
        pytest.param((3, 4, 1), id="3, 4 and 1"),
        pytest.param((1, 2, 5), id="1, 2 and 5"),
        pytest.param((4, 4), id="two halves"),
        pytest.param((8,), id="all at once"),
    ],
)
def test_pieces_are_equal_to_the_whole(submission, rng, expect, cut):
    """However a sequence is cut, every piece is equal to that of the whole pass."""
    layer, weights = given_layer(submission, rng, 6, 2, max_len=9)
    x, cache, start = rng.normal(2, 8, 6), submission.KVCache(), 0
    expected = expected_output(x, weights, 2)
    for T in cut:
        piece = slice(start, start + T)
        because = f"These are tokens {start} to {start + T - 1}, behind {start} in the cache."
        expect(layer(x[:, piece], cache)).matches(expected[:, piece], because=because)
        start += T
        expect(cache.length()).equals(start, because="This is the length of the cache.")


@pytest.mark.points(2)
def test_two_sequences_in_turn(submission, rng, expect):
    """All that is kept is in the cache: one layer can decode two sequences in turn."""
    layer, weights = given_layer(submission, rng, 6, 3, max_len=8)
    xs, caches = (rng.normal(2, 6, 6), rng.normal(1, 6, 6)), [submission.KVCache() for _ in "ab"]
    expected = [expected_output(x, weights, 3) for x in xs]
    for piece in (slice(0, 3), slice(3, 4), slice(4, 6)):
        for x, cache, right in zip(xs, caches, expected, strict=True):
            expect(layer(x[:, piece], cache=cache)).matches(right[:, piece])
    because = "Without a cache, x is the whole sequence, whatever was decoded before."
    expect(layer(xs[0][:, :4])).matches(expected[0][:, :4], because=because)


def test_two_layers(submission, rng, expect):
    """Two layers, each with a cache of its own, do not disturb each other."""
    layers = [given_layer(submission, rng, 6, 2, max_len=6) for _ in "ab"]
    caches = [submission.KVCache() for _ in layers]
    x = rng.normal(2, 5, 6)
    for piece in (slice(0, 2), slice(2, 5)):
        for (layer, weights), cache in zip(layers, caches, strict=True):
            expected = expected_output(x, weights, 2)[:, piece]
            expect(layer(x[:, piece], cache)).matches(expected)


@pytest.mark.points(2)
def test_the_cache_holds_keys_and_values_of_the_heads(submission, rng, expect):
    """What a layer puts into the cache are its own keys and values, (B, H, T, d)."""
    layer, weights = given_layer(submission, rng, 6, 3, max_len=8)
    x, cache = rng.normal(2, 5, 6), submission.KVCache()
    for piece in (slice(0, 2), slice(2, 5)):
        expect(layer(x[:, piece], cache)).matches(expected_output(x, weights, 3)[:, piece])
    placed = x + weights["position.weight"][:5]
    held = [projected(placed, weights, name, 3) for name in ("w_k", "w_v")]
    more = rng.normal(2, 3, 1, 2), rng.normal(2, 3, 1, 2)
    expect(cache.append(*more)).matches(joined([held, more]))


@pytest.mark.parametrize("cut", [(3, 3), (5, 1), (6,)], ids=str)
def test_the_last_position(submission, rng, expect, cut):
    """Every position may be used, and a token beyond the last is a ValueError."""
    layer, weights = given_layer(submission, rng, 4, 2, max_len=6)
    x, cache, start = rng.normal(2, 6, 4), submission.KVCache(), 0
    for T in cut:
        piece = slice(start, start + T)
        expect(layer(x[:, piece], cache)).matches(expected_output(x, weights, 2)[:, piece])
        start += T
    for T in (1, 3):
        layer.raises(ValueError, rng.normal(2, T, 4), cache)
    layer.raises(ValueError, rng.normal(2, 7, 4))
    layer.raises(ValueError, rng.normal(2, 7, 4), submission.KVCache())


def test_what_is_refused_leaves_no_trace(submission, rng, expect):
    """After a ValueError the cache holds what it held, and decoding goes on from there."""
    layer, weights = given_layer(submission, rng, 4, 2, max_len=6)
    x, cache = rng.normal(2, 6, 4), submission.KVCache()
    right = expected_output(x, weights, 2)
    expect(layer(x[:, :4], cache)).matches(right[:, :4])
    layer.raises(ValueError, rng.normal(2, 3, 4), cache)
    expect(cache.length()).equals(4, because="This is the length of the cache after the error.")
    expect(layer(x[:, 4:], cache)).matches(right[:, 4:])


def test_float64(submission, rng, expect):
    """After `.to(torch.float64)` the layer is as exact, with a cache and without."""
    layer, weights = given_layer(submission, rng, 6, 2, 8, torch.float64)
    x, cache = rng.normal(2, 6, 6, dtype=torch.float64), submission.KVCache()
    expected = expected_output(x, weights, 2)
    expect(layer(x)).matches(expected)
    expect(layer(x[:, :4], cache)).matches(expected[:, :4])
    expect(layer(x[:, 4:], cache)).matches(expected[:, 4:])


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """An x that is not contiguous, such as one turned from (T, B, D), counts like any other."""
    layer, weights = given_layer(submission, rng, 6, 2, max_len=8)
    x, cache = rng.normal(5, 2, 6).transpose(0, 1), submission.KVCache()
    expected = expected_output(x, weights, 2)
    expect(layer(cache=None, x=x)).matches(expected)
    for piece in (slice(0, 3), slice(3, 5)):
        expect(layer(x[:, piece], cache)).matches(expected[:, piece])


@pytest.mark.points(2)
def test_gradients_of_the_whole_pass(submission, rng, expect):
    """Without a cache, gradients reach x and all parameters, and are right."""
    layer, weights = given_layer(submission, rng, 6, 3, max_len=7)
    x, cotangent = rng.normal(2, 5, 6), rng.normal(2, 5, 6)
    leaves = {name: w.double().requires_grad_() for name, w in weights.items()}
    x64 = x.double().requires_grad_()
    output = whole_pass(x64, leaves, 3)
    exact = reference.vjp(output, [x64, *leaves.values()], cotangent.double())
    actual = layer.gradients(x, cotangent=cotangent)
    expect(actual.inputs[0]).matches(exact[0].float(), because="This is the gradient of x.")
    for name, right in zip(leaves, exact[1:], strict=True):
        because = f"This is the gradient of {name}."
        expect(actual.parameters[name]).matches(right.float(), because=because)


def test_arguments_are_left_alone(submission, rng, expect):
    """x holds after the call what it held before."""
    layer, _ = given_layer(submission, rng, 6, 2, max_len=8)
    x = rng.normal(2, 5, 6)
    expect(layer.inputs_after(x)[0]).equals(x, because="Your call changes x.")
    cache = submission.KVCache()
    for piece in (x[:, :3], x[:, 3:]):
        after = layer.inputs_after(piece, cache)
        expect(after[0]).equals(piece, because="Your call changes x.")


@pytest.mark.points(2)
def test_earlier_tokens_are_not_computed_again(submission, rng, expect):
    """A step makes the keys and values of its own token, and none of those in the cache."""
    B, S, D, H = 2, 41, 12, 2
    layer, weights = given_layer(submission, rng, D, H, max_len=S)
    x, cache = rng.normal(B, S, D), submission.KVCache()
    expected = expected_output(x, weights, H)
    expect(layer(x[:, :-1], cache)).matches(expected[:, :-1])
    watch = submission.helper(WATCH)
    expect(watch.watched(layer, x[:, -1:], cache)).matches(expected[:, -1:])
    # The scores of the step have B · H · S numbers, and the keys of all tokens B · S · D.
    because = f"So many numbers has your largest product of matrices, for one token behind {S - 1}."
    expect(watch.largest()).is_between(0, B * S * D // 2, because=because)


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_the_cache_keeps_numbers_of_any_size(submission, rng, expect, size):
    """Keys and values come back exactly, however large or small their numbers are."""
    cache, given = submission.KVCache(), pieces(rng, (3, 2))
    given = [(size * k, size * v) for k, v in given]
    for k, v in given:
        kept = cache.append(k, v)
    for name, mine, parts in zip(("keys", "values"), kept, zip(*given, strict=True), strict=True):
        expect(mine).equals(torch.cat(parts, dim=2), because=f"These are the {name}.")
