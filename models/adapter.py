"""An adapter of peft (LoRA and its kind): found beside its base or with its base's name, and merged into it.

peft is not needed for anything else and so is no dependency: where it is not installed, an adapter is refused with
the command that installs it.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .faults import in_one_line
from .hub import HUB_ID, fetched
from .prediction import ModelError
from .weights import ADAPTER, read_json, read_shapes

CONFIG = "adapter_config.json"


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
    named = str(read_json(folder / CONFIG).get("base_model_name_or_path") or "unknown")[:200]
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


def heads_in(folder: Path) -> frozenset[str]:
    """The weights of the base that an adapter brings whole, such as those of a new classification head."""
    names = read_shapes([folder / ADAPTER])
    return frozenset(name.removeprefix("base_model.model.") for name in names)


def merged(network: Any, folder: Path, name: str) -> tuple[Any, str]:
    """The network with the adapter of a folder merged into its weights, and the notice of that.

    Raises:
        ModelError: peft can't do so, or the adapter holds weights that find no place.
    """
    from peft import PeftModel, get_peft_model_state_dict

    merging = in_one_line(
        "the adapter in {folder!r} can't be merged into {name} ({cause})", folder=folder.name, name=name
    )
    with warnings.catch_warnings(), merging:
        warnings.simplefilter("ignore")  # peft's own, about names that it still uses
        wrapped = PeftModel.from_pretrained(network, str(folder), is_trainable=False)
        taken = set(get_peft_model_state_dict(wrapped))
        if lost := sorted(_stored(folder) - taken):
            raise ModelError(f"the adapter in {folder.name!r} holds {lost[0]}, for which {name} has no place")
        network = wrapped.merge_and_unload()
    kind = str(read_json(folder / CONFIG).get("peft_type", ""))[:40]
    return network, f"An adapter ({kind}) that stands with the model is merged into its weights."


def _stored(folder: Path) -> set[str]:
    return set(read_shapes([folder / ADAPTER]))
