"""A checkpoint's folder, looked at before transformers sees it: where it is, what its config says, its weights' files.

A checkpoint is a program's input by strangers: transformers runs code that a config names and follows shards out of
the folder. Only safetensors are read, and no code of the checkpoint's own.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import regex

from .gguf import find_converted, is_gguf
from .prediction import ModelError

HUB_ID = regex.compile(r"[\w.-]+/[\w.-]+|[\w-]+")
# What the names of architectures for a task end with, by the ending of transformers' Auto class.
ENDINGS = {
    "": ("",),
    "ForSequenceClassification": ("ForSequenceClassification",),
    "ForCausalLM": ("ForCausalLM", "LMHeadModel"),
}
FOREIGN_CODE = ("auto_map", "trust_remote_code", "custom_pipelines")
LARGEST_CONFIG = 10_000_000  # bytes
LFS_POINTER = b"version https://git-lfs"
TOKENIZER_FILES = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)


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
        raise ModelError(
            f"there is no folder {reference!r}; give a folder, a hub id such as name/model, demo or demo-zh"
        )
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


def look_at(folder: Path, suffix: str) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """The config of a checkpoint and the files of its weights, once nothing speaks against loading them.

    Args:
        folder: of the checkpoint.
        suffix: what the Auto class for the task ends with.

    Raises:
        ModelError: it is for another task, incomplete, or needs code of its own.
    """
    raw = _read_config(folder)
    _refuse_foreign(folder, raw)
    files = weight_files(folder)
    _refuse_other_tasks(raw, suffix)
    _refuse_broken_labels(raw)
    return raw, files


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


def names_head(folder: Path, suffix: str) -> bool:
    """Whether a checkpoint says that it has the head of a task.

    Args:
        folder: of the checkpoint.
        suffix: what the Auto class for the task ends with.

    Raises:
        ModelError: there is no config that can be read.
    """
    named = _architectures(_read_config(folder))
    return any(name.endswith(ENDINGS[suffix]) for name in named)


def _architectures(raw: dict[str, Any]) -> list[str]:
    listed = raw.get("architectures") or []
    return [str(architecture) for architecture in listed] if isinstance(listed, list) else []


def _refuse_other_tasks(raw: dict[str, Any], suffix: str) -> None:
    named = _architectures(raw)
    if named and not any(name.endswith(ENDINGS[suffix]) for name in named):
        raise ModelError(f"this checkpoint is a {named[0][:80]}; a model ending in {suffix} is needed here")


def _refuse_broken_labels(raw: dict[str, Any]) -> None:
    labels = raw.get("id2label")
    if not labels:
        return
    keys = sorted(labels) if isinstance(labels, dict) else []
    if sorted(str(index) for index in range(len(keys))) != keys:
        raise ModelError(f"the labels in config.json are numbered {', '.join(keys[:8])}; they must be 0 to n - 1")
