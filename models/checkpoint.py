"""From a folder or hub id to a network and its tokenizer, or a reason why not.

A checkpoint is a program's input by strangers. It is looked at before transformers sees it: transformers runs
code that a config names, follows shards out of the folder, and makes up weights that are missing. Only
safetensors are read, no code of the checkpoint's own is run, and a network whose weights are not all in the file
is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from .gguf import find_converted, is_gguf
from .prediction import ModelError

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

HUB_ID = regex.compile(r"[\w.-]+/[\w.-]+|[\w-]+")
# What the names of architectures for a task end with, by the ending of transformers' Auto class.
ENDINGS = {
    "ForSequenceClassification": ("ForSequenceClassification",),
    "ForCausalLM": ("ForCausalLM", "LMHeadModel"),
}
TOKENIZER_FILES = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
FOREIGN_CODE = ("auto_map", "trust_remote_code", "custom_pipelines")
IMPLEMENTATION_CHOICES = ("attn_implementation", "experts_implementation")
LARGEST_CONFIG = 10_000_000  # bytes
LFS_POINTER = b"version https://git-lfs"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A loaded network with its tokenizer, a name for people and the hash of its weights."""

    name: str
    network: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    weights: str


def find(reference: str) -> Path:
    """The folder of a reference: itself, what a .gguf file is converted to, or what the hub gives for an id.

    Raises:
        ModelError: neither a folder, nor a .gguf file that can be converted, nor an id that the hub knows.
    """
    named = Path(reference).expanduser()
    if named.is_dir():
        return named.resolve()
    if is_gguf(reference):
        return find_converted(named)
    if named.exists():
        raise ModelError(
            f"{reference!r} is a file; give the folder that holds config.json and model.safetensors, or a .gguf file"
        )
    if not HUB_ID.fullmatch(reference):
        raise ModelError(f"there is no folder {reference!r}; give a folder, a hub id such as name/model, or demo")
    from huggingface_hub import snapshot_download

    try:
        found = snapshot_download(reference, allow_patterns=["*.json", "*.safetensors", "*.txt", "*.model"])
    except Exception as error:
        reason = type(error).__name__
        raise ModelError(
            f"there is no folder {reference!r}, and the hub gave no model of that name ({reason}); check the "
            f"spelling and the network, or give a folder"
        ) from error
    return Path(found)


def load_checkpoint(folder: Path, name: str, suffix: str) -> Checkpoint:
    """Loads a network in float32 with eager-capable attention, and its tokenizer.

    Args:
        folder: holds config.json, safetensors and the tokenizer's files.
        name: for messages and reports.
        suffix: what the architecture's name must end with, for example `ForSequenceClassification`.

    Raises:
        ModelError: anything about the folder that would make its answers wrong or loading it unsafe.
    """
    raw = _read_config(folder)
    _refuse_foreign(folder, raw)
    files = weight_files(folder)
    _refuse_other_tasks(raw, suffix)
    _refuse_broken_labels(raw)
    with quiet():
        config = _make_config(raw)
        _refuse_other_size(config, suffix, files)
        tokenizer = _load_tokenizer(folder)
        network = _load_network(folder, config, suffix)
    rows = embedding_table(network).shape[0]
    if len(tokenizer) > rows:
        raise ModelError(
            f"the tokenizer has {len(tokenizer)} tokens but the model embeds only {rows}; they don't belong together"
        )
    return Checkpoint(name, network, tokenizer, hash_weights(files))


def embedding_table(network: Any) -> Tensor:
    """The table that the network embeds its ids with, (ids, width)."""
    table: Tensor = network.get_input_embeddings().weight
    return table


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files of a checkpoint, all inside its folder.

    Raises:
        ModelError: there are none, one is missing or outside, or one is a placeholder.
    """
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        names = _shards(_read_json(index).get("weight_map"))
    elif (folder / "model.safetensors").is_file():
        names = ["model.safetensors"]
    else:
        pickles = sorted(path.name for path in folder.glob("*.bin"))
        hint = f"{pickles[0]} is a pickle, which can run code; convert it to safetensors" if pickles else "add it"
        raise ModelError(f"there is no model.safetensors in {folder.name!r}: {hint}")
    for name in names:
        if Path(str(name)).name != name:
            raise ModelError(f"the weights name a shard outside of the folder: {name!r}")
        if not (folder / name).is_file():
            raise ModelError(f"the shard {name!r} is missing from {folder.name!r}")
        with (folder / name).open("rb") as file:
            if file.read(len(LFS_POINTER)) == LFS_POINTER:
                raise ModelError(f"{name} is a Git LFS pointer, not the weights; run `git lfs pull` in its folder")
    return tuple(folder / name for name in names)


def _shards(weight_map: object) -> list[str]:
    named = list(weight_map.values()) if isinstance(weight_map, dict) else []
    if not named or not all(isinstance(name, str) for name in named):
        raise ModelError("model.safetensors.index.json does not say which weights are in which file")
    return sorted(set(named))


def hash_weights(files: tuple[Path, ...]) -> str:
    """The SHA-256 of the weights' files, one after the other."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _read_json(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST_CONFIG:
        raise ModelError(f"{path.name} is larger than {LARGEST_CONFIG:,} bytes")
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path.name} is not valid JSON: {str(error)[:120]}") from error
    if not isinstance(document, dict):
        raise ModelError(f"{path.name} holds no JSON object")
    return document


def _read_config(folder: Path) -> dict[str, Any]:
    if (folder / "adapter_config.json").is_file() and not (folder / "config.json").is_file():
        base = str(_read_json(folder / "adapter_config.json").get("base_model_name_or_path", "unknown"))[:100]
        raise ModelError(
            f"{folder.name!r} is only an adapter for {base!r}; merge it into that model and give the result"
        )
    if not (folder / "config.json").is_file():
        raise ModelError(f"there is no config.json in {folder.name!r}; give the folder that save_pretrained wrote")
    return _read_json(folder / "config.json")


def _refuse_foreign(folder: Path, raw: dict[str, Any]) -> None:
    if not any((folder / name).is_file() for name in TOKENIZER_FILES):
        raise ModelError(f"there is no tokenizer in {folder.name!r}; save it beside the weights")
    tokenizer = folder / "tokenizer_config.json"
    for name, document in (
        ("config.json", raw),
        (tokenizer.name, _read_json(tokenizer) if tokenizer.is_file() else {}),
    ):
        if found := [key for key in FOREIGN_CODE if document.get(key)]:
            raise ModelError(
                f"{name} asks to run code of its own ({found[0]}), which is never done; "
                f"use a model of the transformers library"
            )
    if quantization := raw.get("quantization_config"):
        method = quantization.get("quant_method") if isinstance(quantization, dict) else None
        raise ModelError(f"the weights are quantized ({str(method)[:40]}); give the model in float32 or bfloat16")


def _refuse_other_tasks(raw: dict[str, Any], suffix: str) -> None:
    architectures = raw.get("architectures") or []
    named = [str(architecture) for architecture in architectures] if isinstance(architectures, list) else []
    if named and not any(name.endswith(ENDINGS[suffix]) for name in named):
        raise ModelError(f"this checkpoint is a {named[0][:80]}; a model ending in {suffix} is needed here")


def _refuse_broken_labels(raw: dict[str, Any]) -> None:
    labels = raw.get("id2label")
    if not labels:
        return
    keys = sorted(labels) if isinstance(labels, dict) else []
    if sorted(str(index) for index in range(len(keys))) != keys:
        raise ModelError(f"the labels in config.json are numbered {', '.join(keys[:8])}; they must be 0 to n - 1")


def _make_config(raw: dict[str, Any]) -> PreTrainedConfig:
    from transformers import CONFIG_MAPPING

    kind = raw.get("model_type")
    if not isinstance(kind, str) or kind not in CONFIG_MAPPING:
        raise ModelError(f"config.json says model_type {str(kind)[:60]!r}, which transformers does not know")
    plain = _without_implementations(raw)
    try:
        config: PreTrainedConfig = CONFIG_MAPPING[kind].from_dict(plain)
    except Exception as error:
        raise ModelError(f"config.json can't be used: {str(error)[:200]}") from error
    return config


def _without_implementations(raw: dict[str, Any]) -> dict[str, Any]:
    """A config without what would choose other code for its layers, in its parts too."""
    return {
        key: _without_implementations(value) if isinstance(value, dict) else value
        for key, value in raw.items()
        if str(key).strip("_").removesuffix("_internal") not in IMPLEMENTATION_CHOICES
    }


def _refuse_other_size(config: PreTrainedConfig, suffix: str, files: tuple[Path, ...]) -> None:
    """Compares the network that the config describes with the shapes in the files, before any weight is read."""
    import torch
    from safetensors import SafetensorError, safe_open

    stored: dict[str, tuple[int, ...]] = {}
    try:
        for path in files:
            with safe_open(path, framework="pt") as file:
                stored |= {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ModelError(f"{files[0].name} is damaged: {str(error)[:120]}") from error
    with torch.device("meta"):
        network = _auto_class(suffix).from_config(config)
    described = sum(parameter.numel() for parameter in network.parameters())
    held = sum(torch.Size(shape).numel() for shape in stored.values())
    if described > 2 * held:
        raise ModelError(f"config.json describes {described:,} weights but the files hold {held:,}")
    for name, parameter in network.named_parameters():
        if name in stored and stored[name] != tuple(parameter.shape):
            raise ModelError(
                f"{name} has shape {stored[name]} in the weights but {tuple(parameter.shape)} by config.json"
            )


def _auto_class(suffix: str) -> Any:
    import transformers

    return getattr(transformers, f"AutoModel{suffix}")


def _load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    from transformers import AutoTokenizer

    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True
        )
    except Exception as error:
        raise ModelError(f"the tokenizer can't be loaded: {str(error)[:200]}") from error
    if not tokenizer.is_fast:
        raise ModelError("the tokenizer gives no character offsets; save a fast one (tokenizer.json)")
    return tokenizer


def _load_network(folder: Path, config: PreTrainedConfig, suffix: str) -> PreTrainedModel:
    import torch

    try:
        network, info = _auto_class(suffix).from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
    except Exception as error:
        raise ModelError(f"the weights can't be loaded: {str(error)[:200]}") from error
    for problem in ("missing_keys", "mismatched_keys"):
        if keys := sorted(str(key) for key in info[problem]):
            what = problem.removesuffix("_keys")
            raise ModelError(
                f"{len(keys)} weights are {what}, among them {keys[0]}; they would be made up at random. "
                f"Give a checkpoint that was fine-tuned for this task"
            )
    network.eval().requires_grad_(requires_grad=True)
    loaded: PreTrainedModel = network
    return loaded


@contextmanager
def quiet() -> Iterator[None]:
    """Silences transformers' log and bars for a while; what matters of what they say is checked by the caller."""
    from transformers.utils import logging as untyped

    logging: Any = untyped
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
