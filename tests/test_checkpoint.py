"""Folders that must be refused, each with its reason, and that nothing of a checkpoint is ever run."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from sidelight.explain import explain
from sidelight.models import ModelError, load

from .folders import change, remove, weights, write
from .tiny import save_bert, save_causal, save_tokenizer


def pickle_only(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def sharded(name: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / "model.safetensors").unlink()
        index = {"metadata": {}, "weight_map": {"classifier.weight": name}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))

    return apply


def unnamed(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text('{"metadata": {}, "weight_map": [1]}')


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
    "adapter": (adapter, "an adapter for 'some/base'"),
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


# Configs that ask for the impossible: transformers answers with an error of any kind, or builds until memory is full.
IMPOSSIBLE = {
    "unknown activation": ({"hidden_act": "evil"}, r"model can't be built from its config.json \(KeyError: 'evil'\)"),
    "no heads": ({"num_attention_heads": 0}, "model can't be built from its config.json \\(ZeroDivisionError"),
    "heads that do not divide": ({"num_attention_heads": 5}, "model can't be built from its config.json \\(ValueError"),
    "negative positions": ({"max_position_embeddings": -1}, "model can't be built from its config.json"),
    "padding beyond the table": (
        {"pad_token_id": 10**9},
        "model can't be built from its config.json \\(AssertionError",
    ),
    "text for a number": ({"hidden_size": "wide"}, "config.json of model can't be used"),
    "labels without end": ({"id2label": None, "num_labels": 10**8}, "config.json says num_labels 100,000,000"),
    "layers without end": ({"num_hidden_layers": 10**7}, "config.json says num_hidden_layers 10,000,000"),
    "a part's layers without end": ({"text_config": {"n_layer": 10**9}}, "config.json says n_layer 1,000,000,000"),
    "more layers than weights": (
        {"num_hidden_layers": 150},
        r"config.json describes [\d,]+ weights but the files hold",
    ),
    "positions without end": ({"max_position_embeddings": 10**9}, "config.json describes"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_config_that_asks_for_the_impossible_is_refused_at_once(folder: Path, case: str) -> None:
    entries, message = IMPOSSIBLE[case]
    change("config.json", **entries)(folder)
    began = time.monotonic()
    with pytest.raises(ModelError, match=message) as caught:
        load(str(folder))
    assert "\n" not in str(caught.value)
    assert time.monotonic() - began < 20


def test_checkpoints_in_a_folder_are_named(folder: Path, tmp_path: Path) -> None:
    training = tmp_path / "training"
    for step in (9, 10):
        shutil.copytree(folder, training / f"checkpoint-{step}")
    (training / "training_args.bin").touch()
    message = "'training' holds no model itself, but checkpoint-9, checkpoint-10: give one of them, as (.*)"
    with pytest.raises(ModelError, match=message) as caught:
        load(str(training))
    assert load(str(tmp_path / str(caught.value).rpartition(" ")[2])).name == "checkpoint-10"
    shutil.copy(folder / "config.json", training)  # a training writes it before its first weights
    with pytest.raises(ModelError, match=message):
        load(str(training))


@pytest.mark.parametrize("entry", ["return_dict", "use_return_dict", "torchscript", "output_attentions"])
def test_the_form_of_a_networks_output_is_no_matter_of_the_config(folder: Path, entry: str) -> None:
    change("config.json", **{entry: entry not in ("return_dict", "use_return_dict")})(folder)
    report = explain(load(str(folder)), "good film", ["occlusion", "attention_rollout"])
    assert [one.method for one in report.attributions] == ["occlusion", "attention_rollout"]


def test_labels_that_contradict_each_other_are_said(folder: Path) -> None:
    change("config.json", label2id={"negative": 1, "positive": 0})(folder)
    (notice,) = load(str(folder)).predict("good film").notices
    assert "by id2label the label 0 is 'negative', by label2id 'negative' is 1." in notice


@pytest.mark.parametrize(
    ("labels", "said"),
    [(("a", "b"), None), (("a", "b", "c"), "its 3 labels are taken to exclude"), (("a",), "is taken for a number")],
)
def test_softmax_or_sigmoid_is_said_where_the_config_leaves_it_open(
    tmp_path: Path, labels: tuple[str, ...], said: str | None
) -> None:
    notices = load(str(save_bert(tmp_path / "m", labels=labels))).notices
    assert all(said in notice for notice in notices) if said else notices == ()
    assert len(notices) == bool(said)


def test_labels_of_one_name_are_told_apart(tmp_path: Path) -> None:
    folder = save_bert(tmp_path / "m", labels=("pos", "pos"))
    change("config.json", label2id=None)(folder)
    assert load(str(folder)).notices == (
        "config.json gives several labels the name 'pos'; they are told apart by their ids.",
    )


def test_a_number_that_json_does_not_have_is_read_as_transformers_writes_it(tmp_path: Path) -> None:
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "state_size": 8, "num_heads": 4, "head_dim": 16}
    folder = save_causal(tmp_path / "m", "mamba2", {**sizes, "n_groups": 1, "chunk_size": 8})
    assert '"__float__": "Infinity"' in (folder / "config.json").read_text()
    assert load(str(folder), "generate").architecture == "Mamba2ForCausalLM"
