"""Adapters of peft: merged into their base, or refused with what to do."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from sidelight.models import ModelError, load
from sidelight.models.finetuning.bases import find_base
from sidelight.models.finetuning.classifier import finetune_classifier
from sidelight.models.finetuning.request import FinetuneSettings
from sidelight.models.finetuning.rows import Example
from transformers import AutoTokenizer, BertForSequenceClassification


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
