"""An adapter of peft (LoRA and its kind): found beside its base or with its base's name, and merged into it.

peft is not needed for anything else and so is no dependency: where it is not installed, an adapter is refused with
the command that installs it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .faults import in_one_line
from .hub import HUB_ID, fetched
from .prediction import ModelError
from .weights import ADAPTER, OF_AN_ADAPTER, read_json, read_shapes

if TYPE_CHECKING:
    from torch import Tensor

CONFIG = "adapter_config.json"
INSIDE = "base_model.model."  # before the names of what it adds to its base
RANKS = ("r", "init_r", "rank_pattern")  # how wide it is, by its config
HARMLESS_RANK = 4096


def has_adapter(folder: Path) -> bool:
    """Whether a folder holds an adapter."""
    return (folder / CONFIG).is_file()


def refuse_adapter(folder: Path) -> None:
    """Refuses a folder that holds an adapter as a base to train.

    Raises:
        ModelError: it does.
    """
    if has_adapter(folder):
        raise ModelError(
            f"{folder.name!r} holds an adapter ({CONFIG}); merge it into its base with peft's merge_and_unload(), save "
            f"the result and give that as the base"
        )


def base_of(folder: Path) -> Path:
    """The folder of the model that an adapter is for: its own where a model stands beside it, else the one that it
    names, which is looked for on this machine alone.

    Raises:
        ModelError: peft is not installed, the adapter is a pickle, or its base is not here.
    """
    beside = (folder / "config.json").is_file()
    named = str(read_json(folder / CONFIG).get("base_model_name_or_path") or "")[:200]
    if find_spec("peft") is None:
        what = "an adapter beside its base model" if beside else f"only an adapter for {named!r}"
        without = f"; or move {CONFIG} and {ADAPTER} away to explain the base alone" if beside else ""
        raise ModelError(
            f"{folder.name!r} holds {what}; install peft (`pip install peft`) to have it merged, or merge it with "
            f"merge_and_unload() and give the result{without}"
        )
    if not (folder / ADAPTER).is_file():
        raise ModelError(f"{folder.name!r} holds an adapter for {named!r}, but no {ADAPTER}; save it as safetensors")
    if beside:
        return folder
    return _named_base(folder, named)


def _named_base(folder: Path, named: str) -> Path:
    if not named:
        raise ModelError(
            f"{folder.name!r} is an adapter that names no base; set base_model_name_or_path in {CONFIG} to the folder "
            f"of its base"
        )
    for path in (Path(named).expanduser(), folder / named, folder.parent / Path(named).name):
        if (path / "config.json").is_file():
            return path.resolve()
    if HUB_ID.fullmatch(named):
        try:
            return fetched(named, local=True)
        except Exception as error:
            raise ModelError(
                f"{folder.name!r} is an adapter for {named!r}, which is not on this machine; load that model once, or "
                f"put its folder beside the adapter's"
            ) from error
    raise ModelError(
        f"{folder.name!r} is an adapter for {named!r}, which is no folder here; set base_model_name_or_path in "
        f"{CONFIG} to the folder of its base"
    )


def brought_by(folder: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of the weights that an adapter brings whole, such as those of a new classification head, by their
    names in the base.
    """
    shapes = {name.removeprefix(INSIDE): shape for name, shape in read_shapes([folder / ADAPTER]).items()}
    return {name: shape for name, shape in shapes.items() if not OF_AN_ADAPTER.search(name)}


def merged(network: Any, folder: Path, name: str, probe: Sequence[int]) -> tuple[Any, str]:
    """The network with the adapter of a folder merged into its weights, and the notice of that.

    Args:
        network: the base.
        folder: that holds the adapter.
        name: for messages.
        probe: ids to which the merged network must answer as the two apart do.

    Raises:
        ModelError: peft can't do so, the adapter lacks weights or holds some that find no place, or it is of a kind
            that can't be merged.
    """
    import torch
    from peft import PeftConfig, PeftModel, get_peft_model_state_dict

    merging = in_one_line(
        "the adapter in {folder!r} can't be merged into {name} ({cause})", folder=folder.name, name=name
    )
    stored = read_shapes([folder / ADAPTER])
    raw = read_json(folder / CONFIG)
    kind = str(raw.get("peft_type", ""))[:40]
    _refuse_impossible_rank(raw, stored)
    with warnings.catch_warnings(), merging:
        warnings.simplefilter("ignore")  # peft's own, about names that it still uses
        if PeftConfig.from_pretrained(str(folder)).is_prompt_learning:
            raise _unmergeable(folder, kind)
        wrapped = PeftModel.from_pretrained(network, str(folder), is_trainable=False).eval()
        taken = get_peft_model_state_dict(wrapped).keys()
        if lost := sorted(stored.keys() - taken):
            raise ModelError(f"the adapter in {folder.name!r} holds {lost[0]}, for which {name} has no place")
        if lost := sorted(taken - stored.keys()):
            raise ModelError(
                f"the adapter in {folder.name!r} lacks {lost[0]}, which would be made up; save the adapter again"
            )
        if not hasattr(wrapped, "merge_and_unload"):
            raise _unmergeable(folder, kind)
        apart = _answer(wrapped, probe)
        network = wrapped.merge_and_unload()
        if not torch.allclose(_answer(network, probe), apart, rtol=1e-3, atol=1e-3, equal_nan=True):
            raise _unmergeable(folder, kind)
    return network, f"An adapter ({kind}) that stands with the model is merged into its weights."


def _unmergeable(folder: Path, kind: str) -> ModelError:
    return ModelError(
        f"the adapter in {folder.name!r} ({kind}) is of a kind that no weights can take in: merged, it would answer "
        f"otherwise. Train one of another kind (LoRA without layer_replication, say), or give its base alone"
    )


def _refuse_impossible_rank(raw: Mapping[str, Any], stored: Mapping[str, tuple[int, ...]]) -> None:
    """Refuses a config by which peft would make far wider parts than the adapter holds."""
    widest = max((size for shape in stored.values() for size in shape), default=0)
    for key, rank in _ranks(raw):
        if rank > max(widest, HARMLESS_RANK):
            raise ModelError(f"{CONFIG} says {key} {rank:,}, but no weight in {ADAPTER} has more than {widest:,} rows")


def _ranks(raw: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for key in RANKS:
        found = raw.get(key)
        for value in found.values() if isinstance(found, dict) else [found]:
            if isinstance(value, int):
                yield key, value


def _answer(network: Any, ids: Sequence[int]) -> Tensor:
    """What a network gives first of all: its logits, or its last states."""
    import torch

    with torch.inference_mode():
        answer: Tensor = network(input_ids=torch.tensor([ids]))[0]
        return answer.float()
