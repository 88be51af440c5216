""".gguf files as models: what they hold is what is loaded, they are converted once, what can't be read is refused."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sidelight.models import ModelError, check, demo, load
from sidelight.models.gguf import STEPS, convert, find_converted
from sidelight.models.gguf_reader import rewrite
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoTokenizer, LlamaForCausalLM

from .tiny_gguf import MERGES, TEMPLATE, TOKENS, Change, Metadata, Tensors, make_network, save_gguf

TEXTS = ("the other theme", "in  2024: 3.14", "这部电影真的很好看", "👍🏽 café\n\n the end", "a<|turn|>b")


def reference_tokenizer() -> Tokenizer:
    """What llama.cpp does with such a vocabulary: every digit for itself, then GPT-2's words, then the merges."""
    vocabulary = {token: index for index, token in enumerate(TOKENS)}
    backend = Tokenizer(models.BPE(vocabulary, [tuple(merge.split()) for merge in MERGES]))  # type: ignore[misc]
    words = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), words])
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens(TOKENS[:2])
    return backend


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def left_in(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_dir())


def test_a_file_is_loaded_as_a_generator_and_converted_once(home: Path, tmp_path: Path) -> None:
    file = save_gguf(tmp_path)
    model = load(str(file), "generate")
    assert model.name == "tiny.gguf"
    (converted,) = (home / "gguf").iterdir()
    assert (len(converted.name), left_in(home)) == (16, ["gguf", f"gguf/{converted.name}"])
    before = (converted / "model.safetensors").stat()
    moved = shutil.move(file, tmp_path / "other.GGUF")
    assert load(str(moved), "generate").weights == model.weights
    assert (converted / "model.safetensors").stat() == before
    assert demo.size_on_disk() == sum(path.stat().st_size for path in converted.iterdir())
    demo.remove()
    assert left_in(home) == ["gguf"]


@pytest.mark.parametrize("tied", [True, False])
def test_the_numbers_are_those_of_the_source(tmp_path: Path, *, tied: bool) -> None:
    source = make_network(tie_word_embeddings=tied)
    rewrite(save_gguf(tmp_path, tie_word_embeddings=tied), tmp_path / "model", [].append)
    network = LlamaForCausalLM.from_pretrained(tmp_path / "model")
    ids = torch.arange(40).reshape(2, 20)
    with torch.inference_mode():
        assert torch.equal(network(ids).logits, source(ids).logits)
    assert network.config.architectures == ["LlamaForCausalLM"]
    assert network.generation_config.eos_token_id == [0, 1]


def test_the_tokenizer_is_that_of_the_file(tmp_path: Path) -> None:
    rewrite(save_gguf(tmp_path), tmp_path / "model", [].append)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    reference = reference_tokenizer()
    for text in TEXTS:
        assert tokenizer(text).input_ids == reference.encode(text).ids
        assert tokenizer.decode(tokenizer(text).input_ids) == text
    assert (tokenizer.bos_token, tokenizer.eos_token, tokenizer.chat_template) == ("<|end|>", "<|end|>", TEMPLATE)


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    file = save_gguf(tmp_path, tie_word_embeddings=True)
    first, second = tmp_path / "first", tmp_path / "second"
    for out in (first, second):
        rewrite(file, out, [].append)
    contents = [{path.name: path.read_bytes() for path in out.iterdir()} for out in (first, second)]
    assert contents[0] == contents[1]


def test_a_sentencepiece_vocabulary_begins_with_its_own_token(tmp_path: Path) -> None:
    pieces = ["▁t", "he", "▁the", "▁", "t", "h", "e"]
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *pieces]
    vocabulary = {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [-float(index) for index in range(len(tokens))],
        "tokenizer.ggml.token_type": [2, 3, 3] + [6] * 256 + [1] * len(pieces),
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
    }

    def change(metadata: Metadata, _tensors: Tensors) -> None:
        del metadata["tokenizer.ggml.merges"]
        metadata |= vocabulary

    rewrite(save_gguf(tmp_path, change), tmp_path / "model", [].append)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    assert tokenizer.convert_ids_to_tokens(tokenizer("the het").input_ids) == ["<s>", "▁the", "▁", "he", "t"]
    assert tokenizer.decode(tokenizer("好 the").input_ids, skip_special_tokens=True) == "好 the"


def test_what_lies_beside_the_file_is_not_read(tmp_path: Path) -> None:
    for name in ("tokenizer_config.json", "config.json", "generation_config.json", "added_tokens.json"):
        (tmp_path / name).write_text("not JSON")
    (tmp_path / "chat_template.jinja").write_text("another")
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "another"}')
    rewrite(save_gguf(tmp_path), tmp_path / "model", [].append)
    assert AutoTokenizer.from_pretrained(tmp_path / "model").chat_template == TEMPLATE


def without(key: str) -> Change:
    return lambda metadata, tensors: metadata.pop(key, None) or tensors.pop(key, None)


def with_entry(key: str, value: Any) -> Change:
    return lambda metadata, _tensors: metadata.update({key: value})


def with_tensor(name: str) -> Change:
    return lambda _metadata, tensors: tensors.update({name: np.ones(32, np.float32)})


UNREADABLE: dict[str, tuple[Change, str]] = {
    "foreign": (with_entry("general.architecture", "clip"), "architecture clip is not supported"),
    "no tokenizer": (without("tokenizer.ggml.tokens"), "holds no tokenizer"),
    "no merges": (without("tokenizer.ggml.merges"), "its tokenizer can't be read"),
    "other tokenizer": (with_entry("tokenizer.ggml.model", "rwkv"), "its tokenizer can't be read"),
    "unknown splits": (with_entry("tokenizer.ggml.pre", "mine"), r"by a rule unknown here \('mine'\)"),
    "a part": (with_entry("split.count", 3), "one of several parts"),
    "stretched": (with_entry("llama.rope.scaling.type", "yarn"), "stretches its rotary positions"),
    "stretched by a tensor": (with_tensor("rope_freqs.weight"), "stretches its rotary positions"),
    "a tensor missing": (without("blk.1.ffn_up.weight"), r"1 of its weights are missing .*layers\.1\.mlp\.up_proj"),
    "a tensor too many": (with_tensor("blk.0.attn_q.bias"), r"reads only [\d,]+ of its [\d,]+ weights"),
    "another size": (with_entry("llama.feed_forward_length", 96), "transformers can't read it|misshapen"),
}


@pytest.mark.parametrize(("change", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_would_be_read_in_part_or_wrongly_is_refused(change: Change, message: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        rewrite(save_gguf(tmp_path, change), tmp_path / "model", [].append)
    assert "\n" not in str(caught.value)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut in the weights": lambda content: content[:-5000],
    "cut in the header": lambda content: content[:1500],
    "cut at the start": lambda content: content[:6],
    "a list without end": lambda content: content.replace(
        len(TOKENS).to_bytes(8, "little"), (1 << 60).to_bytes(8, "little"), 1
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_refused(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    file = save_gguf(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ModelError, match="it is damaged"):
        rewrite(file, tmp_path / "model", [].append)


def test_a_full_disk_is_said_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = save_gguf(tmp_path)
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(ModelError, match=r"takes 0\.\d MB of disk space, and 0\.0 MB are free"):
        rewrite(file, tmp_path / "model", [].append)


def test_a_refusal_is_one_line_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    file = save_gguf(tmp_path, UNREADABLE["foreign"][0])
    with pytest.raises(ModelError, match=r"^'tiny.gguf' can't be converted: transformers can't read it") as caught:
        load(str(file), "generate")
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert left_in(home) == []


@pytest.mark.usefixtures("home")
def test_what_is_no_gguf_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "text.gguf").write_text("no such thing")
    with pytest.raises(ModelError, match=r"'text\.gguf' is no GGUF file"):
        load(str(tmp_path / "text.gguf"), "generate")
    with pytest.raises(ModelError, match=r"there is no file 'gone\.gguf'"):
        load(str(tmp_path / "gone.gguf"), "generate")
    with pytest.raises(ModelError, match=r"'text\.gguf' holds a generator, not a classifier"):
        check(str(tmp_path / "text.gguf"), "classify", "float32")


def test_a_cache_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDELIGHT_HOME", str(save_gguf(tmp_path)))
    with pytest.raises(ModelError, match=r"'tiny\.gguf' can't be converted: .*"):
        find_converted(tmp_path / "tiny.gguf")


def test_a_listener_ends_the_conversion(tmp_path: Path) -> None:
    told: list[int] = []

    def stop(done: int) -> None:
        told.append(done)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(save_gguf(tmp_path), tmp_path / "model", stop)
    assert max(told) < STEPS
    assert not (tmp_path / "model").exists()


def test_a_conversion_ends_with_the_process_that_wanted_it(tmp_path: Path) -> None:
    out = tmp_path / "model"
    command = [sys.executable, "-P", "-c", "from sidelight.models.gguf_reader import main; main()"]
    ended = subprocess.run([*command, str(save_gguf(tmp_path)), str(out)], stdin=subprocess.DEVNULL, check=False)
    assert ended.returncode == 1
    assert not out.exists()
