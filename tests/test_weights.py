"""Which files of the weights answer, and that a network takes all that they hold."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from sidelight.explain import explain
from sidelight.models import ModelError, load

from .folders import change, weights
from .tiny import vocabulary


def stray(name: str, *shape: int) -> Callable[[Path], None]:
    return weights(lambda tensors: tensors.__setitem__(name, torch.ones(shape)))


UNUSED = {
    "a layer before the head": (stray("extra_dense.weight", 32, 32), r"1 weights .* used by no layer .*extra_dense"),
    "a layer more": (stray("bert.encoder.layer.2.output.dense.weight", 32, 64), "used by no layer of BertForSeq"),
    "LoRA": (stray("bert.encoder.layer.0.attention.self.query.lora_A.weight", 4, 32), "an adapter that was never merg"),
}


@pytest.mark.parametrize("case", UNUSED)
def test_weights_that_no_layer_takes_are_refused_by_name(folder: Path, case: str) -> None:
    spoil, message = UNUSED[case]
    spoil(folder)
    with pytest.raises(ModelError, match=message):
        load(str(folder))


def test_weights_of_another_head_are_said(folder: Path) -> None:
    stray("cls.predictions.bias", len(vocabulary()))(folder)
    report = explain(load(str(folder)), "good film", ["occlusion"])
    (notice,) = report.provenance.notices
    assert notice == "1 weights in the files belong to a head for another task and are not used: cls.predictions.bias."


@pytest.mark.parametrize("part", ["module.", "_orig_mod.", "model.", "_orig_mod.module."])
def test_what_wrappers_put_before_names_is_named_and_the_advice_mends_it(
    folder: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [target.score for target in load(str(folder)).predict("good film").targets]
    path = folder / "model.safetensors"
    save_file({part + name: tensor for name, tensor in load_file(path).items()}, path, {"format": "pt"})
    monkeypatch.chdir(folder)
    with pytest.raises(ModelError, match="the names of the weights hold") as caught:
        load(str(folder))
    exec(str(caught.value).partition("rename them with: ")[2].strip("`"), {})  # noqa: S102 (our own advice)
    assert [target.score for target in load(str(folder)).predict("good film").targets] == expected


def shards(folder: Path, *, stray: bool = False, lost: bool = False) -> None:
    """The weights in two files with an index, that may leave one out or name one too many."""
    names = sorted(load_file(folder / "model.safetensors"))
    tensors = load_file(folder / "model.safetensors")
    parts = {"one.safetensors": names[::2], "two.safetensors": names[1::2]}
    for file, held in parts.items():
        save_file({name: tensors[name] for name in held}, folder / file, {"format": "pt"})
    placed = {name: file for file, held in parts.items() for name in held}
    if stray:
        placed.pop(names[0])
    if lost:
        placed["nowhere.weight"] = "one.safetensors"
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": placed}))
    (folder / "model.safetensors").unlink()


def test_the_hash_is_that_of_the_files_that_answer(folder: Path) -> None:
    single = (folder / "model.safetensors").read_bytes()
    shards(folder)
    both = hashlib.sha256((folder / "one.safetensors").read_bytes() + (folder / "two.safetensors").read_bytes())
    assert load(str(folder)).weights == both.hexdigest()
    (folder / "model.safetensors").write_bytes(single)  # transformers reads it first
    model = load(str(folder))
    assert model.weights == hashlib.sha256(single).hexdigest()
    assert model.notices == (
        "The weights are those in model.safetensors: model.safetensors.index.json names other files (one.safetensors, "
        "two.safetensors), which are not read.",
    )


def test_the_weights_that_a_config_names_are_those_that_are_hashed(folder: Path) -> None:
    (folder / "other.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    weights(lambda tensors: tensors["classifier.weight"].mul_(-1))(folder)
    change("config.json", transformers_weights="other.safetensors")(folder)
    model = load(str(folder))
    assert model.weights == hashlib.sha256((folder / "other.safetensors").read_bytes()).hexdigest()
    change("config.json", transformers_weights="../other.safetensors")(folder)
    with pytest.raises(ModelError, match="outside of the folder"):
        load(str(folder))
    change("config.json", transformers_weights="pytorch_model.bin")(folder)
    with pytest.raises(ModelError, match="only safetensors are read"):
        load(str(folder))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [({"stray": True}, "which model.safetensors.index.json does not place there"), ({"lost": True}, "which no shard")],
)
def test_an_index_that_is_not_true_is_refused(folder: Path, spoil: dict[str, bool], message: str) -> None:
    shards(folder, **spoil)
    with pytest.raises(ModelError, match=message):
        load(str(folder))
