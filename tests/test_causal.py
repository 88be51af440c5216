"""Generators of many architectures against transformers alone: what is read, what is written, and every score."""

from pathlib import Path
from typing import Any

import pytest
import torch
from sidelight.explain import explain
from sidelight.models import ModelError, load
from sidelight.models.generator import Generator
from sidelight.models.prompt import Prompt, Sampling
from transformers import AutoModelForCausalLM, AutoTokenizer

from .tiny import CAUSAL, SEEING, save_causal

LENGTHS = ("abc", "the film is good, and so 好看  ", "a long film " * 9)


def log_odds(network: Any, ids: list[int], position: int, token: int) -> float:
    """Of a token at a position, by one pass of transformers alone."""
    with torch.inference_mode():
        logits = network(torch.tensor([ids]), use_cache=False).logits[0, position - 1].double()
    others = torch.cat([logits[:token], logits[token + 1 :]]).logsumexp(0)
    return float(logits[token] - others)


@pytest.fixture(scope="module", params=sorted(CAUSAL))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_causal(tmp_path_factory.mktemp("causal") / request.param, request.param, CAUSAL[request.param])


@pytest.mark.parametrize("prompt", LENGTHS, ids=["short", "usual", "long"])
def test_what_is_written_and_scored_is_what_transformers_writes_and_scores(folder: Path, prompt: str) -> None:
    model = load(str(folder), "generate")
    assert isinstance(model, Generator)
    network: Any = AutoModelForCausalLM.from_pretrained(folder)
    prediction = model.generate(Prompt(prompt, Sampling(6)))
    first = len(prediction.ids) - len(prediction.written)
    ids = list(prediction.ids)
    assert ids[:first] == [0, *AutoTokenizer.from_pretrained(folder)(prompt)["input_ids"]]
    given = torch.tensor([ids[:first]])
    expected = network.generate(
        given, attention_mask=torch.ones_like(given), max_new_tokens=len(ids) - first, do_sample=False, pad_token_id=1
    )
    assert ids == expected[0].tolist()
    (found,) = explain(model, prediction, ["occlusion"], targets=prediction.written, attention=False).attributions
    for place in prediction.written:
        target = prediction.targets[place]
        position = target.position or 0
        score = log_odds(network, ids, position, target.id)
        assert target.score == pytest.approx(score, abs=1e-4)
        for feature, value in list(zip(prediction.features, found.values[place], strict=True))[:4]:
            left = [id_ for at, id_ in enumerate(ids) if at not in feature.tokens]
            hidden = log_odds(network, left, position - len(feature.tokens), target.id)
            assert value == pytest.approx(score - hidden, abs=2e-4)


@pytest.mark.parametrize("kind", sorted(SEEING))
def test_a_network_that_sees_the_future_is_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="sees the words that come after"):
        load(str(save_causal(tmp_path / kind, kind, SEEING[kind])), "generate")
