"""The contract of METHODS: what every method keeps, on toys and on a small network."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sidelight.explain import explain
from sidelight.explain.methods import METHODS, request
from sidelight.explain.methods.attention import rollout
from sidelight.explain.methods.gradients import gradients
from sidelight.explain.scoring import Progress, Scoring, Skipped, Stopped
from sidelight.models import load
from sidelight.models.classifier import Classifier
from sidelight.models.model import Hiding
from sidelight.models.prediction import Prediction

from .games import Game, linear

TEXTS = {
    "a sentence": "The film is not very good, but charming.",
    "one word": "good",
    "Chinese": "这部电影真的很好看",
    "a special token": "[MASK]",
    "longer": "a very good film and a bad plot, not thin but so charming i left smiling",
}


@pytest.fixture(scope="module")
def model(tiny_classifier: Path) -> Classifier:
    return load(str(tiny_classifier))


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
@pytest.mark.parametrize("method", METHODS)
def test_contract_on_a_network(model: Classifier, method: str, text: str) -> None:
    claims = METHODS[method]
    first, second = (explain(model, text, [method], seed=3).attributions[0] for _ in range(2))
    assert np.shape(first.values) == (2, len(first.prediction.features))
    assert first.values == second.values
    assert first.signed == claims.signed
    assert (first.hiding is not None) == claims.hides
    planned = claims.calls(len(first.prediction.features), 2, first.settings)
    assert 0 < first.calls <= planned
    assert (first.base is not None) == claims.additive
    if first.gap is not None:
        assert np.allclose(first.gap, 0, atol=claims.largest_gap)
    if not claims.signed:
        assert np.min(first.values) >= 0


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].hides])
def test_contract_on_a_linear_game(method: str) -> None:
    weights = np.array([[2.0, 0.0, -1.0, 0.5]])
    game = linear(weights)
    found = explain(game, "abcd", [method]).attributions[0]
    assert np.allclose(found.values, weights, atol=0.15)
    assert abs(found.values[0][1]) < 0.05
    assert found.gap is None or np.allclose(found.gap, 0, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_says_what_it_does_and_names_its_paper(method: str) -> None:
    import sys

    run = METHODS[method].run
    assert 20 < len(METHODS[method].help) < 130
    page = sys.modules[run.__module__].__doc__ or ""
    assert "Paper" in page or "No paper" in page


def test_label_scores_mirror_each_other_with_two_labels(model: Classifier) -> None:
    for attribution in explain(model, TEXTS["a sentence"]).attributions:
        negative, positive = np.array(attribution.values)
        assert np.allclose(negative, -positive if attribution.signed else positive, atol=1e-4)


def test_methods_share_passes_and_count_them_as_if_alone() -> None:
    game = linear(np.array([1.0, 2.0, 3.0, 4.0]))
    report = explain(game, "abcd", ["shap", "occlusion", "lime"])
    assert [attribution.calls for attribution in report.attributions] == [16, 5, 16]
    assert game.rows == 16


def test_gradient_of_a_linear_head_is_captums(model: Classifier) -> None:
    from captum.attr import InputXGradient

    prediction = model.predict(TEXTS["a sentence"])
    embeddings = model.embed(prediction)[None]
    theirs = InputXGradient(lambda given: model.score_embeddings(prediction, given))
    for target in range(2):
        expected = theirs.attribute(embeddings.clone().requires_grad_(), target=target)[0].sum(-1)
        found = (gradients(model, prediction, embeddings, [target])[0, 0] * embeddings[0]).sum(-1)
        assert np.allclose(found, expected.detach().numpy(), atol=1e-5)


def test_integrated_gradients_are_captums_and_complete(model: Classifier) -> None:
    from captum.attr import IntegratedGradients

    prediction = model.predict(TEXTS["a sentence"])
    (found,) = explain(model, prediction, ["integrated_gradients:steps=64"]).attributions
    embeddings, fillers = model.embed(prediction), model.embed(prediction, model.hidings[0])
    words = sorted({position for feature in prediction.features for position in feature.tokens})
    start = embeddings.clone()
    start[words] = fillers[words]
    theirs = IntegratedGradients(lambda given: model.score_embeddings(prediction, given))
    expected = theirs.attribute(embeddings[None], start[None], target=1, n_steps=64)[0].sum(-1)
    by_word = [expected[list(feature.tokens)].sum().item() for feature in prediction.features]
    assert found.values[1] == pytest.approx(by_word, abs=1e-4)
    assert np.allclose(found.gap or (), 0, atol=1e-3)


def test_integrated_gradients_of_one_step_at_the_middle_of_a_line_are_the_lines() -> None:
    """A linear model has the same gradient everywhere, so that any number of steps gives its weights back."""
    import torch

    class Line(Game):
        def embed(self, prediction: Prediction, filler: Hiding | None = None) -> torch.Tensor:
            return torch.zeros(len(prediction.ids), 1) if filler else torch.ones(len(prediction.ids), 1)

        def score_embeddings(self, _prediction: Prediction, embeddings: torch.Tensor) -> torch.Tensor:
            return embeddings[:, :, 0] @ torch.tensor([[1.0], [-2.0], [0.5]]) + 1

    found = explain(Line(linear(np.array([1.0, -2.0, 0.5]), 1.0).function), "abc", ["integrated_gradients:steps=2"])
    assert found.attributions[0].values[0] == pytest.approx([1.0, -2.0, 0.5])
    assert found.attributions[0].base == (1.0,)


def test_rollout_of_uniform_attention_is_uniform_but_for_the_residual() -> None:
    layers, heads, tokens = 3, 2, 4
    weights = np.full((layers, heads, tokens, tokens), 1 / tokens)
    stayed = 0.5**layers
    assert np.allclose(rollout(weights), stayed * np.eye(tokens) + (1 - stayed) / tokens)


def test_rollout_follows_a_chain_from_layer_to_layer() -> None:
    first, second = np.eye(3)[[1, 1, 2]], np.eye(3)[[0, 2, 2]]
    rolled = rollout(np.stack([first, second])[:, None])
    assert np.allclose(rolled, ((second + np.eye(3)) / 2) @ ((first + np.eye(3)) / 2))
    assert np.allclose(rolled.sum(axis=1), 1)


def test_shap_equals_enumeration_on_a_network(model: Classifier) -> None:
    """The largest difference to the definition over 2^9 coalitions, each scored by itself as a text."""
    text = "the film is not very good but so charming"
    prediction = model.predict(text)
    words = text.split()
    scores = {}
    for coalition in range(2**9):
        shown = " ".join(word if coalition >> place & 1 else "[MASK]" for place, word in enumerate(words))
        scores[coalition] = model.predict(shown).targets[1].score
    found = explain(model, text, ["shap"]).attributions[0]
    assert len(prediction.features) == 9
    for place, value in enumerate(found.values[1]):
        assert value == pytest.approx(shapley(scores, place, 9), abs=1e-4)


def shapley(scores: dict[int, float], player: int, players: int) -> float:
    from math import comb

    without = [coalition for coalition in scores if not coalition >> player & 1]
    gains = [(coalition.bit_count(), scores[coalition | 1 << player] - scores[coalition]) for coalition in without]
    return sum(gain / comb(players - 1, size) / players for size, gain in gains)


def test_an_unsupported_method_is_left_out_and_said() -> None:
    report = explain(linear(np.ones(3)), "abc", ["occlusion", "input_x_gradient"])
    assert [attribution.method for attribution in report.attributions] == ["occlusion"]
    assert report.provenance.notices == (
        "Input × Gradient was left out: a game has no embeddings.",
        "There is no attention map: a game has no attention.",
    )
    with pytest.raises(ValueError, match="a game has no embeddings"):
        explain(linear(np.ones(3)), "abc", ["input_x_gradient"])


def test_a_hiding_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="hiding='delete' is not supported by toy; it supports mask"):
        explain(linear(np.ones(3)), "abc", [request("shap", {"hiding": "delete"})])


def test_explaining_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no input to explain"):
        explain(linear(np.ones(3)), [])


def test_an_explanation_that_does_not_add_up_says_so() -> None:
    class Moody(Game):
        def play(self, features: int) -> object:
            prediction = super().play(features)
            from dataclasses import replace

            return replace(prediction, targets=tuple(replace(t, score=t.score + 1) for t in prediction.targets))

    moody = Moody(linear(np.ones(3)).function)
    report = explain(moody, "abc", ["shap"])
    assert "SHAP does not add up: base + values misses the score by 1." in report.provenance.notices


def test_grown_reports_are_prefixes_of_the_last(model: Classifier) -> None:
    from sidelight.explain import explaining

    reports = list(explaining(model, TEXTS["one word"], ["occlusion", "shap"]))
    assert [len(report.attributions) for report in reports] == [0, 1, 2, 2]
    assert len(reports[-1].attention) == 1


def test_a_method_can_be_skipped(model: Classifier) -> None:
    def listener(progress: Progress) -> None:
        if progress.stage == "shap" and progress.done:
            raise Skipped

    report = explain(model, TEXTS["one word"], ["shap", "occlusion"], listener=listener)
    alone = explain(model, TEXTS["one word"], ["occlusion"])
    assert [one.values for one in report.attributions] == [one.values for one in alone.attributions]


def test_gradients_leave_no_trace(model: Classifier) -> None:
    scoring = Scoring(model)
    prediction = model.predict("good")
    gradients(scoring, prediction, scoring.embed(prediction)[None], [0, 1])
    assert torch.is_grad_enabled()
    assert all(parameter.grad is None for parameter in model._network.parameters())


def test_work_can_end_between_two_gradients(model: Classifier) -> None:
    told = []

    def enough(progress: Progress) -> None:
        told.append(progress)
        if len(told) == 4:  # begun, passed forward, one gradient
            raise Stopped

    scoring = Scoring(model, enough)
    prediction = model.predict("good")
    with pytest.raises(Stopped):
        gradients(scoring, prediction, scoring.embed(prediction)[None], [0, 1])
