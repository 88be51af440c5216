"""Adapters of peft: merged into their base, or refused with what to do."""

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from sidelight.models import ModelError, load
from sidelight.models.finetuning.bases import find_base
from sidelight.models.finetuning.classifier import finetune_classifier
from sidelight.models.finetuning.request import FinetuneSettings
from sidelight.models.finetuning.rows import Example
from transformers import AutoTokenizer, BertForSequenceClassification, BertModel

from .folders import change


def adapted(folder: Path, *, beside: bool) -> Path:
    """A LoRA of a folder's model, saved beside it or by itself."""
    peft = pytest.importorskip("peft")
    network = BertForSequenceClassification.from_pretrained(folder)
    settings = peft.LoraConfig(task_type="SEQ_CLS", r=2, target_modules=["query"], init_lora_weights=False)
    out = folder if beside else folder.parent / "adapter"
    wrapped = peft.get_peft_model(network, settings)
    wrapped.eval()
    wrapped.peft_config["default"].base_model_name_or_path = str(folder)
    wrapped.save_pretrained(out)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        logits = wrapped(**tokenizer("good film", return_tensors="pt")).logits[0].double()
    (folder.parent / "expected.json").write_text(json.dumps((logits[0] - logits[1]).item()))
    return out


@pytest.mark.filterwarnings("ignore::FutureWarning:peft", "ignore::FutureWarning:transformers")
@pytest.mark.parametrize("beside", [True, False])
def test_an_adapter_is_merged_into_its_base(folder: Path, *, beside: bool) -> None:
    plain = load(str(folder)).predict("good film").targets[0].score
    out = adapted(folder, beside=beside)
    model = load(str(out))
    prediction = model.predict("good film")
    assert prediction.targets[0].score == pytest.approx(
        json.loads((folder.parent / "expected.json").read_text()), abs=1e-4
    )
    assert abs(prediction.targets[0].score - plain) > 1e-3
    assert prediction.notices == ("An adapter (LORA) that stands with the model is merged into its weights.",)
    files = [folder / "model.safetensors", out / "adapter_model.safetensors"]
    assert model.weights == hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def saved(folder: Path, settings: Any, labels: int = 2, weights: float = 0.3) -> tuple[Path, list[float]]:
    """An adapter of any kind for the model in a folder, saved by itself, and what both answer to a text."""
    peft = pytest.importorskip("peft")
    network = BertForSequenceClassification.from_pretrained(folder, num_labels=labels)
    wrapped = peft.get_peft_model(network, settings).eval()
    torch.manual_seed(0)
    for parameter in wrapped.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=weights)
    wrapped.peft_config["default"].base_model_name_or_path = str(folder)
    out = folder.parent / "adapter"
    wrapped.save_pretrained(out)
    with torch.no_grad():
        answer = wrapped(**AutoTokenizer.from_pretrained(folder)("good film", return_tensors="pt"))
    return out, answer.logits[0].log_softmax(0).tolist()


def lora(**settings: Any) -> Any:
    peft = pytest.importorskip("peft")
    return peft.LoraConfig(task_type="SEQ_CLS", r=2, target_modules=["query"], **settings)


QUIETLY = ("ignore::FutureWarning:peft", "ignore::FutureWarning:transformers", "ignore::UserWarning:peft")


@pytest.mark.filterwarnings(*QUIETLY)
@pytest.mark.parametrize("labels", [2, 3])
def test_an_adapter_brings_the_head_that_its_base_lacks(folder: Path, labels: int) -> None:
    BertModel.from_pretrained(folder).save_pretrained(folder)
    change("config.json", id2label=None, label2id=None)(folder)
    out, expected = saved(folder, lora(), labels)
    targets = load(str(out)).predict("good film").targets
    assert [target.name for target in targets] == [f"LABEL_{index}" for index in range(labels)]
    assert [math.log(target.probability or 0) for target in targets] == pytest.approx(expected, abs=1e-4)


@pytest.mark.filterwarnings(*QUIETLY)
@pytest.mark.parametrize("part", ["lora_A", "lora_B"])
def test_an_adapter_without_some_of_its_weights_is_refused(folder: Path, part: str) -> None:
    out, _ = saved(folder, lora())
    path = out / "adapter_model.safetensors"
    save_file({name: one for name, one in load_file(path).items() if part not in name}, path)
    with pytest.raises(ModelError, match=rf"the adapter in 'adapter' lacks \S+{part}.weight, which would be made up"):
        load(str(out))


@pytest.mark.filterwarnings(*QUIETLY)
def test_an_adapter_that_does_not_answer_the_same_when_it_is_merged_is_refused(folder: Path) -> None:
    out, _ = saved(folder, lora(layer_replication=[[0, 2], [1, 2]]))
    with pytest.raises(ModelError, match=r"\(LORA\) is of a kind that no weights can take in"):
        load(str(out))


@pytest.mark.filterwarnings(*QUIETLY)
def test_an_adapter_that_puts_tokens_before_the_text_is_refused(folder: Path) -> None:
    peft = pytest.importorskip("peft")
    out, _ = saved(folder, peft.PromptTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=3))
    with pytest.raises(ModelError, match=r"\(PROMPT_TUNING\) is of a kind that no weights can take in"):
        load(str(out))


@pytest.mark.filterwarnings(*QUIETLY)
@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"r": 10**9}, "adapter_config.json says r 1,000,000,000, but no weight in adapter_model.safetensors has more"),
        ({"rank_pattern": {"query": 10**9}}, "says rank_pattern 1,000,000,000, but no weight"),
        ({"base_model_name_or_path": None}, "is an adapter that names no base; set base_model_name_or_path"),
    ],
)
def test_a_config_that_asks_for_the_impossible(folder: Path, entries: dict[str, Any], message: str) -> None:
    out, _ = saved(folder, lora())
    change("adapter_config.json", **entries)(out)
    with pytest.raises(ModelError, match=message):
        load(str(out))


@pytest.mark.filterwarnings(*QUIETLY)
def test_an_adapter_that_git_did_not_fetch(folder: Path) -> None:
    out, _ = saved(folder, lora())
    (out / "adapter_model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0")
    with pytest.raises(ModelError, match=r"adapter_model.safetensors is a Git LFS pointer"):
        load(str(out))


def test_an_adapter_is_no_base_to_train(folder: Path) -> None:
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    for task in ("classify", "generate"):
        with pytest.raises(ModelError, match=r"holds an adapter .*; merge it"):
            find_base(str(folder), task)
    rows = [Example("good", "a"), Example("bad", "b")]
    with pytest.raises(ModelError, match=r"holds an adapter .*; merge it"):
        finetune_classifier(folder, rows, rows, folder / "out", FinetuneSettings())


@pytest.mark.parametrize("beside", [True, False])
def test_without_peft_an_adapter_is_refused_with_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, beside: bool
) -> None:
    monkeypatch.setattr("sidelight.models.adapter.find_spec", lambda _name: None)
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "some/base"}')
    if not beside:
        (folder / "config.json").unlink()
    what = "an adapter beside its base model" if beside else "only an adapter for 'some/base'"
    with pytest.raises(ModelError, match=rf"holds {what}; install peft \(`pip install peft`\)"):
        load(str(folder))
