"""The Lab's figures: true to the reference at every setting, and sent as lines of JSON."""

from __future__ import annotations

import io
import itertools
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

import reference
from reference.figures import (
    FIGURES,
    FigureInfo,
    Value,
    decoders,
    heads,
    networks,
    training,
    variants,
)
from reference.figures.attention import SCORES
from reference.figures.serve import UnknownFigure, answer, compute, serve
from reference.training.specimen.language import ANSWERS, ENDINGS, PARTICLES
from reference.training.specimen.roles import PREDICTIONS, expected, sought
from reference.training.translator.language import BEHIND, NOUNS


def settings(entry: FigureInfo) -> Iterator[dict[str, Value]]:
    """Every value of each parameter with the defaults of the others, and all the extremes."""
    defaults = {parameter.name: parameter.default for parameter in entry.parameters}
    for parameter in entry.parameters:
        for value in parameter.values:
            yield {**defaults, parameter.name: value}
    ends = [(parameter.values[0], parameter.values[-1]) for parameter in entry.parameters]
    for corner in itertools.product(*ends):
        yield dict(zip(defaults, corner, strict=True))


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_whole_at_every_setting(name: str) -> None:
    for parameters in settings(FIGURES[name]):
        figure = compute(name, parameters)
        assert len(figure.rows) == len(figure.row_labels) > 0
        assert {len(row) for row in figure.rows} == {len(figure.column_labels)}
        values = [value for row in figure.rows for value in row]
        assert all(figure.low - 1e-3 <= value <= figure.high + 1e-3 for value in values), parameters
        assert figure.title and figure.caption.endswith(".")


@pytest.mark.parametrize("name", FIGURES)
def test_defaults_are_among_the_values_and_change_nothing(name: str) -> None:
    entry = FIGURES[name]
    assert all(parameter.default in parameter.values for parameter in entry.parameters)
    defaults = {parameter.name: parameter.default for parameter in entry.parameters}
    assert compute(name, {}) == compute(name, defaults)


@pytest.mark.parametrize("name", FIGURES)
def test_every_parameter_changes_the_numbers(name: str) -> None:
    for parameter in FIGURES[name].parameters:
        pictures = {
            json.dumps([figure.rows, figure.column_labels])
            for value in parameter.values
            for figure in [compute(name, {parameter.name: value})]
        }
        assert len(pictures) > 1 or parameter.name == "window", parameter.name


def test_rows_of_weights_sum_to_one() -> None:
    names = "attention_weights softmax_temperature positional_head trained_head attention_flow"
    for name in names.split():
        for parameters in settings(FIGURES[name]):
            sums = [sum(row) for row in compute(name, parameters).rows]
            assert sums == pytest.approx([1.0] * len(sums), abs=2e-3)


def test_it_looks_at_the_animal() -> None:
    figure = compute("attention_weights", {})
    row = figure.rows[figure.row_labels.index("it")]
    assert figure.column_labels[row.index(max(row))] == "animal"


def test_the_causal_mask_hides_the_words_to_the_right() -> None:
    rows = compute("attention_weights", {"causal": True}).rows
    assert all(value == 0 for t, row in enumerate(rows) for value in row[t + 1 :])


def test_without_the_root_wide_vectors_give_one_hot_rows() -> None:
    scaled = compute("attention_weights", {"width": 256}).rows
    unscaled = compute("attention_weights", {"width": 256, "scaled": False}).rows
    assert min(map(max, unscaled)) > 0.9 > max(map(max, scaled))


def test_softmax_is_that_of_torch() -> None:
    expected = torch.softmax(torch.tensor(SCORES) / 0.5, 0).tolist()
    rows = compute("softmax_temperature", {"temperature": 0.5, "offset": 50.0}).rows
    assert rows[0] == pytest.approx(expected, abs=1e-4)


def test_a_head_looks_where_its_offset_says() -> None:
    rows = compute("positional_head", {"offset": -2, "sharpness": 8.0}).rows
    assert [row.index(max(row)) for row in rows[2:]] == list(range(len(rows) - 2))


def test_of_all_trained_heads_the_one_with_a_role_plays_it_best() -> None:
    for sentence in heads.SENTENCES:
        drawn = {
            head: torch.tensor(compute("trained_head", {"head": name, "sentence": sentence}).rows)
            for name, head in heads.HEADS.items()
        }
        for role, best in heads.specimen().heads.items():
            keys = sought(heads.spoken_by(sentence), role)
            found = {head: float(rows[keys].sum()) for head, rows in drawn.items()}
            assert max(found, key=found.__getitem__) == best, (role, sentence)


def test_silence_costs_what_the_head_was_there_for() -> None:
    for sentence in heads.SENTENCES:
        figure = compute("silenced_heads", {"sentence": sentence})
        said = heads.spoken_by(sentence)
        settled = sum(int(expected(said, kind).sum()) for kind in PREDICTIONS)
        assert len(figure.column_labels) == settled
        kept = dict(zip(figure.row_labels, figure.rows, strict=True))
        for column, word in enumerate(figure.column_labels):
            assert kept["all heads"][column] > 0.6, "the model knows what the sentence settles"
            if word.startswith("-"):  # an ending, as the first word has it
                assert kept["no L0H3"][column] < kept["all heads"][column] - 0.2
            if word in ANSWERS.values():
                assert kept["no L1H2"][column] < kept["all heads"][column] - 0.1


def test_a_figure_of_silence_leaves_the_model_as_it_was() -> None:
    before = compute("trained_head", {})
    compute("silenced_heads", {})
    assert compute("trained_head", {}) == before
    assert compute("silenced_heads", {}) == compute("silenced_heads", {})


def test_a_word_keeps_what_two_residual_connections_leave_it() -> None:
    for sentence in heads.SENTENCES:
        drawn = {
            trace: torch.tensor(
                compute("attention_flow", {"trace": trace, "sentence": sentence}).rows
            )
            for trace in ("rollout", "layer 0", "layer 1")
        }
        assert all(float(rows.triu(1).abs().max()) == 0 for rows in drawn.values())
        assert float(drawn["rollout"].diagonal().min()) >= 1 / 4
        there = torch.eye(len(drawn["rollout"]))
        through = (there + drawn["layer 1"]) @ (there + drawn["layer 0"]) / 4
        torch.testing.assert_close(drawn["rollout"], through, atol=1e-3, rtol=0)


def test_likeness_of_layers_does_not_ask_which_comes_first() -> None:
    trained, random = (
        torch.tensor(compute("layers_alike", {"weights": weights}).rows)
        for weights in ("trained", "random")
    )
    for alike in (trained, random):
        assert torch.equal(alike, alike.T)
        assert alike.diagonal().tolist() == [1.0] * len(alike)
    assert trained[0, -1] < random[0, -1] - 0.1, "training moves the last step from the words"


def test_after_the_last_step_the_model_says_what_it_says() -> None:
    for sentence in heads.SENTENCES:
        steps = compute("words_step_by_step", {"sentence": sentence})
        silenced = compute("silenced_heads", {"sentence": sentence})
        assert steps.column_labels == silenced.column_labels
        assert steps.rows[-1] == pytest.approx(silenced.rows[0], abs=2e-4)
        *_, ff0, attn1, _ = steps.rows
        for word, before, after in zip(steps.column_labels, ff0, attn1, strict=True):
            if word in ANSWERS.values():
                assert before < 0.2 < after, "the second attention finds the bracket"


def test_only_the_last_norm_holds_the_size_of_a_pre_norm_encoder() -> None:
    first, last = (
        compute("encoder_steps", {"norm": norm, "layers": 6}) for norm in ("first", "last")
    )
    assert len(first.rows) == 2 + 2 * 6
    for row in (first.rows[-1], *last.rows[1:]):
        assert row == pytest.approx([1.0] * len(row), abs=2e-3)
    assert min(first.rows[-2]) > 1.5 * max(first.rows[0])


def test_new_tokens_see_all_that_came_before_and_themselves() -> None:
    for new, past in ((1, 8), (3, 4), (8, 0)):
        rows = compute("causal_steps", {"new": new, "past": past}).rows
        assert [sum(row) for row in rows] == [past + t + 1 for t in range(new)]
        assert all(row == sorted(row, reverse=True) for row in rows)


def test_a_translator_looks_where_the_words_cross() -> None:
    for sentence in decoders.PAIRS:
        said = decoders.pair(sentence)
        tables = {
            table: torch.tensor(compute("translation", {"table": table, "sentence": sentence}).rows)
            for table in ("across", "decoder", "encoder")
        }
        for rows in tables.values():
            torch.testing.assert_close(rows.sum(-1), torch.ones(len(rows)), atol=2e-3, rtol=0)
        assert float(tables["decoder"].triu(1).abs().max()) == 0
        for t, word in enumerate(said.target):
            if word in (*NOUNS.values(), *BEHIND.values()):
                assert int(tables["across"][t].argmax()) == said.places[t], (sentence, word)


def test_a_word_hangs_on_the_word_that_it_translates() -> None:
    """But for *not*, which always follows *does*, wherever its weights go."""
    for sentence in decoders.PAIRS:
        said = decoders.pair(sentence)
        figure = compute("translation", {"table": "influence", "sentence": sentence})
        for t, word in enumerate(said.target):
            if word == "not":
                assert max(figure.rows[t]) < 0.01
            elif word in (*NOUNS.values(), *BEHIND.values()):
                assert figure.rows[t].index(max(figure.rows[t])) == said.places[t]


def test_one_key_too_many_leaks_one_place_for_each_layer() -> None:
    for layers in (1, 2, 3, 4):
        for mask, ahead in (("causal", 0), ("one_too_many", layers), ("none", 8)):
            rows = compute("leaks", {"mask": mask, "layers": layers}).rows
            for t, row in enumerate(rows):
                moved = [s for s, value in enumerate(row) if value > 1e-9]
                assert moved == list(range(min(t + ahead, 7) + 1)), (mask, layers, t)


def test_waves_are_those_of_the_reference() -> None:
    rows = compute("positional_waves", {"length": 16, "width": 8}).rows
    torch.testing.assert_close(
        torch.tensor(rows), reference.sinusoidal_encoding(16, 8), atol=1e-4, rtol=0
    )


def test_similarity_by_distance_is_a_mean_of_cosines() -> None:
    figure = compute("similarity_by_distance", {"width": 8})
    frequencies = [10_000 ** (-2 * i / 8) for i in range(4)]
    distances = map(int, figure.column_labels)
    expected = [sum(math.cos(r * f) for f in frequencies) / 4 for r in distances]
    assert figure.rows[0] == pytest.approx(expected, abs=2e-3)


def test_learned_neighbours_are_alike_but_for_the_position_that_was_never_trained() -> None:
    rows = compute("learned_positions", {}).rows
    *trained, untrained = (row[p + 1] for p, row in enumerate(rows[:-1]))
    assert min(trained) > 0.5
    assert sum(trained) / len(trained) > 0.9
    assert abs(untrained) < 0.2


def test_buckets_tell_the_sides_apart_and_widen() -> None:
    rows = compute("distance_buckets", {"buckets": 16, "max_distance": 16, "length": 32}).rows
    assert rows[0][:4] == [0.0, 9.0, 10.0, 11.0]
    last = rows[-1]
    assert len(set(last[-4:])) == 4
    assert set(last[:16]) == {7.0}


def test_activations_are_those_of_torch() -> None:
    x = torch.linspace(-2, 2, 9, dtype=torch.float64).requires_grad_()
    kernels = (F.relu, F.gelu, partial(F.gelu, approximate="tanh"), F.silu)
    values = compute("activation_curves", {"reach": 2.0}).rows
    slopes = compute("activation_curves", {"reach": 2.0, "curve": "slope"}).rows
    for kernel, drawn, slope in zip(kernels, values, slopes, strict=True):
        y: torch.Tensor = kernel(x)  # type: ignore[operator]
        (expected,) = torch.autograd.grad(y.sum(), x)
        assert drawn == pytest.approx(y.tolist(), abs=1e-3)
        away_from_the_corner = [place for place in range(9) if place != 4]
        assert [slope[place] for place in away_from_the_corner] == pytest.approx(
            expected[away_from_the_corner].tolist(), abs=1e-3
        )


def test_memories_that_write_a_particle_fire_on_its_verb() -> None:
    """They fire most at the ending that stands behind the verb."""
    written = networks.favourite_words()
    for particle, verb in (("for", "wait"), ("up", "give"), ("at", "look"), ("out", "find")):
        asked = 0
        for speaker in heads.SENTENCES:
            said = heads.spoken_by(speaker)
            figure = compute("memories", {"sentence": speaker})
            for column, memory in enumerate(map(int, figure.column_labels)):
                if written[memory] != particle or verb not in said.words:
                    continue
                asked += 1
                fired = [row[column] for row in figure.rows]
                place = max(range(len(fired)), key=fired.__getitem__)
                assert said.words[place] in ENDINGS.values(), (speaker, memory)
                assert said.words[place - 1] in PARTICLES, (speaker, memory)
                assert said.words[place - 1] == verb, (speaker, memory)
        assert asked, particle


def test_what_a_silenced_network_costs() -> None:
    """Without that of layer 1 the model can repeat, but says no ending and no particle."""
    for sentence in heads.SENTENCES:
        figure = compute("silenced_networks", {"sentence": sentence})
        both, _, without_1 = figure.rows
        for column, word in enumerate(figure.column_labels):
            assert both[column] > 0.6
            if word in PARTICLES.values() or word.startswith("-"):
                assert without_1[column] < 0.3
    assert figure == compute("silenced_networks", {"sentence": sentence}), "the hooks are gone"


def test_a_sum_keeps_the_gradient_that_a_product_loses() -> None:
    for strength in (0.2, 0.5):
        figure = compute("gradient_through_layers", {"strength": strength})
        plain, residual = figure.rows
        layers = list(map(int, figure.column_labels))
        powers = [n * math.log10(strength) for n in layers if n * math.log10(strength) > -5]
        assert plain[: len(powers)] == pytest.approx(powers, abs=0.5)
        assert all(value >= -0.05 for value in residual)


def test_gradients_by_depth_are_those_of_the_reference() -> None:
    last, first = compute("norm_placement", {"depth": 8}).rows
    for row, norm_first in ((last, False), (first, True)):
        draws = [reference.gradient_norms_by_depth(8, 32, norm_first, seed) for seed in range(5)]
        assert row == pytest.approx(torch.stack(draws).mean(0).tolist(), abs=1e-3)
    assert first[-1] < 0.7 * last[-1]


def test_padding_moves_a_batch_norm_that_counts_it_and_nothing_else() -> None:
    def drawn(norm: str, padding: int) -> torch.Tensor:
        return torch.tensor(compute("normalised_batch", {"norm": norm, "padding": padding}).rows)

    for norm in ("none", "layer", "masked_batch"):
        torch.testing.assert_close(drawn(norm, 0), drawn(norm, 16), atol=1e-3, rtol=0)
    assert (drawn("batch", 0) - drawn("batch", 16)).abs().max() > 1
    centred = drawn("masked_batch", 4)
    torch.testing.assert_close(centred.mean(0), torch.zeros(12), atol=1e-3, rtol=0)
    before = drawn("none", 4).var(0, correction=0)
    after = before / (before + 1e-5)  # eps is no longer nothing where a feature hardly varies
    torch.testing.assert_close(centred.var(0, correction=0), after, atol=1e-3, rtol=0)


def test_both_schedules_meet_at_the_peak_and_fall_differently() -> None:
    noam, cosine = (
        dict(zip(map(int, figure.column_labels), figure.rows[0], strict=True))
        for schedule in ("noam", "cosine")
        for figure in [compute("learning_rate", {"schedule": schedule, "warmup": 2000})]
    )
    peak = 1000 * (512 * 2000) ** -0.5
    assert noam[2000] == cosine[2000] == pytest.approx(peak, rel=1e-3) == max(noam.values())
    assert noam[500] == cosine[500] == pytest.approx(peak / 4, rel=1e-3)
    assert noam[8000] == pytest.approx(peak / 2, rel=1e-3), "four times the steps, half the rate"
    assert cosine[40_000] == pytest.approx(0.0, abs=1e-9)
    assert cosine[8000] > noam[8000]


def test_the_smoothed_loss_is_that_of_torch_and_least_at_its_target() -> None:
    figure = compute("smoothed_loss", {"smoothing": 0.1, "classes": 5})
    for p, plain, smoothed in zip(map(float, figure.column_labels), *figure.rows, strict=True):
        logits = torch.tensor([[p, *[(1 - p) / 4] * 4]], dtype=torch.float64).log()
        for smoothing, loss in ((0.0, plain), (0.1, smoothed)):
            expected = F.cross_entropy(logits, torch.tensor([0]), label_smoothing=smoothing)
            assert loss == pytest.approx(expected.item(), rel=2e-3)
    least = figure.rows[1].index(min(figure.rows[1]))
    assert figure.column_labels[least] == "0.9", "of those that are drawn, the nearest to 0.92"


def test_words_are_drawn_from_the_fewest_that_reach_p() -> None:
    for sentence in heads.SENTENCES:
        for read in (8, 20):
            parameters: dict[str, Value] = {"sentence": sentence, "read": read}
            model, same = compute("next_word", parameters).rows
            assert model == same
            assert sum(model) == pytest.approx(1.0, abs=1e-3)
            _, drawn = compute("next_word", {**parameters, "top_p": 0.1}).rows
            kept = [place for place, p in enumerate(drawn) if p > 0]
            assert kept == list(range(len(kept))), "the most probable ones"
            assert sum(model[: len(kept)]) >= 0.1 > sum(model[: len(kept) - 1])
            _, one = compute("next_word", {**parameters, "top_k": 1}).rows
            assert one == [1.0] + [0.0] * 9
            _, cold = compute("next_word", {**parameters, "temperature": 0.5}).rows
            assert cold[0] / cold[1] == pytest.approx((model[0] / model[1]) ** 2, rel=1e-2)


def test_tokens_of_a_text_are_all_of_it_and_fewer_with_each_merge() -> None:
    for text, said in training.TEXTS.items():
        counts = []
        for merges in (0, 1, 2, 3, 4):
            figure = compute("text_in_tokens", {"text": text, "merges": merges})
            sizes = figure.rows[0]
            assert sum(sizes) == len(said.encode())
            counts.append(len(sizes))
            if said.isascii():
                assert "".join(figure.column_labels).replace("␣", " ") == said
        assert counts[0] == len(said.encode())
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] < counts[0]
    assert compute("text_in_tokens", {"merges": 2}).column_labels[:2] == ["low", "␣"]


def test_costs_by_length_are_those_of_real_calls() -> None:
    def count(attend: Callable[[torch.Tensor], object], n: int) -> float:
        q = torch.empty(n, variants.HEAD_WIDTH, device="meta")
        with FlopCounterMode(display=False) as counter:
            attend(q)
        return math.log10(counter.get_total_flops())

    r = variants.FEATURES
    directions = torch.empty(r, variants.HEAD_WIDTH, device="meta")
    calls = {
        "full": lambda q: reference.scaled_dot_product_attention(q, q, q),
        "tiles": lambda q: reference.tiled_attention(q, q, q, r),
        "Linformer": lambda q: reference.linformer_attention(
            q, q, q, *torch.empty(2, r, len(q), device="meta")
        ),
        "Performer": lambda q: reference.performer_attention(q, q, q, directions),
    }
    figure = compute("cost_by_length", {"kind": "operations"})
    assert figure.row_labels == list(calls)
    for row, attend in zip(figure.rows, calls.values(), strict=True):
        assert row == pytest.approx([count(attend, n) for n in variants.LENGTHS], rel=5e-4)


def test_only_a_full_table_grows_with_the_square() -> None:
    full, *others = compute("cost_by_length", {"kind": "memory"}).rows
    times = math.log10(variants.LENGTHS[-1] / variants.LENGTHS[0])
    assert full[-1] - full[0] == pytest.approx(2 * times, abs=2e-3)
    for row in others:
        assert row[-1] - row[0] == pytest.approx(times, abs=2e-3)


def test_a_turned_pair_keeps_its_length() -> None:
    for parameters in settings(FIGURES["rotary_pair"]):
        first, second = torch.tensor(compute("rotary_pair", parameters).rows)
        torch.testing.assert_close(first**2 + second**2, torch.ones_like(first), atol=1e-3, rtol=0)
    first, second = compute("rotary_pair", {"pair": 1, "theta": 10_000.0}).rows
    assert first == pytest.approx([math.cos(t / 10) for t in range(24)], abs=1e-3)
    assert second == pytest.approx([math.sin(t / 10) for t in range(24)], abs=1e-3)


def test_rotary_scores_depend_on_the_distance_alone() -> None:
    scores = torch.tensor(compute("rotary_scores", {"length": 8}).rows)
    for offset in range(-7, 8):
        diagonal = scores.diagonal(offset)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal), atol=1e-3, rtol=0)
    frequencies = [10_000 ** (-2 * i / 32) for i in range(16)]
    for distance in range(8):
        expected = sum(math.cos(distance * f) for f in frequencies) / 16
        assert scores[distance, 0].item() == pytest.approx(expected, abs=1e-3)


def test_alibi_takes_the_same_toll_for_each_step() -> None:
    rows = compute("alibi_bias", {"heads": 8, "head": 1, "length": 8}).rows
    assert rows[0] == [-t / 4 for t in range(8)]
    assert rows[-1] == rows[0][::-1]


def test_a_window_carries_a_token_one_step_less_than_its_width() -> None:
    for window in (2, 3, 4):
        for layers in (1, 2, 3, 4, 5):
            rows = compute("mask_reach", {"window": window, "layers": layers}).rows
            assert sum(rows[-1]) == min(1 + layers * (window - 1), 16)
    rows = compute("mask_reach", {"kind": "global + window", "layers": 2}).rows
    assert all(all(row) for row in rows), "any two positions are two layers apart"


def test_each_mask_lets_every_query_see_something() -> None:
    for parameters in settings(FIGURES["masks"]):
        if parameters["kind"] != "padding" or parameters["length"] > parameters["window"]:  # type: ignore[operator]
            assert all(any(row) for row in compute("masks", parameters).rows), parameters


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("nothing", {}, "no figure 'nothing'. There are attention_weights"),
        ("masks", {"colour": 1}, "masks has no 'colour'. It has kind, length, window."),
        ("masks", {"length": 1000}, "length is one of 4, 6"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    name: str, parameters: dict[str, Value], says: str
) -> None:
    with pytest.raises(UnknownFigure, match=says.replace("'", ".")):
        compute(name, parameters)


@pytest.mark.parametrize("line", ["", "{", "[]", "1", "{}", '{"figure": "masks", "parameters": 3}'])
def test_a_bad_request_gets_an_error_and_the_next_one_an_answer(line: str) -> None:
    answers = io.StringIO()
    serve(io.StringIO(f'{line}\n{{"figure": "masks"}}\n'), answers)
    bad, good = map(json.loads, answers.getvalue().splitlines())
    assert set(bad) == {"error"}
    assert good["title"] == "Mask: causal"


def test_the_listing_names_every_parameter() -> None:
    listed = answer('{"figures": true}')["figures"]
    assert [entry["name"] for entry in listed] == list(FIGURES)
    assert all(entry["parameters"] for entry in listed)


def test_the_process_answers_line_by_line_and_ends_with_its_input() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "reference.figures.serve"],
        input='{"figure": "masks"}\n{"figures": true}\n',
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    first, second = map(json.loads, done.stdout.splitlines())
    assert len(first["rows"]) == 12
    assert second["figures"]
