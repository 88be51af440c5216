"""The generator against transformers' own numbers, on two small architectures."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sidelight.explain import explain
from sidelight.explain.methods import METHODS
from sidelight.models import ModelError, load
from sidelight.models.generator import Generator, Sampling
from transformers import AutoModelForCausalLM

from .tiny import save_generator

PROMPT = "the film is good, 好看"


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_generator(tmp_path_factory.mktemp("generators") / request.param, request.param)


@pytest.fixture(scope="module")
def model(folder: Path) -> Generator:
    found = load(str(folder), "generate")
    assert isinstance(found, Generator)
    return found


def test_greedy_writing_is_that_of_transformers(model: Generator, folder: Path) -> None:
    network = AutoModelForCausalLM.from_pretrained(folder)
    prediction = model.generate(PROMPT, sampling=Sampling(12))
    written = len(prediction.targets)
    prompt = torch.tensor([prediction.ids[:-written]])
    mask = torch.ones_like(prompt)
    expected = network.generate(prompt, attention_mask=mask, max_new_tokens=written, do_sample=False, pad_token_id=0)
    assert prediction.ids == tuple(expected[0].tolist())


def test_one_pass_scores_every_token(model: Generator, folder: Path) -> None:
    """Log-odds of each token from a plain forward pass."""
    network = AutoModelForCausalLM.from_pretrained(folder)
    prediction = model.generate(PROMPT, sampling=Sampling(8))
    logits = network(torch.tensor([prediction.ids])).logits[0]
    for target in prediction.targets:
        assert target.position is not None
        chances = logits[target.position - 1].softmax(-1)
        assert target.probability == pytest.approx(chances[target.id].item(), abs=1e-5)
        assert target.entropy == pytest.approx(-(chances * chances.log()).sum().item(), abs=1e-4)
        best = [one.probability for one in target.alternatives]
        assert best == sorted(best, reverse=True)
        assert target.id not in {one.id for one in target.alternatives}


@pytest.mark.parametrize("explain_output", [False, True])
def test_hiding_is_a_text_without_those_tokens(model: Generator, folder: Path, explain_output: bool) -> None:
    network = AutoModelForCausalLM.from_pretrained(folder)
    prediction = model.generate(PROMPT, sampling=Sampling(5), explain_output=explain_output)
    keep = np.random.default_rng(1).random((20, len(prediction.features))) < 0.6
    found = model.score(prediction, keep, model.hidings[0])
    for row, scores in zip(keep, found, strict=True):
        hidden = {p for feature, kept in zip(prediction.features, row, strict=True) if not kept for p in feature.tokens}
        places = [place for place in range(len(prediction.ids)) if place not in hidden]
        logits = network(torch.tensor([[prediction.ids[place] for place in places]])).logits[0].double()
        for target, score in zip(prediction.targets, scores, strict=True):
            read = sum(place < (target.position or 0) for place in places) - 1
            chance = logits[read].log_softmax(-1)[target.id]
            assert score == pytest.approx((chance - torch.log1p(-chance.exp())).item(), abs=1e-3)


def test_a_shared_start_changes_nothing(model: Generator) -> None:
    prediction = model.continue_with(PROMPT, " very good")
    keep = np.random.default_rng(2).random((9, len(prediction.features))) < 0.5
    plain = model.score(prediction, keep, model.hidings[0])
    longer = model.generate(PROMPT, sampling=Sampling(1), template=True)
    assert plain.shape == (9, len(prediction.targets))
    assert np.isfinite(model.score(longer, keep, model.hidings[0])).all()


def test_a_contrast_is_the_difference_of_log_probabilities(model: Generator) -> None:
    prediction = model.generate(PROMPT, sampling=Sampling(3))
    foil = prediction.targets[1].alternatives[0]
    contrasted = model.contrast(prediction, 1, foil.text).targets[1]
    own = prediction.targets[1].probability
    assert own is not None
    assert contrasted.score == pytest.approx(np.log(own / foil.probability), abs=1e-4)
    assert contrasted.probability is None
    assert model.contrast(prediction, 1, foil.text).targets[0] == prediction.targets[0]


def test_shap_is_exact_for_every_token_from_one_run(model: Generator) -> None:
    from itertools import permutations

    prediction = model.generate("the film is good", sampling=Sampling(4))
    (found,) = explain(model, prediction, ["shap"], attention=False).attributions
    features = len(prediction.features)
    values = np.zeros((len(prediction.targets), features))
    orders = list(permutations(range(features)))
    for order in orders:
        keep = np.zeros((features + 1, features), dtype=np.bool_)
        for step, feature in enumerate(order, start=1):
            keep[step:, feature] = True
        values[:, list(order)] += np.diff(model.score(prediction, keep, model.hidings[0]), axis=0).T
    assert np.allclose(found.values, values / len(orders), atol=1e-4)


def test_every_method_explains_every_token(model: Generator) -> None:
    report = explain(model, model.generate(PROMPT, sampling=Sampling(4)), list(METHODS))
    assert [one.method for one in report.attributions] == list(METHODS)
    for attribution in report.attributions:
        assert np.shape(attribution.values) == (4, len(attribution.prediction.features))


def test_the_same_seed_writes_the_same_text(model: Generator) -> None:
    drawn = [model.generate(PROMPT, sampling=Sampling(12, 1.5, 0.9, seed)).segments[1] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_tokens_and_words_stand_on_whole_characters(model: Generator) -> None:
    prediction = model.continue_with(PROMPT, " 这部电影 good")
    assert prediction.segments[1] == " 这部电影 good"
    assert "\ufffd" not in "".join(token.text for token in prediction.tokens if token.span)
    assert [feature.text for feature in prediction.features] == ["the", "film", "is", "good", ",", "好看"]
    joined = "".join(
        dict.fromkeys((target.start, target.name) for target in prediction.targets) and prediction.segments[1]
    )
    assert joined == prediction.segments[1]


def test_what_stands_before_the_prompt_is_never_hidden(model: Generator) -> None:
    prediction = model.generate(PROMPT, sampling=Sampling(2))
    assert prediction.tokens[0].span is None
    empty = np.zeros((1, len(prediction.features)), dtype=np.bool_)
    for hiding in model.hidings:
        assert np.isfinite(model.score(prediction, empty, hiding)).all()


def test_bad_input_is_refused(model: Generator, tiny_classifier: Path) -> None:
    with pytest.raises(ValueError, match="the prompt is empty"):
        model.generate(" ")
    with pytest.raises(ValueError, match="the continuation is empty"):
        model.continue_with(PROMPT, "")
    with pytest.raises(ValueError, match=r"the prompt has \d+ tokens; the model reads 128"):
        model.generate("good film " * 100)
    with pytest.raises(ValueError, match="max_new_tokens=0 is not allowed; it takes 1 to 256"):
        Sampling(0)
    with pytest.raises(ModelError, match="this checkpoint is a BertForSequenceClassification"):
        load(str(tiny_classifier), "generate")


def test_a_foil_must_be_another_token(model: Generator) -> None:
    prediction = model.generate(PROMPT, sampling=Sampling(1))
    with pytest.raises(ValueError, match="is not another token"):
        model.contrast(prediction, 0, "")
