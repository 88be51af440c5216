"""Folders that must be refused, each with its reason, and that nothing of a checkpoint is ever run."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from sidelight.models import ModelError, load

from .tiny import save_bert, save_tokenizer


@pytest.fixture
def folder(tiny_classifier: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_classifier, tmp_path / "model"))


def change(name: str, **entries: Any) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / name
        path.write_text(json.dumps(json.loads(path.read_text()) | entries))

    return apply


def remove(*names: str) -> Callable[[Path], None]:
    return lambda folder: [(folder / name).unlink() for name in names] and None


def write(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content) and None


def weights(edit: Callable[[dict[str, torch.Tensor]], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / "model.safetensors"
        tensors = load_file(path)
        edit(tensors)
        save_file(tensors, path, metadata={"format": "pt"})

    return apply


def pickle_only(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def sharded(name: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / "model.safetensors").unlink()
        index = {"weight_map": {"classifier.weight": name}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))

    return apply


def unnamed(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text('{"weight_map": [1]}')


def adapter(folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "some/base"}')


def nan(tensors: dict[str, torch.Tensor]) -> None:
    tensors["classifier.weight"][0, 0] = float("nan")


REFUSED = {
    "no config": (remove("config.json"), "there is no config.json in 'model'"),
    "config is not JSON": (write("config.json", b"{"), "config.json is not valid JSON"),
    "config is a list": (write("config.json", b"[]"), "config.json holds no JSON object"),
    "unknown type": (change("config.json", model_type="gpt99"), "model_type 'gpt99', which transformers does not know"),
    "other task": (change("config.json", architectures=["BertForMaskedLM"]), "this checkpoint is a BertForMaskedLM"),
    "wider": (change("config.json", hidden_size=4096), r"config.json describes [\d,]+ weights but the files hold"),
    "more labels": (change("config.json", id2label={"0": "a", "1": "b", "2": "c"}), r"classifier.* has shape"),
    "labels with a gap": (change("config.json", id2label={"0": "a", "7": "b"}), "are numbered 0, 7; they must be 0 to"),
    "code in config": (change("config.json", auto_map={"AutoModel": "x.Y"}), "run code of its own"),
    "code in tokenizer": (change("tokenizer_config.json", auto_map={"AutoTokenizer": ["x.Y"]}), "run code of its own"),
    "quantized": (change("config.json", quantization_config={"quant_method": "gptq"}), r"quantized \(gptq\)"),
    "adapter": (adapter, "only an adapter for 'some/base'"),
    "no tokenizer": (remove("tokenizer.json"), "there is no tokenizer"),
    "no weights": (remove("model.safetensors"), "there is no model.safetensors"),
    "pickle": (pickle_only, "pytorch_model.bin is a pickle, which can run code; convert it to safetensors"),
    "pointer": (write("model.safetensors", b"version https://git-lfs.github.com/spec/v1\n"), "run `git lfs pull`"),
    "garbage": (write("model.safetensors", b"garbage"), "model.safetensors is damaged"),
    "shard outside": (sharded("../model.safetensors"), "a shard outside of the folder"),
    "shards unnamed": (unnamed, "does not say which weights are in which file"),
    "shard missing": (sharded("one.safetensors"), "the shard 'one.safetensors' is missing"),
    "layer missing": (
        weights(lambda tensors: tensors.__delitem__("bert.encoder.layer.1.output.dense.weight")),
        "1 weights are missing, among them bert.encoder.layer.1.output.dense.weight",
    ),
    "not a number": (weights(nan), "numbers that are not finite"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(folder: Path, case: str) -> None:
    spoil, message = REFUSED[case]
    for extra in ("vocab.txt",) if case == "no tokenizer" else ():
        (folder / extra).unlink(missing_ok=True)
    spoil(folder)
    with pytest.raises(ModelError, match=message):
        load(str(folder))


def test_a_tokenizer_with_more_tokens_than_the_model_embeds(tmp_path: Path) -> None:
    folder = save_bert(tmp_path / "model", vocab_size=40)
    save_tokenizer(folder)
    with pytest.raises(ModelError, match="tokens but the model embeds only 40"):
        load(str(folder))


@pytest.mark.parametrize("reference", ["./nowhere", "/no/such/folder", "a b", "no/such/deep/folder"])
def test_a_folder_that_does_not_exist(reference: str) -> None:
    with pytest.raises(ModelError, match="there is no folder"):
        load(reference)


def test_a_file_is_not_a_folder(folder: Path) -> None:
    with pytest.raises(ModelError, match="is a file; give the folder"):
        load(str(folder / "model.safetensors"))


def test_an_implementation_named_in_the_config_is_not_followed(folder: Path) -> None:
    change("config.json", _attn_implementation_internal="someone/kernel", _attn_implementation="someone/kernel")(folder)
    assert load(str(folder)).labels == ("negative", "positive")


def test_the_report_knows_the_weights_by_their_hash(folder: Path, tiny_classifier: Path) -> None:
    import hashlib

    model = load(str(folder))
    assert model.name == "model"
    assert model.weights == hashlib.sha256((tiny_classifier / "model.safetensors").read_bytes()).hexdigest()


def test_transformers_log_level_is_put_back(folder: Path) -> None:
    from transformers.utils import logging

    before = logging.get_verbosity()
    load(str(folder))
    assert logging.get_verbosity() == before
