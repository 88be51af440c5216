"""From a checkpoint's folder to a network and its tokenizer, or a reason why not.

The folder is looked at first, in `folder` and `weights`. transformers makes up weights that are missing and passes
over those that it has no place for: here a network is refused unless all of it comes from the files, and all that the
files hold goes into it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from . import adapter
from .faults import in_one_line, words_of
from .folder import label_notices, look_at
from .prediction import ModelError
from .weights import ADAPTER, beside, hash_weights, left_over, read_shapes, refuse_wrapped

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

IMPLEMENTATION_CHOICES = ("attn_implementation", "experts_implementation")
# What changes the form of a network's output, and not what it computes.
FORMS_OF_OUTPUT = ("return_dict", "use_return_dict", "torchscript", "output_attentions", "output_hidden_states")
FEWEST_LAYERS = 200  # that a config may always name: networks exist that share one layer's weights among all
SECONDS_TO_DESCRIBE = 30.0  # for a network without weights; the largest known take a few
PARTS_A_WEIGHT = 100  # modules, at most, that a network has for each of its weights
MOST_IN_BUFFERS = 4_000_000_000  # numbers that a network may compute for itself when it is built


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

    An adapter in the folder is merged into its base where peft is installed.

    Args:
        folder: holds config.json, safetensors and the tokenizer's files.
        name: for messages and reports.
        suffix: what the architecture's name must end with, for example `ForSequenceClassification`.

    Raises:
        ModelError: anything about the folder that would make its answers wrong or loading it unsafe.
    """
    adapted = adapter.has_adapter(folder)
    base = adapter.base_of(folder) if adapted else folder
    raw, files = look_at(base, suffix)
    with quiet():
        config = describe(raw, files, name, suffix)
        tokenizer = load_tokenizer(folder if _has_tokenizer(folder) else base, config)
        network, notices = _load_network(
            base, config, suffix, name, adapter.heads_in(folder) if adapted else frozenset()
        )
        if adapted:
            network, notice = adapter.merged(network, folder, name)
            files, notices = (*files, folder / ADAPTER), (*notices, notice)
    network.train(mode=False).requires_grad_(requires_grad=True)
    with in_one_line("{name} has no table of tokens that could be explained ({cause})", name=name):
        rows = embedding_table(network).shape[0]
    if len(tokenizer) > rows:
        raise ModelError(
            f"the tokenizer has {len(tokenizer)} tokens but the model embeds only {rows}; they don't belong together"
        )
    if suffix == "ForSequenceClassification":
        notices = (*notices, *label_notices(raw, labels_of(network)))
    return Checkpoint(name, network, tokenizer, hash_weights(files), (*beside(files), *notices))


def _has_tokenizer(folder: Path) -> bool:
    return any(folder.glob("tokenizer*")) or (folder / "vocab.txt").is_file()


def labels_of(network: Any) -> tuple[str, ...]:
    """The names of a classifier's labels, in the order of their ids."""
    config = network.config
    return tuple(str(config.id2label[index]) for index in range(config.num_labels))


def embedding_table(network: Any) -> Tensor:
    """The table that the network embeds its ids with, (ids, width)."""
    table: Tensor = network.get_input_embeddings().weight
    return table


def describe(raw: dict[str, Any], files: tuple[Path, ...], name: str, suffix: str) -> PreTrainedConfig:
    """The config of a checkpoint, once it describes what the files hold, before any weight is read.

    Raises:
        ModelError: the config can't be used, or describes another network than the files hold.
    """
    stored = read_shapes(files)
    _refuse_impossible_sizes(raw, stored)
    config = _make_config(raw, name)
    _refuse_other_size(config, suffix, stored, name, files[0].name)
    return config


def _refuse_impossible_sizes(raw: Mapping[str, Any], stored: Mapping[str, tuple[int, ...]]) -> None:
    """Refuses numbers that a config is unfolded by when it is read: labels and layers, in its parts too.

    Each layer has a weight of its own, or shares one among fewer than `FEWEST_LAYERS`; each label has a row in some
    weight.
    """
    widest = max((size for shape in stored.values() for size in shape), default=0)
    most = {"layer": max(len(stored), FEWEST_LAYERS), "num_labels": max(widest, 2)}
    for key, value in raw.items():
        if isinstance(value, dict) and "2" not in key:
            _refuse_impossible_sizes(value, stored)
        for part, limit in most.items():
            if part in str(key) and isinstance(value, int) and value > limit:
                raise ModelError(
                    f"config.json says {key} {value:,}, but the files hold {len(stored):,} weights, the widest with "
                    f"{widest:,} rows"
                )


def _make_config(raw: dict[str, Any], name: str) -> PreTrainedConfig:
    from transformers import CONFIG_MAPPING

    kind = raw.get("model_type")
    if not isinstance(kind, str) or kind not in CONFIG_MAPPING:
        raise ModelError(f"config.json says model_type {str(kind)[:60]!r}, which transformers does not know")
    plain = {key: value for key, value in _without_implementations(raw).items() if key not in FORMS_OF_OUTPUT}
    with in_one_line("config.json of {name} can't be used ({cause})", name=name):
        config: PreTrainedConfig = CONFIG_MAPPING[kind].from_dict(plain)
    return config


def _without_implementations(raw: dict[str, Any]) -> dict[str, Any]:
    """A config without what would choose other code for its layers, in its parts too."""
    return {
        key: _without_implementations(value) if isinstance(value, dict) else value
        for key, value in raw.items()
        if str(key).strip("_").removesuffix("_internal") not in IMPLEMENTATION_CHOICES
    }


def _refuse_other_size(
    config: PreTrainedConfig, suffix: str, stored: Mapping[str, tuple[int, ...]], name: str, file: str
) -> None:
    """Compares the network that the config describes with the shapes in the files, before any weight is read."""
    import torch

    building = in_one_line("{name} can't be built from its config.json ({cause})", name=name)
    with building, _bounded(len(stored)), torch.device("meta"):
        network = _auto_class(suffix).from_config(config)
    described = sum(parameter.numel() for parameter in network.parameters())
    held = sum(torch.Size(shape).numel() for shape in stored.values())
    prefix = f"{network.base_model_prefix}."  # which a body that was saved alone lacks, and one with a head has
    names = {form for key in network.state_dict() for form in (key, prefix + key, key.removeprefix(prefix))}
    refuse_wrapped(stored, names, file)
    if described > 2 * held:
        raise ModelError(f"config.json describes {described:,} weights but the files hold {held:,}")
    if (buffers := sum(buffer.numel() for buffer in network.buffers())) > max(MOST_IN_BUFFERS, held):
        raise ModelError(f"config.json describes {buffers:,} numbers to compute at once but the files hold {held:,}")
    for weight, parameter in network.named_parameters():
        if weight in stored and stored[weight] != tuple(parameter.shape):
            raise ModelError(
                f"{weight} has shape {stored[weight]} in the weights but {tuple(parameter.shape)} by config.json"
            )


@contextmanager
def _bounded(weights: int) -> Iterator[None]:
    """Ends the building of a network that has far more parts than the files have weights, or that takes too long."""
    from torch.nn.modules.module import register_module_module_registration_hook

    most, end, count = (
        FEWEST_LAYERS * PARTS_A_WEIGHT + PARTS_A_WEIGHT * weights,
        time.monotonic() + SECONDS_TO_DESCRIBE,
        0,
    )

    def registered(_module: torch.nn.Module, _name: str, _part: torch.nn.Module | None) -> None:
        nonlocal count
        count += 1
        if count > most or time.monotonic() > end:
            raise ModelError(f"config.json describes more layers than the {weights:,} weights in the files can fill")

    handle = register_module_module_registration_hook(registered)
    try:
        yield
    finally:
        handle.remove()


def _auto_class(suffix: str) -> Any:
    import transformers

    return getattr(transformers, f"AutoModel{suffix}")


def load_tokenizer(folder: Path, config: PreTrainedConfig) -> PreTrainedTokenizerBase:
    """The tokenizer of a checkpoint, whatever files it is made of.

    Args:
        folder: that holds them.
        config: of its network, which may tell the kind of tokenizer.

    Raises:
        ModelError: transformers can't make one, makes up an empty one, or makes one that tells no character offsets.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            folder, config=config, trust_remote_code=False, local_files_only=True
        )
    except Exception as error:
        raise ModelError(
            f"the tokenizer of {folder.name!r} can't be loaded ({words_of(error)}); save it beside the weights with "
            f"save_pretrained"
        ) from error
    if not tokenizer.is_fast:
        raise ModelError(
            f"the tokenizer of {folder.name!r} ({type(tokenizer).__name__}) gives no character offsets, so nothing "
            f"that it reads can be found in the text; a model with a fast tokenizer (tokenizer.json) is needed"
        )
    if not set(tokenizer.get_vocab()) - set(tokenizer.all_special_tokens):
        raise ModelError(f"there is no tokenizer in {folder.name!r}; save it beside the weights")
    return tokenizer


def _load_network(
    folder: Path, config: PreTrainedConfig, suffix: str, name: str, brought: frozenset[str]
) -> tuple[PreTrainedModel, tuple[str, ...]]:
    """The network of a checkpoint, and the notices of what of it is not used.

    Args:
        folder: of the checkpoint.
        config: as it was described.
        suffix: what the Auto class for the task ends with.
        name: for messages.
        brought: weights that an adapter brings later.
    """
    import torch

    with in_one_line("the weights of {name} can't be loaded ({cause})", name=name), _without_adapter(folder) as plain:
        network, info = _auto_class(suffix).from_pretrained(
            plain,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
    for what in ("missing", "mismatched"):
        # Nothing reads a pooler where there is no head, and a model pretrained with another head lacks it.
        unread = () if suffix else ("pooler.",)
        lost = {str(key) for key in info[f"{what}_keys"] if not str(key).startswith(unread)} - brought
        if keys := sorted(lost):
            strays = sorted(map(str, info["unexpected_keys"]))
            if strays:
                raise ModelError(
                    f"{len(keys)} weights are {what}, among them {keys[0]}, and {len(strays)} in the files have no "
                    f"place, among them {strays[0]}; config.json and the weights don't belong together"
                )
            raise ModelError(
                f"{len(keys)} weights are {what}, among them {keys[0]}; they would be made up at random. "
                f"Give a checkpoint that was fine-tuned for this task"
            )
    return network, left_over(map(str, info["unexpected_keys"]), network, config, body_alone=not suffix)


@contextmanager
def _without_adapter(folder: Path) -> Iterator[Path]:
    """A folder with the same files but those of an adapter, which transformers would put in without merging it."""
    if not adapter.has_adapter(folder):
        yield folder
        return
    with TemporaryDirectory(prefix="sidelight-base-") as plain:
        for path in folder.iterdir():
            if path.is_file() and path.name not in (adapter.CONFIG, ADAPTER):
                _link(path.resolve(), Path(plain) / path.name)
        yield Path(plain)


def _link(path: Path, to: Path) -> None:
    """The same file under another name, without a copy where the system allows it."""
    try:
        to.symlink_to(path)
    except OSError:
        shutil.copyfile(path, to)


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
