"""Generators of many architectures against transformers alone: what is read, what is written, and every score."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from sidelight.explain import explain
from sidelight.models import ModelError, load
from sidelight.models.generator import Generator
from sidelight.models.inputs import Prompt, Sampling
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
    first = len(prediction.ids) - len(prediction.placed)
    ids = list(prediction.ids)
    assert ids[:first] == [0, *AutoTokenizer.from_pretrained(folder)(prompt)["input_ids"]]
    given = torch.tensor([ids[:first]])
    expected = network.generate(
        given, attention_mask=torch.ones_like(given), max_new_tokens=len(ids) - first, do_sample=False, pad_token_id=1
    )
    assert ids == expected[0].tolist()
    (found,) = explain(model, prediction, ["occlusion"], targets=prediction.placed, attention=False).attributions
    for place in prediction.placed:
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


def test_a_network_that_reads_few_tokens_is_asked_about_as_many(tmp_path: Path) -> None:
    folder = save_causal(tmp_path / "few", "gpt2", {**CAUSAL["gpt2"], "n_positions": 8})
    assert len(load(str(folder), "generate").predict("abc").ids) <= 8


def without_special_tokens(folder: Path) -> Path:
    """A model whose tokenizer names no special token, as those that were saved by the tokenizers library alone."""
    for name, keys in (("tokenizer.json", {"added_tokens": []}), ("tokenizer_config.json", {"eos_token": None})):
        edit(folder / name, **keys)
    return folder


def edit(path: Path, **keys: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | keys))


def test_where_the_tokenizer_names_no_beginning_that_of_the_config_stands_there(tmp_path: Path) -> None:
    folder = without_special_tokens(save_causal(tmp_path / "bare", "llama", CAUSAL["llama"]))
    edit(folder / "config.json", bos_token_id=3, eos_token_id=7)
    assert load(str(folder), "generate").predict("abc").ids[0] == 3
    edit(folder / "config.json", bos_token_id=None)
    assert load(str(folder), "generate").predict("abc").ids[0] == 7
    edit(folder / "config.json", eos_token_id=None)
    (folder / "generation_config.json").unlink()
    with pytest.raises(ModelError, match=r"config\.json names none; name one there as bos_token_id"):
        load(str(folder), "generate").predict("abc")
    edit(folder / "config.json", bos_token_id=5)  # the advice
    assert load(str(folder), "generate").predict("abc").ids[0] == 5


def test_ends_that_are_none_are_named_and_those_beyond_the_vocabulary_left_out(tmp_path: Path) -> None:
    folder = save_causal(tmp_path / "ends", "llama", CAUSAL["llama"])
    whole = load(str(folder), "generate").predict("abc").ids
    for end in (-1, 99_999):
        edit(folder / "generation_config.json", eos_token_id=end)
        assert load(str(folder), "generate").predict("abc").ids == whole
    edit(folder / "generation_config.json", eos_token_id=[[1]])
    with pytest.raises(ModelError, match=r"eos_token_id holds '\[1\]', which is no number of a token"):
        load(str(folder), "generate").predict("abc")
