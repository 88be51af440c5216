"""Which files of the weights answer, and that a network takes all that they hold."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from sidelight.explain import explain
from sidelight.models import ModelError, load

from .architectures import ARCHITECTURES, save_classifier
from .folders import change, weights
from .tiny import save_generator, vocabulary


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


def test_two_weights_for_one_place_are_refused(folder: Path) -> None:
    stray("embeddings.LayerNorm.weight", 32)(folder)
    with pytest.raises(ModelError, match=r"^bert\S+ and embeddings\S+ in the files are both bert\S+LayerNorm"):
        load(str(folder))


def test_the_same_weight_under_its_old_name_is_one_too_many(folder: Path) -> None:
    stray("bert.embeddings.LayerNorm.gamma", 32)(folder)
    with pytest.raises(ModelError, match="can use only one of them"):
        load(str(folder))


@pytest.mark.parametrize("kind", [torch.int8, torch.uint8, torch.bool])
def test_weights_in_whole_numbers_are_refused(folder: Path, kind: torch.dtype) -> None:
    name = "bert.pooler.dense.weight"
    weights(lambda tensors: tensors.__setitem__(name, tensors[name].mul(99).to(kind)))(folder)
    with pytest.raises(ModelError, match=rf"1 weights stand in model.safetensors as whole numbers \(\w+\): {name}"):
        load(str(folder))


POSITIONS = torch.arange(64)[None]
TRIANGLE = torch.ones(1, 1, 128, 128, dtype=torch.uint8).tril()


def test_numbers_that_the_network_computes_may_stand_in_the_files_if_they_are_the_same(folder: Path) -> None:
    weights(lambda tensors: tensors.__setitem__("bert.embeddings.position_ids", POSITIONS.clone()))(folder)
    assert load(str(folder)).notices == ()
    weights(lambda tensors: tensors["bert.embeddings.position_ids"].clamp_(max=9))(folder)
    with pytest.raises(ModelError, match=r"bert.embeddings.position_ids in the files holds other numbers than BertFor"):
        load(str(folder))


def test_masks_that_old_versions_saved_are_no_layers(tmp_path: Path) -> None:
    folder = save_generator(tmp_path / "model", "gpt2")
    saved = {"h.0.attn.bias": TRIANGLE, "h.0.attn.masked_bias": torch.tensor(-1e4)}
    weights(lambda tensors: tensors.update({f"transformer.{name}": one.clone() for name, one in saved.items()}))(folder)
    assert load(str(folder), "generate").notices == ()
    weights(lambda tensors: tensors["transformer.h.0.attn.bias"].fill_(1))(folder)  # sees what comes after
    with pytest.raises(ModelError, match=r"transformer.h.0.attn.bias in the files holds other numbers than GPT2"):
        load(str(folder), "generate")


def test_frequencies_of_other_positions_are_refused(tmp_path: Path) -> None:
    folder = save_generator(tmp_path / "model", "llama")
    rates = 10_000 ** -(torch.arange(0, 8, 2) / 8)
    name = "model.layers.0.self_attn.rotary_emb.inv_freq"
    weights(lambda tensors: tensors.__setitem__(name, rates.half()))(folder)
    load(str(folder), "generate")
    weights(lambda tensors: tensors.__setitem__(name, rates**2))(folder)
    with pytest.raises(ModelError, match=r"inv_freq in the files holds other numbers .*; correct config.json"):
        load(str(folder), "generate")


def test_weights_that_an_architecture_has_no_use_for_are_said(tmp_path: Path) -> None:
    kind = replace(ARCHITECTURES["DeBERTa-v2"], settings={"position_biased_input": False, "relative_attention": True})
    folder = save_classifier(tmp_path, kind)
    stray("deberta.embeddings.position_embeddings.weight", 64, 32)(folder)
    assert load(str(folder)).notices[0] == (
        "1 weights in the files are of no use to DebertaV2ForSequenceClassification by config.json, and are not read: "
        "deberta.embeddings.position_embeddings.weight."
    )


def test_layers_of_adapters_that_nothing_merges_are_refused(folder: Path) -> None:
    stray("bert.encoder.layer.0.output.adapters.sst.adapter_down.0.weight", 4, 32)(folder)
    with pytest.raises(
        ModelError, match=r"1 weights are those of adapters between the layers .*; give a model without"
    ):
        load(str(folder))


@pytest.mark.parametrize("name", ["model.fp16.safetensors", "adapter_model.safetensors", "adapter/adapter_model.bin"])
def test_weights_that_are_not_read_are_said(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"")
    assert load(str(folder)).notices == (f"What stands beside the weights in 'model' is not read: {name}.",)


def test_a_copy_of_the_weights_is_not_taken_for_a_wrapper(folder: Path) -> None:
    weights(lambda tensors: tensors.update({f"ema.{name}": one.clone() for name, one in tensors.items()}))(folder)
    with pytest.raises(ModelError, match=r"used by no layer of BertForSequenceClassification \(ema"):
        load(str(folder))


@pytest.mark.parametrize("part", ["layer.0._fsdp_wrapped_module.", "layer.0._checkpoint_wrapped_module."])
def test_what_wrappers_put_into_names_is_named(folder: Path, part: str) -> None:
    path = folder / "model.safetensors"
    renamed = {name.replace("layer.0.", part): tensor for name, tensor in load_file(path).items()}
    save_file(renamed, path, {"format": "pt"})
    with pytest.raises(ModelError, match=r"rename them with: .*replace\('_\w+_wrapped_module.',''\)"):
        load(str(folder))


@pytest.mark.parametrize("sharded", [False, True])
@pytest.mark.parametrize("part", ["module.", "_orig_mod.", "model.", "_orig_mod.module."])
def test_what_wrappers_put_before_names_is_named_and_the_advice_mends_it(
    folder: Path, part: str, monkeypatch: pytest.MonkeyPatch, *, sharded: bool
) -> None:
    expected = [target.score for target in load(str(folder)).predict("good film").targets]
    path = folder / "model.safetensors"
    save_file({part + name: tensor for name, tensor in load_file(path).items()}, path, {"format": "pt"})
    if sharded:
        shards(folder)
    monkeypatch.chdir(folder)
    with pytest.raises(ModelError, match="the names of the weights hold") as caught:
        load(str(folder))
    exec(str(caught.value).partition("rename them with: ")[2].strip("`"), {})  # noqa: S102 (our own advice)
    assert [target.score for target in load(str(folder)).predict("good film").targets] == expected


def test_a_loss_beside_the_model_does_not_hide_what_is_put_before_names(folder: Path) -> None:
    path = folder / "model.safetensors"
    inside = {f"model.{name}": tensor for name, tensor in load_file(path).items()}
    save_file(inside | {"loss.weight": torch.ones(2)}, path, {"format": "pt"})
    with pytest.raises(ModelError, match=r"hold 'model.', which a class .*removeprefix\('model.'\)"):
        load(str(folder))


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
