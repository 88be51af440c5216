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
from .message import Message
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
            "{folder!r} holds an adapter ({file}); merge it into its base with peft's "
            "merge_and_unload(), save the result and give that as the base",
            folder=folder.name,
            file=CONFIG,
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
        what = (
            Message("an adapter beside its base model")
            if beside
            else Message("only an adapter for {base!r}", base=named)
        )
        without = (
            Message("; or move {config} and {file} away to explain the base alone", config=CONFIG, file=ADAPTER)
            if beside
            else ""
        )
        raise ModelError(
            "{folder!r} holds {what}; install peft (`pip install peft`) to have it merged, or "
            "merge it with merge_and_unload() and give the result{hint}",
            folder=folder.name,
            what=what,
            hint=without,
        )
    if not (folder / ADAPTER).is_file():
        raise ModelError(
            "{folder!r} holds an adapter for {base!r}, but no {file}; save it as safetensors",
            folder=folder.name,
            base=named,
            file=ADAPTER,
        )
    if beside:
        return folder
    return _named_base(folder, named)


def _named_base(folder: Path, named: str) -> Path:
    if not named:
        raise ModelError(
            "{folder!r} is an adapter that names no base; set base_model_name_or_path in {file} "
            "to the folder of its base",
            folder=folder.name,
            file=CONFIG,
        )
    for path in (Path(named).expanduser(), folder / named, folder.parent / Path(named).name):
        if (path / "config.json").is_file():
            return path.resolve()
    if HUB_ID.fullmatch(named):
        try:
            return fetched(named, local=True)
        except Exception as error:
            raise ModelError(
                "{folder!r} is an adapter for {base!r}, which is not on this machine; load that "
                "model once, or put its folder beside the adapter's",
                folder=folder.name,
                base=named,
            ) from error
    raise ModelError(
        "{folder!r} is an adapter for {base!r}, which is no folder here; set "
        "base_model_name_or_path in {file} to the folder of its base",
        folder=folder.name,
        base=named,
        file=CONFIG,
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
            raise ModelError(
                "the adapter in {folder!r} holds {weight}, for which {name} has no place",
                folder=folder.name,
                weight=lost[0],
                name=name,
            )
        if lost := sorted(taken - stored.keys()):
            raise ModelError(
                "the adapter in {folder!r} lacks {weight}, which would be made up; save the adapter again",
                folder=folder.name,
                weight=lost[0],
            )
        if not hasattr(wrapped, "merge_and_unload"):
            raise _unmergeable(folder, kind)
        apart = _answer(wrapped, probe)
        network = wrapped.merge_and_unload()
        if not torch.allclose(_answer(network, probe), apart, rtol=1e-3, atol=1e-3, equal_nan=True):
            raise _unmergeable(folder, kind)
    return network, Message("An adapter ({kind}) that stands with the model is merged into its weights.", kind=kind)


def _unmergeable(folder: Path, kind: str) -> ModelError:
    return ModelError(
        "the adapter in {folder!r} ({kind}) is of a kind that no weights can take in: merged, it "
        "would answer otherwise. Train one of another kind (LoRA without layer_replication, "
        "say), or give its base alone",
        folder=folder.name,
        kind=kind,
    )


def _refuse_impossible_rank(raw: Mapping[str, Any], stored: Mapping[str, tuple[int, ...]]) -> None:
    """Refuses a config by which peft would make far wider parts than the adapter holds."""
    widest = max((size for shape in stored.values() for size in shape), default=0)
    for key, rank in _ranks(raw):
        if rank > max(widest, HARMLESS_RANK):
            raise ModelError(
                "{file} says {key} {value:,}, but no weight in {weights} has more than {rows:,} rows",
                file=CONFIG,
                key=key,
                value=rank,
                weights=ADAPTER,
                rows=widest,
            )


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
