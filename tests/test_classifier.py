"""The classifier against transformers' own answers, and what it must leave as it was."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sidelight.models import load
from sidelight.models.batching import batches, tokens_kept
from sidelight.models.classifier import Classifier, natural_scores
from sidelight.models.model import Hiding
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from .tiny import save_bert

TEXT = "The film is not very good, but charming."


@pytest.fixture(scope="module")
def model(tiny_classifier: Path) -> Classifier:
    return load(str(tiny_classifier))


def test_probabilities_are_those_of_transformers_and_sum_to_one(model: Classifier, tiny_classifier: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_classifier)
    network = AutoModelForSequenceClassification.from_pretrained(tiny_classifier)
    expected = network(**tokenizer(TEXT, return_tensors="pt")).logits.softmax(-1)[0].tolist()
    found = [target.probability for target in model.predict(TEXT).targets]
    assert found == pytest.approx(expected, abs=1e-6)
    assert sum(probability or 0 for probability in found) == pytest.approx(1, abs=1e-9)


def test_log_odds_keep_their_digits_where_probabilities_have_none() -> None:
    logits = torch.tensor([[30.0, 0.0, 1.0]])
    scores = natural_scores(logits, "label")[0]
    assert scores[0].item() == pytest.approx(30 - np.logaddexp(0, 1), rel=1e-6)
    assert natural_scores(logits, "multilabel").equal(logits)


def test_log_odds_are_against_all_others() -> None:
    logits = torch.randn(50, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 8
    for label in range(7):
        others = torch.cat([logits[:, :label], logits[:, label + 1 :]], dim=1)
        assert torch.allclose(natural_scores(logits, "label")[:, label], logits[:, label] - others.logsumexp(1))


def test_everything_kept_is_the_prediction_and_hiding_edits_ids(model: Classifier) -> None:
    prediction = model.predict(TEXT)
    features = len(prediction.features)
    keep = np.ones((2, features), dtype=np.bool_)
    keep[1, 3] = False  # "not"
    for hiding, other in zip(model.hidings, ("The film is [MASK] very good, but charming.",
                                             "The film is very good, but charming."), strict=True):  # fmt: skip
        scores = model.score(prediction, keep, hiding)
        assert scores[0] == pytest.approx([target.score for target in prediction.targets], abs=1e-5)
        assert scores[1] == pytest.approx([target.score for target in model.predict(other).targets], abs=1e-5)


@pytest.mark.parametrize("hiding", [Hiding("mask", "[MASK]", 4), Hiding("delete")])
def test_a_rows_score_does_not_depend_on_its_neighbours(model: Classifier, hiding: Hiding) -> None:
    prediction = model.predict(TEXT)
    keep = np.random.default_rng(0).random((40, len(prediction.features))) < 0.5
    together = model.score(prediction, keep, hiding)
    alone = np.concatenate([model.score(prediction, row[None], hiding) for row in keep])
    assert np.allclose(together, alone, atol=1e-5)


def test_batches_hold_every_row_once_within_the_budget(model: Classifier) -> None:
    prediction = model.predict(TEXT)
    keep = np.random.default_rng(0).random((30, len(prediction.features))) < 0.5
    for hiding in model.hidings:
        made = list(batches(prediction, keep, hiding, tokens_at_once=40))
        assert sorted(row for batch in made for row in batch.rows) == list(range(30))
        assert all(batch.ids.size <= 40 or len(batch.ids) == 1 for batch in made)
        lengths = tokens_kept(prediction, keep).sum(axis=1)
        if hiding.kind == "delete":
            assert all((lengths[batch.rows] == batch.ids.shape[1]).all() for batch in made)


def test_an_empty_input_is_scored(model: Classifier) -> None:
    prediction = model.predict("good")
    for hiding in model.hidings:
        assert np.isfinite(model.score(prediction, np.zeros((1, 1), dtype=np.bool_), hiding)).all()


def test_a_long_text_is_cut_at_the_models_limit_and_says_so(model: Classifier) -> None:
    text = "good film " * 100
    prediction = model.predict(text)
    assert len(prediction.ids) == model.limit == 64
    (unseen,) = prediction.unseen
    assert text[: unseen.start] == ("good film " * 31).rstrip()
    assert prediction.features[-1].end == unseen.start
    assert model.predict("good film").unseen == ()


def test_attention_is_the_softmax_of_scaled_products_of_the_layers_own_weights(
    model: Classifier, tiny_classifier: Path
) -> None:
    """softmax(Q K^T / sqrt(d)), d = the width of a head: from the first layer's weights alone."""
    prediction = model.predict(TEXT)
    network = AutoModelForSequenceClassification.from_pretrained(tiny_classifier)
    states = network.bert.embeddings(torch.tensor([prediction.ids]))
    layer = network.bert.encoder.layer[0].attention.self
    heads, width = 4, 8
    query, key = (
        projection(states)[0].view(-1, heads, width).transpose(0, 1) for projection in (layer.query, layer.key)
    )
    expected = (query @ key.transpose(1, 2) / width**0.5).softmax(-1)
    (found,) = model.attention(prediction)
    assert found.weights.shape == (2, heads, len(prediction.ids), len(prediction.ids))
    assert np.allclose(found.weights[0], expected.detach().numpy(), atol=1e-6)


def test_the_network_is_left_as_it_was(model: Classifier) -> None:
    network = model._network
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    config, training = network.config.to_dict(), network.training
    prediction = model.predict(TEXT)
    model.attention(prediction)
    model.score(prediction, np.ones((1, len(prediction.features)), dtype=np.bool_), model.hidings[0])
    model.score_embeddings(prediction, model.embed(prediction)[None].requires_grad_()).sum()
    assert all(torch.equal(weight, before[name]) for name, weight in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert (network.config.to_dict(), network.training) == (config, training)
    assert not network._forward_hooks
    assert network.config._attn_implementation == "sdpa"


def test_bfloat16_is_near_and_exact_at_both_ends(tiny_classifier: Path, model: Classifier) -> None:
    coarse = load(str(tiny_classifier), precision="bfloat16")
    prediction = model.predict(TEXT)
    features = len(prediction.features)
    keep = np.vstack([np.ones(features), np.zeros(features), np.arange(features) % 2]).astype(np.bool_)
    exact, near = (one.score(prediction, keep, one.hidings[0]) for one in (model, coarse))
    assert np.allclose(exact[:2], near[:2], atol=1e-5)
    assert 0 < np.abs(exact[2] - near[2]).max() < 0.5


def test_the_answer_is_read_off_the_first_token_of_a_bert(model: Classifier) -> None:
    assert {target.read_at for target in model.predict(TEXT).targets} == {0}


def test_units_are_over_the_same_ids(model: Classifier) -> None:
    prediction = model.predict("Bad films, 好看的国")
    for unit in ("character", "token", "sentence"):
        other = model.predict(prediction.segments[0], unit)
        assert other.ids == prediction.ids
        positions = [position for feature in other.features for position in feature.tokens]
        assert positions == sorted(set(positions))
    words = [feature.text for feature in prediction.features]
    assert words[:3] == ["Bad", "films", ","]
    assert all(feature.text == feature_text(prediction.segments[0], feature.start, feature.end)
               for feature in prediction.features)  # fmt: skip


def feature_text(text: str, start: int, end: int) -> str:
    return text[start:end]


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"problem_type": "multi_label_classification"}, "multilabel"),
        ({"problem_type": "regression"}, "regression"),
        ({}, "label"),
    ],
)
def test_the_head_decides_what_a_score_is(tmp_path: Path, config: dict[str, str], kind: str) -> None:
    model = load(str(save_bert(tmp_path / "m", labels=("a", "b", "c"), **config)))
    assert {target.kind for target in model.predict("good film").targets} == {kind}


def test_one_label_is_a_regression_without_a_probability(tmp_path: Path) -> None:
    (target,) = load(str(save_bert(tmp_path / "m", labels=("stars",)))).predict("good").targets
    assert (target.kind, target.probability) == ("regression", None)


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
def test_a_text_without_a_token_is_refused(model: Classifier, text: str) -> None:
    with pytest.raises(ValueError, match="there is nothing to explain"):
        model.predict(text)


def test_half_a_character_is_refused_by_its_place(model: Classifier) -> None:
    with pytest.raises(ValueError, match="character 3 of the text is half a character"):
        model.predict("ab\ud800")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": "translate"}, "'translate' is not a task; choose one of classify"),
        ({"precision": "int4"}, "'int4' is not a precision; choose one of float32, bfloat16"),
        ({"device": "abacus"}, "'abacus' is not a device of this machine"),
    ],
)
def test_wrong_arguments_are_refused(tiny_classifier: Path, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load(str(tiny_classifier), **arguments)
