"""Loads a checkpoint, tries each of the learner's parts in it, and then all of them at once."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import torch
from torch import Tensor

from exercises.catalog import load_catalog
from grader.checkpoint_report import CheckpointReport, PartResult, State
from grader.errors import UsageError
from grader.examiner.checkpoints.bench import PROMPT, TOLERANCE, Bench, difference
from grader.examiner.checkpoints.learner import Learner, NoRoom, PartFailed
from grader.examiner.checkpoints.parts import PARTS, Part
from grader.examiner.sandbox import shared_sandbox
from grader.report import cut, printable
from reference.checkpoints import (
    Checkpoint,
    CheckpointError,
    GPT2Tokenizer,
    load_checkpoint,
    make_checkpoint,
)
from reference.gpt import GPT

Answers = Mapping[str, Mapping[str, str | bytes]]
PROMPT_LENGTH, NEW_TOKENS = 4, 8
MAX_SENTENCE = 1_000
LATE = "It was not tried: the parts before it have used up the time of all."
TOGETHER = "together"


def examine(path: Path, family: str | None, answers: Answers) -> CheckpointReport:
    """As `grader.checkpoint.load_checkpoint`, in this process."""
    try:
        checkpoint = load_checkpoint(path, family)
    except CheckpointError as error:
        # It quotes names and settings of the file, which have any length.
        raise UsageError(cut(printable(str(error)), MAX_SENTENCE)) from None
    tokenizer, odd = _tokenizer(checkpoint)
    bench = Bench(checkpoint, tokenizer)
    expected = bench.output()
    if not expected.isfinite().all():
        raise UsageError("With these weights the model gives NaN or inf, so nothing is compared.")
    layers: dict[str, str] = {}
    results, right = [], []
    for part in PARTS:
        if checkpoint.layout.family not in part.families:
            continue
        result = _try(bench, part, answers, expected, layers)
        results.append(result)
        if result.state == "same":
            right.append(part)
    prompt, greedy = _continued(checkpoint, tokenizer)
    return CheckpointReport(
        title=checkpoint.layout.title,
        path=printable(str(checkpoint.file.path)),
        facts=_facts(checkpoint),
        notes=(*_notes(checkpoint), *odd),
        parts=tuple(results),
        together=_together(bench, right, answers, expected, layers),
        prompt=prompt,
        greedy=greedy,
        text=printable(tokenizer.decode((*prompt, *greedy))) if tokenizer else "",
        layers=layers,
    )


def make(family: str, folder: Path, seed: int) -> Path:
    """As `grader.checkpoint.make_checkpoint`, in this process."""
    try:
        return make_checkpoint(family, folder, seed)
    except CheckpointError as error:
        raise UsageError(str(error)) from None


def _try(
    bench: Bench, part: Part, answers: Answers, expected: Tensor, layers: dict[str, str]
) -> PartResult:
    """One part, alone in the reference."""
    if misfit := part.misfit(bench):
        return PartResult(part.exercise, part.entry, "misfit", says=misfit)
    if part.exercise not in answers:
        return PartResult(part.exercise, part.entry, "absent")
    if not bench.seconds_left():
        return PartResult(part.exercise, part.entry, "failed", says=LATE)
    return _run(bench, [part], answers, expected, layers, part.exercise, part.entry)


def _together(
    bench: Bench,
    right: Sequence[Part],
    answers: Answers,
    expected: Tensor,
    layers: dict[str, str],
) -> PartResult | None:
    """All that are right, as many as find a place."""
    chosen: list[Part] = []
    for part in right:
        if not any(part.takes & other.takes for other in chosen):
            chosen.append(part)
    if len(chosen) < 2 or bench.seconds_left() < len(chosen):
        return None
    names = ", ".join(part.exercise for part in chosen)
    return _run(bench, chosen, answers, expected, layers, names, TOGETHER)


def _run(
    bench: Bench,
    parts: Sequence[Part],
    answers: Answers,
    expected: Tensor,
    layers: dict[str, str],
    name: str,
    entry: str,
) -> PartResult:
    """What the model says with these parts in it."""
    catalog, sandbox = load_catalog(), shared_sandbox("cpu")
    seconds = bench.seconds_left() // len(parts)
    with ExitStack() as held, bench.exchanged():
        learners = [
            held.enter_context(
                Learner(sandbox, catalog.exercise(part.exercise), answers[part.exercise], seconds)
            )
            for part in parts
        ]
        try:
            for part, learner in zip(parts, learners, strict=True):
                learner.open()
                layers.update(learner.layers)
                assert part.install
                with torch.no_grad():
                    part.install(bench, learner)
            output = difference(bench.output(), expected)
        except PartFailed as failed:
            says = cut(str(failed), MAX_SENTENCE)  # it may show a number of thousands of digits
            return PartResult(name, entry, "failed", bench.seen.places, says=says)
        except NoRoom as error:
            return PartResult(name, entry, "misfit", says=str(error))
        seen = bench.seen
        state: State = "same" if not seen.where and output <= TOLERANCE else "differs"
        return PartResult(name, entry, state, seen.places, seen.where, seen.largest, output)


def _tokenizer(checkpoint: Checkpoint) -> tuple[GPT2Tokenizer | None, tuple[str, ...]]:
    """GPT-2's tokenizer, where its files lie beside the weights; or a note on why not."""
    if checkpoint.layout.family != "gpt2":
        return None, ()
    try:
        tokenizer = GPT2Tokenizer.beside(checkpoint.file.path)
    except CheckpointError as error:
        return None, (cut(printable(str(error)), MAX_SENTENCE),)
    largest = max(tokenizer.ids) if tokenizer else 0
    if largest >= checkpoint.config.vocab_size:
        return None, (f"vocab.json has token {largest}, which these weights do not know.",)
    return tokenizer, ()


@torch.no_grad()
def _continued(
    checkpoint: Checkpoint, tokenizer: GPT2Tokenizer | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A prompt, and what a language model says most probably comes next; of others nothing."""
    model, config = checkpoint.model, checkpoint.config
    if not isinstance(model, GPT):
        return (), ()
    generator = torch.Generator().manual_seed(0)
    prompt = torch.randint(config.vocab_size, (1, PROMPT_LENGTH), generator=generator)
    if tokenizer:
        prompt = torch.tensor([tokenizer.encode(PROMPT)])
    length = prompt.size(1)
    if length + NEW_TOKENS > config.max_len:
        return (), ()
    tokens: list[int] = model.generate(prompt, NEW_TOKENS, temperature=0)[0].tolist()
    return tuple(tokens[:length]), tuple(tokens[length:])


def _facts(checkpoint: Checkpoint) -> tuple[tuple[str, str], ...]:
    config = checkpoint.config
    stacks = [("encoder", config.n_encoder_layers), ("decoder", config.n_decoder_layers)]
    layers = " and ".join(f"{count} in the {stack}" for stack, count in stacks if count)
    facts = [
        ("layers", layers),
        ("width", f"{config.d_model:,}"),
        ("heads", f"{config.n_heads} of {config.d_head}"),
        ("inner width", f"{config.ff_width:,}, {config.activation}"),
    ]
    if checkpoint.layout.family == "vit":
        side, patch = config.image_size, config.patch_size
        facts.append(("images", f"{side} × {side} in patches of {patch} × {patch}"))
    else:
        facts.append(("tokens", f"{config.vocab_size:,}"))
    if config.positions == "learned":
        facts.append(("positions", f"{config.max_len:,}"))
    dtypes = ", ".join(sorted(set(checkpoint.file.dtypes.values())))
    facts.append(("parameters", f"{checkpoint.n_parameters:,}, kept as {dtypes}"))
    return tuple(facts)


def _notes(checkpoint: Checkpoint) -> tuple[str, ...]:
    notes = []
    if not checkpoint.file.settings and checkpoint.layout.family != "t5":
        notes.append(
            "There is no config.json beside it, so heads are taken to be 64 wide, as in the"
            " published models."
        )
    if checkpoint.missing:
        names = ", ".join(name.rstrip(".") for name in checkpoint.missing)
        notes.append(f"The file has no weights for {names}: zeros stand there.")
    return tuple(notes)
