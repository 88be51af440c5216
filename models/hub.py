"""The folder of a reference: itself, a converted .gguf file, or what the Hugging Face hub has under an id."""

from __future__ import annotations

from pathlib import Path

import regex

from .faults import words_of
from .gguf import find_converted, is_gguf
from .prediction import ModelError
from .weights import ADAPTER, INDEX, SINGLE, named_in_index

HUB_ID = regex.compile(r"[\w.-]+/[\w.-]+|[\w-]+")
# All that belongs to a model but its weights, whatever its tokenizer is made of: never a folder of another copy
# (`original/`, `onnx/`), never weights in another format.
BESIDE_THE_WEIGHTS = (
    *("*.json", "*.txt", "*.model", "*.jinja", "*.tiktoken", "*.codes", "*.vocab", "*.bpe", "*.spm"),
    "additional_chat_templates/*.jinja",
)
OTHER_FOLDERS = ("*/*.json", "*/*.txt", "*/*.model", "*/*.tiktoken", "*/*.codes", "*/*.vocab", "*/*.bpe", "*/*.spm")


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
            "{name!r} is a file; give the folder that holds config.json and model.safetensors, or a .gguf file",
            name=reference,
        )
    if not HUB_ID.fullmatch(reference):
        raise ModelError(
            "there is no folder {reference!r}; give a folder, a hub id such as name/model, demo or demo-zh",
            reference=reference,
        )
    from huggingface_hub import is_offline_mode

    try:
        return fetched(reference)
    except ModelError:
        raise
    except Exception as error:
        if is_offline_mode():
            raise ModelError(
                "there is no folder {reference!r}, nor a model of that name that was fetched before, "
                "and HF_HUB_OFFLINE keeps the hub from being asked; unset it, or give a folder",
                reference=reference,
            ) from error
        raise ModelError(
            "there is no folder {reference!r}, and the hub gave no model of that name ({cause}); "
            "check the spelling and the network, or give a folder",
            reference=reference,
            cause=words_of(error),
        ) from error


def fetched(hub_id: str, *, local: bool = False) -> Path:
    """The folder of a hub id: what belongs to the model is fetched where it is not there yet, and nothing else.

    The weights are those that transformers would read: model.safetensors, else the shards of its index.

    Args:
        hub_id: of the repository.
        local: takes what was fetched before, and asks nobody.
    """
    from huggingface_hub import snapshot_download

    def fetch(*names: str) -> Path:
        return Path(
            snapshot_download(
                hub_id, allow_patterns=list(names), ignore_patterns=list(OTHER_FOLDERS), local_files_only=local
            )
        )

    folder = fetch(*BESIDE_THE_WEIGHTS, SINGLE)
    if not (folder / SINGLE).is_file() and (folder / INDEX).is_file():
        fetch(*named_in_index(folder))
    if (folder / "adapter_config.json").is_file():
        fetch(ADAPTER)
    return folder
