"""The network that a config describes, held against what the files hold before any weight is read.

A config can ask for the impossible: more labels, layers or numbers than any machine has. So the network is built
without weights at first, in bounded time and memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .faults import in_one_line
from .prediction import ModelError
from .weights import places, read_shapes, refuse_integers, refuse_twice, refuse_wrapped

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig

IMPLEMENTATION_CHOICES = ("attn_implementation", "experts_implementation")
# What changes the form of a network's output, and not what it computes.
FORMS_OF_OUTPUT = ("return_dict", "use_return_dict", "torchscript", "output_attentions", "output_hidden_states")
FEWEST_LAYERS = 200  # that a config may always name: networks exist that share one layer's weights among all
LEAST_WINDOW = 4096  # tokens that any network may look at together
# What memory is set aside for at each answer, however short the text.
MOST_AT_ONCE = {"max_seq_len": 10**7, "chunk_length": 10**6, "num_buckets": 10**6, "num_hashes": 10**4}
MOST_LISTED = 10_000  # numbers of a list that are looked at
SECONDS_TO_DESCRIBE = 30.0  # for a network without weights; the largest known take a few
PARTS_A_WEIGHT = 100  # modules, at most, that a network has for each of its weights
MOST_IN_BUFFERS = 4_000_000_000  # bytes that a network may compute for itself when it is built


def describe(raw: dict[str, Any], files: tuple[Path, ...], name: str, suffix: str) -> PreTrainedConfig:
    """The config of a checkpoint, once it describes what the files hold, before any weight is read.

    Raises:
        ModelError: the config can't be used, or describes another network than the files hold.
    """
    stored = read_shapes(files)
    _refuse_impossible_sizes(raw, stored)
    config = _make_config(raw, name)
    _refuse_other_size(config, suffix, stored, name, files)
    return config


def _refuse_impossible_sizes(raw: Mapping[str, Any], stored: Mapping[str, tuple[int, ...]]) -> None:
    """Refuses numbers that a config is unfolded by when it is read or answers: labels, layers and windows, say.

    Each layer has a weight of its own, or shares one among fewer than `FEWEST_LAYERS`; each label has a row in some
    weight. The numbers of the parts of a config, and of lists in it, count too.
    """
    widest = max((size for shape in stored.values() for size in shape), default=0)
    layers = max(len(stored), FEWEST_LAYERS)
    most = {
        **dict.fromkeys(("layer", "repeat", "attention_types"), layers),
        **{"num_labels": max(widest, 2), "attention_window": max(widest, LEAST_WINDOW)},
        **MOST_AT_ONCE,
    }
    for key, value in raw.items():
        if isinstance(value, dict) and "2" not in key:
            _refuse_impossible_sizes(value, stored)
        limit = min((number for part, number in most.items() if part in str(key)), default=None)
        for number in _whole_numbers(value):
            if limit is not None and number > limit:
                raise ModelError(
                    "config.json says {key} {value:,}, but the files hold {count:,} weights, the widest "
                    "with {rows:,} rows",
                    key=key,
                    value=number,
                    count=len(stored),
                    rows=widest,
                )


def _whole_numbers(value: object) -> Iterator[int]:
    """A whole number, or all in a list and the lists in it."""
    if isinstance(value, int):
        yield value
    elif isinstance(value, list):
        for one in value[:MOST_LISTED]:
            yield from _whole_numbers(one)


def _make_config(raw: dict[str, Any], name: str) -> PreTrainedConfig:
    from transformers import CONFIG_MAPPING

    kind = raw.get("model_type")
    if not isinstance(kind, str) or kind not in CONFIG_MAPPING:
        raise ModelError("config.json says model_type {kind!r}, which transformers does not know", kind=str(kind)[:60])
    with in_one_line("config.json of {name} can't be used ({cause})", name=name):
        plain = {key: value for key, value in _without_implementations(raw).items() if key not in FORMS_OF_OUTPUT}
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
    config: PreTrainedConfig, suffix: str, stored: Mapping[str, tuple[int, ...]], name: str, files: Sequence[Path]
) -> None:
    """Compares the network that the config describes with what is in the files, before any weight is read."""
    import torch

    network = _without_weights(config, suffix, name, len(stored))
    described = sum(parameter.numel() for parameter in network.parameters())
    held = sum(torch.Size(shape).numel() for shape in stored.values())
    parameters, wanted = dict(network.named_parameters()), network.state_dict().keys()
    placed = places(stored, wanted, network.base_model_prefix)
    refuse_wrapped(placed, wanted, [path.name for path in files])
    refuse_twice(placed)
    refuse_integers(files, placed, parameters)
    if described > 2 * held:
        raise ModelError(
            "config.json describes {described:,} weights but the files hold {held:,}", described=described, held=held
        )
    bytes_of_buffers = sum(buffer.numel() * buffer.element_size() for buffer in network.buffers())
    if bytes_of_buffers > max(MOST_IN_BUFFERS, 4 * held):
        raise ModelError(
            "config.json describes {count:,} bytes to compute at once but the files hold {held:,} weights",
            count=bytes_of_buffers,
            held=held,
        )
    for weight, place in placed.items():
        if place in parameters and stored[weight] != (shape := tuple(parameters[place].shape)):
            raise ModelError(
                "{name} has shape {stored} in the weights but {expected} by config.json",
                name=weight,
                stored=stored[weight],
                expected=shape,
            )


def labels_brought(
    raw: dict[str, Any], files: Sequence[Path], suffix: str, name: str, brought: Mapping[str, tuple[int, ...]]
) -> dict[str, Any]:
    """What a config has to say of the labels of a new head that an adapter brings: their number.

    Args:
        raw: the config of its base.
        files: of its base's weights.
        suffix: what the Auto class for the task ends with.
        name: for messages.
        brought: the shapes of the weights that it brings, by their names in the base.
    """
    if not brought or suffix != "ForSequenceClassification":
        return {}
    _refuse_impossible_sizes(raw, read_shapes(files))
    config = _make_config(raw, name)
    for weight, parameter in _without_weights(config, suffix, name, len(brought)).named_parameters():
        shape = brought.get(weight, ())
        if len(shape) == parameter.ndim == 2 and shape[0] != parameter.shape[0] == config.num_labels:
            names = {str(index): f"LABEL_{index}" for index in range(shape[0])}
            return {"id2label": names, "label2id": {label: int(index) for index, label in names.items()}}
    return {}


def _without_weights(config: PreTrainedConfig, suffix: str, name: str, weights: int) -> Any:
    """The network that a config describes, on no device; `weights` are those that the files hold."""
    import torch

    building = in_one_line("{name} can't be built from its config.json ({cause})", name=name)
    with building, _bounded(weights), torch.device("meta"):
        return auto_class(suffix).from_config(config)


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
            raise ModelError(
                "config.json describes more layers than the {count:,} weights in the files can fill", count=weights
            )

    handle = register_module_module_registration_hook(registered)
    try:
        yield
    finally:
        handle.remove()


def auto_class(suffix: str) -> Any:
    """transformers' Auto class for the task that its name ends with."""
    import transformers

    return getattr(transformers, f"AutoModel{suffix}")
