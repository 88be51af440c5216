"""The contract over architectures: what is said of a classifier is what transformers alone answers, row by row.

A new architecture is one line in `architectures.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from inspect import signature
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sidelight.explain import explain
from sidelight.models import load
from sidelight.models.classifier import Classifier, natural_scores
from sidelight.models.model import Hiding
from sidelight.models.prediction import Floats, ModelError, Prediction, UnsupportedError
from transformers import AutoModelForSequenceClassification, AutoTokenizer, MambaConfig, MambaForCausalLM

from .architectures import ARCHITECTURES, LIMIT, Architecture, byte_level, save_classifier
from .tiny import ENGLISH

THREE = "good film plot"
THIRTY = f"{ENGLISH} the plot is thin and not so good but i left smiling"
SHORT = "not a good film"  # of few words, to be enumerated


@dataclass
class Pair:
    """A model and what transformers makes of the same folder."""

    name: str
    architecture: Architecture
    model: Classifier
    network: Any
    tokenizer: Any

    def given(self, ids: Sequence[int], types: Sequence[int]) -> dict[str, torch.Tensor]:
        """Ids and token types as what a network is called with."""
        given = {"input_ids": torch.tensor([list(ids)])}
        reads_types = "token_type_ids" in signature(self.network.forward).parameters
        if reads_types and "token_type_ids" in self.tokenizer.model_input_names:
            given["token_type_ids"] = torch.tensor([list(types)])
        return given

    def alone(self, ids: Sequence[int], types: Sequence[int]) -> Floats:
        """The labels' scores for ids, as of a network that was never asked before: (labels,)."""
        network = deepcopy(self.network) if self.architecture.changes else self.network
        with torch.inference_mode():
            logits = network(**self.given(ids, types)).logits.float()
        return natural_scores(logits, "label")[0].double().numpy()

    def row(self, prediction: Prediction, seen: Sequence[int], hiding: Hiding) -> Floats:
        """As `alone`, where only the features of these numbers are seen."""
        gone = {place for number, one in enumerate(prediction.features) if number not in seen for place in one.tokens}
        kept = [place for place in range(len(prediction.ids)) if hiding.kind != "delete" or place not in gone]
        ids = [hiding.token_id if place in gone else prediction.ids[place] for place in kept]
        return self.alone([id_ for id_ in ids if id_ is not None], [prediction.tokens[place].type for place in kept])

    def texts(self) -> list[str]:
        """Of 3 and 30 words and of the most tokens; with control tokens typed, and white space around."""
        controls = dict.fromkeys(self.tokenizer.all_special_tokens)
        typed = [f"good {control} film plot" for control in controls]
        ends = [f"good film{control}" for control in (self.tokenizer.pad_token, self.tokenizer.eos_token) if control]
        return [THREE, THIRTY, f"{THIRTY} " * 8, *typed, *ends, "  good film \t\n", "a\u00a0good，film 好看 naïve"]


@pytest.fixture(scope="module", params=list(ARCHITECTURES))
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    architecture = ARCHITECTURES[request.param]
    folder = save_classifier(tmp_path_factory.mktemp(architecture.kind), architecture)
    network = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    return Pair(request.param, architecture, load(str(folder)), network, AutoTokenizer.from_pretrained(folder))


def scores(prediction: Prediction) -> list[float]:
    return [target.score for target in prediction.targets]


def test_answers_are_those_of_transformers_alone_in_any_order(pair: Pair) -> None:
    texts = pair.texts()
    answers = [pair.model.predict(text) for text in texts]
    for text, answer in zip(texts, answers, strict=True):
        read = pair.tokenizer(text, truncation=True, max_length=LIMIT)
        types = read.get("token_type_ids", [0] * len(answer.ids))
        assert list(answer.ids) == read["input_ids"]
        assert scores(answer) == pytest.approx(pair.alone(answer.ids, types), abs=1e-4), text
    assert len(answers[2].ids) == LIMIT
    for text, answer in reversed(list(zip(texts, answers, strict=True))):
        assert scores(pair.model.predict(text)) == pytest.approx(scores(answer), abs=1e-6), text


def test_the_place_of_an_answer_is_that_of_each_text(pair: Pair) -> None:
    for text in pair.texts():
        answer = pair.model.predict(text)
        place = pair.architecture.place(answer.ids, pair.tokenizer)
        assert {target.read_at for target in answer.targets} == {place}, text


def test_hiding_is_read_row_by_row_as_by_transformers_alone(pair: Pair) -> None:
    for text in pair.texts():
        answer = pair.model.predict(text)
        features = len(answer.features)
        seen = [list(range(features)), [], *([other for other in range(features) if other != one] for one in range(3))]
        keep = np.array([[number in row for number in range(features)] for row in seen])
        for hiding in pair.model.hidings:
            assert hiding.kind == "delete" or hiding.token_id != pair.tokenizer.pad_token_id
            found = pair.model.score(answer, keep, hiding)
            expected = np.stack([pair.row(answer, row, hiding) for row in seen])
            assert np.allclose(found, expected, atol=1e-4), (text, hiding)


def test_shap_and_occlusion_are_those_of_all_rows_from_transformers_alone(pair: Pair) -> None:
    report = explain(pair.model, SHORT, ["shap", "occlusion"])
    (answer,), words = report.predictions, range(len(report.predictions[0].features))
    hiding = pair.model.hidings[0]
    rows = {
        seen: pair.row(answer, seen, hiding) for size in range(len(words) + 1) for seen in combinations(words, size)
    }
    shap, occlusion = report.attributions
    for word in words:
        others = [other for other in words if other != word]
        marginal = [
            (rows[tuple(sorted((*seen, word)))] - rows[seen]) / (len(words) * comb(len(others), size))
            for size in range(len(words))
            for seen in combinations(others, size)
        ]
        assert np.array(shap.values)[:, word] == pytest.approx(np.sum(marginal, axis=0), abs=1e-4)
        left = rows[tuple(words)] - rows[tuple(others)]
        assert np.array(occlusion.values)[:, word] == pytest.approx(left, abs=1e-4)


def test_gradients_are_those_of_the_answer(pair: Pair) -> None:
    end = pair.tokenizer.pad_token or ""
    for text in (SHORT, f"{SHORT}{end}"):
        answer = pair.model.predict(text)
        report = explain(pair.model, text, ["input_x_gradient", "integrated_gradients:steps=128"])
        if "input_x_gradient" in pair.architecture.without:
            assert not report.attributions
            assert sum("embeds its text a second time" in notice for notice in report.provenance.notices) == 2
            continue
        simple, integrated = report.attributions
        for target in range(3):
            assert simple.values[target] == pytest.approx(gradient_alone(pair, answer, target), abs=2e-4)
        if text == SHORT:  # the embedding of padding is nothing, and the way there is too steep for few steps
            total = np.sum(integrated.values, axis=1) + np.array(integrated.base)
            assert total == pytest.approx(scores(answer), abs=0.05)


def gradient_alone(pair: Pair, answer: Prediction, target: int) -> list[float]:
    """Embedding times gradient of a target by the features, from autograd on transformers' network."""
    network, made = deepcopy(pair.network), []
    network.get_input_embeddings().register_forward_hook(lambda _part, _inputs, output: made.append(output))
    given = pair.given(answer.ids, [token.type for token in answer.tokens])
    score = natural_scores(network(**given).logits.float(), "label")[0, target]
    (slope,) = torch.autograd.grad(score, made[0])
    by_token = (slope * made[0]).sum(-1).flatten()[: len(answer.ids)].tolist()
    return [sum(by_token[place] for place in feature.tokens) for feature in answer.features]


def test_attention_is_that_of_transformers_alone(pair: Pair) -> None:
    answer = pair.model.predict(SHORT)
    if pair.name == "Longformer":
        with pytest.raises(UnsupportedError, match="not one weight for each pair of tokens"):
            pair.model.attention(answer)
        return
    network = deepcopy(pair.network)
    network.set_attn_implementation("eager")
    given = pair.given(answer.ids, [token.type for token in answer.tokens])
    with torch.inference_mode():
        network(**given)  # a BigBird that changes itself shows nothing in that pass
        output = network(**given, output_attentions=True)
    for found in pair.model.attention(answer):
        expected = torch.stack([layer[0] for layer in output[found.name]]).numpy()
        assert np.allclose(found.weights, expected, atol=1e-5)
        assert np.allclose(found.weights.sum(-1), 1, atol=1e-4)


def test_features_are_disjoint_slices_that_cover_what_is_read(pair: Pair) -> None:
    for text in pair.texts():
        for unit in ("word", "character", "token", "sentence"):
            answer = pair.model.predict(text, unit)
            covered: set[int] = set()
            for feature in answer.features:
                assert feature.text == text[feature.start : feature.end]
                assert feature.tokens
                assert not covered & set(range(feature.start, feature.end))
                covered |= set(range(feature.start, feature.end))
            unseen = {place for span in answer.unseen for place in range(span.start, span.end)}
            left = {place for place, sign in enumerate(text) if not sign.isspace()} - covered - unseen
            assert not left, (unit, [text[place] for place in left])


def test_a_network_is_left_as_it_was_and_says_nothing(pair: Pair, capfd: pytest.CaptureFixture[str]) -> None:
    network = pair.model._network
    parts = [(name, id(part)) for name, part in network.named_modules()]
    config = network.config.to_dict()
    for text in (THREE, THIRTY):
        explain(pair.model, text, ["occlusion", "attention_rollout"])
    assert parts == [(name, id(part)) for name, part in network.named_modules()]
    assert config == network.config.to_dict()
    assert not any(part._forward_hooks for part in network.modules())
    assert "transformers" not in capfd.readouterr().err
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_mamba_is_refused_by_name(tmp_path: Path) -> None:
    tokenizer = byte_level("$A", eos_token="<|endoftext|>", pad_token="<|endoftext|>")(tmp_path)
    sizes = {"vocab_size": len(tokenizer), "hidden_size": 16, "state_size": 4, "num_hidden_layers": 1}
    MambaForCausalLM(MambaConfig(**sizes)).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="a MambaForCausalLM, which serves the task generate"):
        load(str(tmp_path))
