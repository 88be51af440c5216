"""From a checkpoint's folder to a network and its tokenizer, or a reason why not.

The folder is looked at first, in `folder`. transformers makes up weights that are missing: here a network whose
weights are not all in the files is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .folder import hash_weights, look_at
from .prediction import ModelError

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

IMPLEMENTATION_CHOICES = ("attn_implementation", "experts_implementation")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A loaded network with its tokenizer, a name for people and the hash of its weights.

    `notices` are what is to be said of it wherever it answers, in whole English sentences.
    """

    name: str
    network: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    weights: str
    notices: tuple[str, ...] = ()


def load_checkpoint(folder: Path, name: str, suffix: str) -> Checkpoint:
    """Loads a network in float32 with eager-capable attention, and its tokenizer.

    Args:
        folder: holds config.json, safetensors and the tokenizer's files.
        name: for messages and reports.
        suffix: what the architecture's name must end with, for example `ForSequenceClassification`.

    Raises:
        ModelError: anything about the folder that would make its answers wrong or loading it unsafe.
    """
    raw, files = look_at(folder, suffix)
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
    for what in ("missing", "mismatched"):
        # Nothing reads a pooler where there is no head, and a model pretrained with another head lacks it.
        unread = () if suffix else ("pooler.",)
        if keys := sorted(str(key) for key in info[f"{what}_keys"] if not str(key).startswith(unread)):
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
