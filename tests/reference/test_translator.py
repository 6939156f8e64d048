"""The trained translator that comes with the package: its languages, and what it does."""

import subprocess
import sys
from random import Random

import pytest
import torch
from safetensors.torch import load_file

from reference.training.translator import SentencePair, Translator, load_translator
from reference.training.translator.language import (
    BEFORE,
    BEHIND,
    END,
    LONGEST,
    NOUNS,
    SOURCE_WORDS,
    TARGET_WORDS,
    VERBS,
    say,
)
from reference.training.translator.model import WEIGHTS, translator_trainer


@pytest.fixture(scope="module")
def translator() -> Translator:
    return load_translator()


@pytest.fixture(scope="module")
def pairs() -> list[SentencePair]:
    """Unlike those that were measured while the model was made."""
    random = Random("test")
    return [say(random) for _ in range(100)]


def test_each_word_stands_for_the_word_at_its_place(pairs: list[SentencePair]) -> None:
    adjectives = {word: english for pair, english in (BEFORE | BEHIND).items() for word in pair}
    for pair in pairs:
        assert sorted(pair.places) == list(range(len(pair.source))), "one for one"
        assert set(pair.source) <= set(SOURCE_WORDS) and set(pair.target) <= set(TARGET_WORDS)
        assert max(len(pair.source), len(pair.target)) <= LONGEST
        assert (pair.source[-1], pair.target[-1]) == (END, END)
        for english, place in zip(pair.target, pair.places, strict=True):
            french = pair.source[place]
            known = (NOUNS | adjectives).get(french)
            assert known in (None, english)
            if french in VERBS:
                assert english == VERBS[french]["ne" in pair.source]
        denied = "ne" in pair.source
        assert ("does" in pair.target, "not" in pair.target) == (denied, denied)


def test_it_translates_what_it_has_not_met(
    translator: Translator, pairs: list[SentencePair]
) -> None:
    for pair in pairs:
        assert translator.translate(pair.source) == pair.target


def test_it_mostly_looks_at_the_word_that_it_translates(
    translator: Translator, pairs: list[SentencePair]
) -> None:
    looks = [translator.attention(pair)[2].argmax(-1).tolist() for pair in pairs]
    found = [
        at == place
        for row, pair in zip(looks, pairs, strict=True)
        for at, place in zip(row, pair.places, strict=True)
    ]
    assert sum(found) / len(found) > 0.8


def test_the_three_tables_of_a_sentence(translator: Translator) -> None:
    pair = translator.pair(3)
    S, T = len(pair.source), len(pair.target)
    encoder, decoder, across = translator.attention(pair)
    assert (encoder.shape, decoder.shape, across.shape) == ((S, S), (T, T), (T, S))
    assert (decoder.triu(1) == 0).all()
    for weights in (encoder, decoder, across):
        torch.testing.assert_close(weights.sum(-1), torch.ones(len(weights)))


def test_a_seed_gives_its_sentence_again(translator: Translator) -> None:
    assert translator.pair(3) == translator.pair(3) != translator.pair(4)


def test_an_unknown_word_is_named(translator: Translator) -> None:
    with pytest.raises(ValueError, match="does not know 'cheval'"):
        translator.translate(("le", "cheval", "voit", "."))


def test_loading_is_small_and_leaves_torch_as_it_was(translator: Translator) -> None:
    assert WEIGHTS.stat().st_size < 200_000
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    load_translator()
    assert torch.equal(torch.rand(3), expected)
    assert not translator.model.training


def test_training_begins_the_same_way_each_time() -> None:
    runs = []
    for seed in (0, 0, 1):
        trainer = translator_trainer(steps=100, seed=seed)
        runs.append([trainer.take_step().loss for _ in range(2)])
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.slow
def test_the_command_writes_weights_that_fit(tmp_path) -> None:
    file = tmp_path / "weights.safetensors"
    command = [sys.executable, "-m", "reference.training.translator", "--steps", "1", "--out", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shapes = [{name: x.shape for name, x in load_file(path).items()} for path in (file, WEIGHTS)]
    assert shapes[0] == shapes[1]
    assert "sentences translated" in done.stdout
