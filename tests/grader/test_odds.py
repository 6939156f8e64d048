"""A mistake in what is drawn at random is known by how often things happen, in whatever order an
answer draws."""

import pytest

from grader import Grader, Submission

# Right, and drawn otherwise than our own: what becomes of a chosen token is drawn in two steps.
ANSWER = """
import torch

def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    def below(share):
        return torch.rand(tokens.shape, generator=generator, device=tokens.device) < share

    words = torch.randint(0, vocab_size, tokens.shape, generator=generator, device=tokens.device)
    special = torch.zeros_like(tokens, dtype=torch.bool)
    for one in special_ids:
        special = special | (tokens == one)
    random, masked, chosen = below(0.5), below(0.8), below(probability) & ~special
    inputs = torch.where(chosen & ~masked & random, words, tokens)
    inputs = torch.where(chosen & masked, torch.full_like(tokens, mask_id), inputs)
    return inputs, torch.where(chosen, tokens, torch.full_like(tokens, -100))
"""
MISTAKES = {
    "tenth-of-the-rest": ("below(0.5)", "below(0.1)"),
    "never-kept": ("below(0.5)", "below(1.0)"),
    "not-the-last-token": ("randint(0, vocab_size,", "randint(0, vocab_size - 1,"),
    # one that is not known, and one that is not told by what was counted
    "": ("below(0.5), below(0.8)", "below(0.5), below(0.55)"),
    " ": (", tokens, torch.full_like(tokens, -100)", ", tokens + 1, torch.full_like(tokens, -100)"),
}


def graded(grader: Grader, source: str, seed: int = 0) -> tuple[str, str]:
    """Outcome, and the name of the mistake."""
    report = grader.grade(Submission("mask_tokens", source, seed=seed))
    return report.outcome, report.diagnosis.id if report.diagnosis else ""


def test_another_order_of_drawing_is_right(grader: Grader) -> None:
    assert graded(grader, ANSWER) == ("passed", "")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda name: name.strip() or "none that is known")
def test_a_mistake_is_known_by_its_odds(grader: Grader, mistake: str) -> None:
    wrong = ANSWER.replace(*MISTAKES[mistake])
    assert [graded(grader, wrong, seed) for seed in range(3)] == [("failed", mistake.strip())] * 3
