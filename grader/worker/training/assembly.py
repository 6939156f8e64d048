"""The model and the tools of a run, put together from the learner's parts and from stand-ins."""

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import ParametrizationList

from grader.worker.calls import describe_exception
from grader.worker.training import stand_in_tools, stand_ins
from grader.worker.training.mistakes import Blind, Times, sharpen
from grader.worker.training.settings import Settings
from grader.worker.training.tasks import PAD

MAX_PARAMETERS = 2_000_000  # with both of Adam's means they fit into one frame
TRIED = (2, 5)  # sequences and tokens of what each part is tried on


class Misfit(Exception):
    """A part of the learner's does not fit; the text is a sentence for them."""


class Parts:
    """Names of the stubs, each as the learner has it or as it stands in.

    Args:
        own: From a name such as `Encoder` to the learner's module that defines it.
    """

    def __init__(self, own: Mapping[str, str]) -> None:
        self._own = dict(own)

    def get(self, name: str) -> Any:
        if name not in self._own:
            return getattr(stand_ins, name, None) or getattr(stand_in_tools, name)
        module = import_module(self._own[name])
        try:
            return getattr(module, name)
        except AttributeError:
            raise Misfit(f"{self._own[name]}.py does not define {name}.") from None

    def make(self, name: str, *args: Any, **kwargs: Any) -> Any:
        part = self.get(name)
        return self.trying(name, "be made", lambda: part(*args, **kwargs))

    def trying(self, name: str, what: str, action: Callable[[], Any]) -> Any:
        """`action`; where it fails, a sentence that names the part, the learner's line and why."""
        try:
            return action()
        except Misfit:
            raise
        except Exception as error:
            where = f" in {self._own[name]}.py" if name in self._own else ""
            place = _last_line(error, self._own.values())
            reason = f"{type(error).__name__}: {error}"
            raise Misfit(f"{name}{where} cannot {what}: {reason}{place}") from None

    def is_own(self, name: str) -> bool:
        return name in self._own


def build(settings: Settings, parts: Parts, vocab_size: int, max_len: int) -> nn.Module:
    """A Transformer, or a GPT for a text; its weights come from the seed.

    Raises `Misfit` where a part cannot be made, gives another shape, or is too large.
    """
    torch.manual_seed(settings.seed)
    model = _gpt if settings.is_text else _transformer
    built: nn.Module = model(settings, parts, vocab_size, max_len)
    if not isinstance(built, nn.Module):
        raise Misfit(f"What was put together is a {type(built).__name__}, and no nn.Module.")
    size = _size(built)
    if size > MAX_PARAMETERS:
        raise Misfit(f"The model has {size:,} parameters; at most {MAX_PARAMETERS:,} are trained.")
    if settings.plant == "no-scale":
        sharpen(built, settings.d_model // settings.n_heads)
    return built.to(settings.device)


def _transformer(settings: Settings, parts: Parts, vocab_size: int, max_len: int) -> Any:
    D, norm_first = settings.d_model, settings.norm_first
    sizes = (D, settings.n_heads, settings.d_ff, 0.0, norm_first)
    embeddings = _tried(parts, "Embeddings", parts.make("Embeddings", vocab_size, D), D)
    positions = parts.make("PositionalEncoding", D, 0.0, max_len)
    stacks = [
        parts.make(stack, settings.n_layers, _maker(parts, layer, sizes), D, norm_first)
        for stack, layer in (("Encoder", "EncoderLayer"), ("Decoder", "DecoderLayer"))
    ]
    for name, part in (("PositionalEncoding", positions), ("Encoder", stacks[0])):
        _tried(parts, name, part, D)
    _tried(parts, "Decoder", stacks[1], D, with_memory=True)
    decoder = Blind(stacks[1]) if settings.plant == "no-mask" else stacks[1]
    model = parts.make("Transformer", embeddings, positions, stacks[0], decoder, PAD)
    tokens = torch.ones(TRIED, dtype=torch.int64)
    logits = parts.trying("Transformer", "read tokens", lambda: model(tokens, tokens))
    _check_shape("Transformer", logits, (*TRIED, vocab_size))
    return model


def _gpt(settings: Settings, parts: Parts, vocab_size: int, max_len: int) -> Any:
    D, norm_first = settings.d_model, settings.norm_first
    sizes = (D, settings.n_heads, settings.d_ff, 0.0, norm_first)
    embeddings = _tried(parts, "Embeddings", parts.make("Embeddings", vocab_size, D), D)
    positions = parts.make("LearnedPositionalEmbedding", max_len, D)
    _tried(parts, "LearnedPositionalEmbedding", positions, D)
    layers = _maker(parts, "EncoderLayer", sizes)
    decoder = parts.make("Encoder", settings.n_layers, layers, D, norm_first)
    _tried(parts, "Encoder", decoder, D)
    decoder = Blind(decoder) if settings.plant == "no-mask" else decoder
    model = parts.make("GPT", embeddings, positions, decoder, max_len)
    tokens = torch.ones(TRIED, dtype=torch.int64)
    logits = parts.trying("GPT", "read tokens", lambda: model(tokens))
    _check_shape("GPT", logits, (*TRIED, vocab_size))
    return model


def _maker(parts: Parts, layer: str, sizes: tuple[Any, ...]) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        made: nn.Module = parts.make(layer, *sizes)
        return made

    return make


def _tried(parts: Parts, name: str, part: Any, D: int, *, with_memory: bool = False) -> Any:
    """`part`, if it takes what it will be given and gives the right shape."""
    B, T = TRIED
    x = torch.ones(B, T, D)
    inputs: tuple[Tensor, ...] = (x,)
    if name == "Embeddings":
        inputs = (torch.ones(TRIED, dtype=torch.int64),)
    elif name == "Encoder":
        inputs = (x, torch.ones(B, 1, 1, T, dtype=torch.bool))
    elif with_memory:
        seen = torch.ones(B, 1, T, T, dtype=torch.bool)
        inputs = (x, x, seen, torch.ones(B, 1, 1, T, dtype=torch.bool))
    with torch.no_grad():
        output = parts.trying(name, "be called", lambda: part(*inputs))
    _check_shape(name, output, (B, T, D))
    return part


def _check_shape(name: str, output: Any, expected: tuple[int, ...]) -> None:
    found = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
    if found != expected:
        raise Misfit(f"{name} gives {found}, where {expected} is needed.")


def tree(model: nn.Module) -> list[tuple[str, str, str, int]]:
    """Of each module: its name in the model, its class, where that is defined, its parameters."""
    return [
        (name, type(module).__name__, type(module).__module__, _size(module))
        for name, module in model.named_modules()
        if not isinstance(module, ParametrizationList | Times)
    ]


def _size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _last_line(error: Exception, modules: Collection[str]) -> str:
    """Where in the learner's files it happened."""
    frames = describe_exception(error, frozenset(f"{module}.py" for module in modules)).frames
    return " ({0}, line {1}: {3})".format(*frames[-1]) if frames else ""
