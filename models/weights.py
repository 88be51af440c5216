"""The files of a checkpoint's weights: which of them answer, what they hold, and whether a network takes all of it.

Weights that no layer takes are as dangerous as weights that are missing: the answers are those of another network
than was trained. So all of them are used, or belong to a head for another task, which is said, or the checkpoint is
refused by the names of those that are left over.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from .message import Message
from .prediction import ModelError

if TYPE_CHECKING:
    from torch import Tensor

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
ADAPTER = "adapter_model.safetensors"
WHOLE = ("I", "U", "BOOL")  # what safetensors' names of whole numbers begin with
LFS_POINTER = b"version https://git-lfs"
LARGEST_JSON = 10_000_000  # bytes
NAMED = 3  # weights, in a message

# How peft calls what it adds to a network, and what it wraps.
OF_AN_ADAPTER = regex.compile(
    r"(^|\.)(lora_\w+|ia3_\w+|base_layer|modules_to_save|original_module|prompt_embeddings|prompt_encoder|vera_\w+"
    r"|hada_\w+|lokr_\w+|oft_\w+|boft_\w+)(\.|$)"
)
# How other libraries call the layers that they put between those of a network, which nothing can merge.
BETWEEN = regex.compile(r"(^|\.)(adapters?|prefix_tunings?|invertible_adapters)(\.|$)")
# What others put before the names of all weights, or into them.
WRAPPERS = {
    "module.": "DistributedDataParallel",
    "_orig_mod.": "torch.compile",
    "_fsdp_wrapped_module.": "FSDP",
    "_checkpoint_wrapped_module.": Message("activation checkpointing"),
    "_forward_module.": "DeepSpeed",
}
# Auto classes of transformers for the heads that a body may have had before.
HEADS = (
    *("PreTraining", "MaskedLM", "CausalLM", "Seq2SeqLM", "NextSentencePrediction", "SequenceClassification"),
    *("TokenClassification", "QuestionAnswering", "MultipleChoice"),
)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a checkpoint.

    Raises:
        ModelError: it is too large, not JSON, or no object.
    """
    if path.stat().st_size > LARGEST_JSON:
        raise ModelError("{name} is larger than {most:,} bytes", name=path.name, most=LARGEST_JSON)
    try:
        document = json.loads(path.read_bytes(), object_hook=_number)
    except (ValueError, TypeError, RecursionError) as error:
        raise ModelError("{name} is not valid JSON: {cause}", name=path.name, cause=str(error)[:120]) from error
    if not isinstance(document, dict):
        raise ModelError("{name} holds no JSON object", name=path.name)
    return document


def _number(found: dict[str, Any]) -> Any:
    """The number that transformers writes as {"__float__": "Infinity"}, since JSON has none for it."""
    return float(found["__float__"]) if found.keys() == {"__float__"} else found


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that transformers reads of a checkpoint, all inside its folder: the one that config.json
    names, else model.safetensors, else the shards of its index.

    Raises:
        ModelError: there are none, one is missing or outside, or one is a placeholder.
    """
    names = _names(folder)
    for name in names:
        if Path(str(name)).name != name:
            raise ModelError("the weights name a shard outside of the folder: {name!r}", name=name)
        if not (folder / name).is_file():
            raise ModelError("the shard {name!r} is missing from {folder!r}", name=name, folder=folder.name)
        refuse_pointer(folder / name)
    return tuple(folder / name for name in names)


def _names(folder: Path) -> list[str]:
    named = read_json(folder / "config.json").get("transformers_weights") if (folder / "config.json").is_file() else ""
    if named:
        if not isinstance(named, str) or not named.endswith(".safetensors"):
            raise ModelError(
                "config.json names {name!r} as its weights; only safetensors are read", name=str(named)[:80]
            )
        return [named]
    if (folder / SINGLE).is_file():
        return [SINGLE]
    if (folder / INDEX).is_file():
        return named_in_index(folder)
    pickles = sorted(path.name for path in folder.glob("*.bin") if path.name != "training_args.bin")
    hint = (
        Message("{name} is a pickle, which can run code; convert it to safetensors", name=pickles[0])
        if pickles
        else Message("add it")
    )
    raise ModelError("there is no model.safetensors in {folder!r}: {hint}", folder=folder.name, hint=hint)


def named_in_index(folder: Path) -> list[str]:
    """The files that the index of a checkpoint names.

    Raises:
        ModelError: it names none.
    """
    named = list(_weight_map(folder).values())
    if "metadata" not in read_json(folder / INDEX):
        raise ModelError(
            "{file} has no entry 'metadata', without which it is not read; save the model again", file=INDEX
        )
    if not named or not all(isinstance(name, str) for name in named):
        raise ModelError("model.safetensors.index.json does not say which weights are in which file")
    return sorted(set(named))


def _weight_map(folder: Path) -> dict[str, Any]:
    found = read_json(folder / INDEX).get("weight_map")
    return found if isinstance(found, dict) else {}


def hash_weights(files: Sequence[Path]) -> str:
    """The SHA-256 of the weights' files, one after the other."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def read_shapes(files: Sequence[Path]) -> dict[str, tuple[int, ...]]:
    """The shape of every weight by its name, out of the headers of its files.

    Raises:
        ModelError: a file is damaged, a weight stands in two files, or the index places it in another one.
    """
    placed = _weight_map(files[0].parent) if files[0].name != SINGLE and (files[0].parent / INDEX).is_file() else {}
    shapes: dict[str, tuple[int, ...]] = {}
    for path in files:
        found = _shapes_in(path)
        if twice := sorted(shapes.keys() & found.keys()):
            raise ModelError("{name} stands in more than one file of the weights; keep one of them", name=twice[0])
        if stray := sorted(name for name in found if placed and placed.get(name) != path.name):
            raise ModelError(
                "{file} holds {names}, which {index} does not place there; write the index anew, or "
                "save the model again",
                file=path.name,
                names=_listed(stray),
                index=INDEX,
            )
        shapes |= found
    if lost := sorted(placed.keys() - shapes.keys()):
        raise ModelError(
            "{index} names {names}, which no shard holds; fetch the shards again", index=INDEX, names=_listed(lost)
        )
    return shapes


def _shapes_in(path: Path) -> dict[str, tuple[int, ...]]:
    with _opened(path) as file:
        return {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    from safetensors import SafetensorError, safe_open

    refuse_pointer(path)
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except (SafetensorError, OSError) as error:
        raise ModelError("{name} is damaged: {cause}", name=path.name, cause=str(error)[:120]) from error


def refuse_pointer(path: Path) -> None:
    """Refuses a file that Git LFS left in the place of another one.

    Raises:
        ModelError: it is one.
    """
    with path.open("rb") as file:
        if file.read(len(LFS_POINTER)) == LFS_POINTER:
            raise ModelError(
                "{name} is a Git LFS pointer, not the weights; run `git lfs pull` in its folder", name=path.name
            )


def read_weight(files: Sequence[Path], name: str) -> Tensor:
    """The weight of a name that stands in one of the files."""
    for path in files:
        with _opened(path) as file:
            if name in file.keys():  # noqa: SIM118
                weight: Tensor = file.get_tensor(name)
                return weight
    raise KeyError(name)


def places(names: Iterable[str], wanted: Collection[str], prefix: str) -> dict[str, str]:
    """Where each weight in the files goes: by its own name, or with that of the body before it or taken away.

    Args:
        names: in the files.
        wanted: the names in the network.
        prefix: that the network puts before the names of its body, without a dot.
    """
    found = {}
    for name in names:
        now = name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")
        forms = (now, f"{prefix}.{now}", now.removeprefix(f"{prefix}."))
        found[name] = next((form for form in forms if form in wanted), name)
    return found


def refuse_twice(placed: Mapping[str, str]) -> None:
    """Refuses two weights in the files that go to one place, of which one would be lost.

    Args:
        placed: as `places` gives them.

    Raises:
        ModelError: there are such.
    """
    first: dict[str, str] = {}
    for name, place in sorted(placed.items()):
        if place in first:
            raise ModelError(
                "{name} and {other} in the files are both {place} of the network, which can use only "
                "one of them; keep the one that was trained",
                name=first[place],
                other=name,
                place=place,
            )
        first[place] = name


def refuse_integers(files: Sequence[Path], placed: Mapping[str, str], parameters: Collection[str]) -> None:
    """Refuses weights that stand in the files as whole numbers, which mean nothing without their scales.

    Args:
        files: of the weights.
        placed: as `places` gives them.
        parameters: the names of what the network learned.

    Raises:
        ModelError: there are such.
    """
    for path in files:
        with _opened(path) as file:
            kinds = {name: file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118
        whole = sorted(name for name, kind in kinds.items() if kind.startswith(WHOLE) and placed[name] in parameters)
        if whole:
            raise ModelError(
                "{count} weights stand in {file} as whole numbers ({kind}): {names}; they are "
                "quantized, and what they stand for is not said. Give the model in float32 or "
                "bfloat16",
                count=len(whole),
                file=path.name,
                kind=kinds[whole[0]],
                names=_listed(whole),
            )


def beside(files: Sequence[Path]) -> tuple[str, ...]:
    """The notices of an index that names other files than those that answer, and of weights that are not read."""
    folder = files[0].parent
    read = {path.name for path in files}
    named = {str(name) for name in _weight_map(folder).values()} if (folder / INDEX).is_file() else set()
    said = []
    if named - read:
        others = ", ".join(sorted(named - read)[:NAMED])
        said.append(
            Message(
                "The weights are those in {file}: {index} names other files ({names}), which are not read.",
                file=files[0].name,
                index=INDEX,
                names=others,
            )
        )
    unread = [path.name for path in folder.glob("*.safetensors") if path.name not in read | named]
    unread += [path.name for path in folder.glob("adapter_model.bin")]
    unread += [f"{path.parent.name}/{path.name}" for path in folder.glob("*/adapter_model.*")]
    if unread := [name for name in sorted(unread) if not name.startswith("checkpoint-")]:
        said.append(
            Message(
                "What stands beside the weights in {file!r} is not read: {names}.",
                file=folder.name,
                names=_listed(unread),
            )
        )
    return tuple(said)


def refuse_wrapped(placed: Mapping[str, str], wanted: Collection[str], files: Sequence[str]) -> None:
    """Refuses weights of an adapter that was never merged, and names that others have put something into.

    Args:
        placed: as `places` gives them.
        wanted: the names in the network.
        files: the names of the files, for the line that renames the weights in them.

    Raises:
        ModelError: there are such; it says what to do.
    """
    strays = sorted(name for name, place in placed.items() if place not in wanted)
    if adapters := [name for name in strays if OF_AN_ADAPTER.search(name)]:
        raise ModelError(
            "{count} weights are those of an adapter that was never merged ({names}); merge it "
            "with peft's merge_and_unload(), save the model again and give that",
            count=len(adapters),
            names=_listed(adapters),
        )
    if between := [name for name in strays if BETWEEN.search(name)]:
        raise ModelError(
            "{count} weights are those of adapters between the layers ({names}), which the "
            "transformers library does not have; give a model without them",
            count=len(between),
            names=_listed(between),
        )
    taken = {place for place in placed.values() if place in wanted}
    for part, renamed, call, maker in _wrappers_in(strays):
        if len(renamed & set(wanted)) > len(strays) / 2 and not renamed & taken:
            code = (
                f"from safetensors.torch import load_file, save_file; weights = dict(pair for file in {list(files)} "
                f"for pair in load_file(file).items()); save_file(dict((name.{call}, weights[name]) "
                f"for name in weights), {SINGLE!r}, dict(format='pt'))"
            )
            raise ModelError(
                "the names of the weights hold {part!r}, which {hint} puts there; rename them with: `{code}`",
                part=part,
                hint=maker,
                code=code,
            )


def _wrappers_in(names: Sequence[str]) -> Iterator[tuple[str, set[str], str, str]]:
    """What may have been put into names: the part, the names without it, the call that takes it away, and who does so.

    Parts that some are known to put anywhere, and what more than half of the names begin with: a loss or a metric may
    stand beside the model.
    """
    leading = Counter(before for name in names for before in accumulate(f"{level}." for level in name.split(".")[:-1]))
    for before, count in sorted(leading.items(), key=lambda one: len(one[0])):
        if 2 * count > len(names):
            renamed = {name.removeprefix(before) for name in names}
            yield (
                before,
                renamed,
                f"removeprefix({before!r})",
                WRAPPERS.get(before, Message("a class around the model")),
            )
    for part, maker in WRAPPERS.items():
        if any(part in name for name in names):
            yield part, {name.replace(part, "") for name in names}, f"replace({part!r},'')", maker


def left_over(unexpected: Iterable[str], network: Any, config: Any, *, body_alone: bool = False) -> tuple[str, ...]:
    """The notice of weights that belong to another head of this architecture, and so have no part in the answers.

    Args:
        unexpected: the names of the weights in the files that the network does not take.
        network: that does not take them.
        config: of the network.
        body_alone: no head is wanted, and what a checkpoint has of one is of no interest.

    Raises:
        ModelError: some belong to no head: layers that the network, as its config describes it, does not have.
    """
    prefix = f"{network.base_model_prefix}."
    unknown = set(unexpected)
    if body_alone:
        unknown = {
            name
            for name in unknown
            if name.startswith(prefix) or name.partition(".")[0] in dict(network.named_children())
        }
    of_others = unknown & _of_other_heads(config) if unknown else set()
    if lost := sorted(unknown - of_others):
        raise ModelError(
            "{count} weights in the files are used by no layer of {network} ({names}); without "
            "them its answers are not those of the network that was trained. Give a model of the "
            "transformers library that has these layers, or a checkpoint without them",
            count=len(lost),
            network=type(network).__name__,
            names=_listed(lost),
        )
    if not of_others or body_alone:
        return ()
    return (
        Message(
            "{count} weights in the files belong to a head for another task and are not used: {names}.",
            count=len(of_others),
            names=_listed(sorted(of_others)),
        ),
    )


def without_place(files: Sequence[Path], network: Any) -> set[str]:
    """The names of the weights in the files that stand for nothing in a network under their name."""
    wanted = network.state_dict().keys()
    placed = places(read_shapes(files), wanted, network.base_model_prefix)
    return {name for name, place in placed.items() if place not in wanted}


def without_use(names: Collection[str], network: Any) -> tuple[str, ...]:
    """The notice of weights that transformers leaves out of an architecture without saying so.

    Args:
        names: of weights without a place; those that are only renamed when they are loaded are not meant.
        network: that they were loaded into.
    """
    patterns = [regex.compile(pattern) for pattern in network._keys_to_ignore_on_load_unexpected or ()]
    if not (unused := sorted(name for name in names if any(pattern.search(name) for pattern in patterns))):
        return ()
    return (
        Message(
            "{count} weights in the files are of no use to {network} by config.json, and are not read: {names}.",
            count=len(unused),
            network=type(network).__name__,
            names=_listed(unused),
        ),
    )


def _of_other_heads(config: Any) -> set[str]:
    """The names of the weights of all heads that transformers has for this config."""
    import torch
    import transformers

    names: set[str] = set()
    for head in HEADS:
        kinds: Mapping[Any, Any] = getattr(transformers, f"AutoModelFor{head}")._model_mapping
        if type(config) in kinds:
            with torch.device("meta"):
                network = getattr(transformers, f"AutoModelFor{head}").from_config(config)
            names |= network.state_dict().keys()
    return names


def _listed(names: Sequence[str]) -> str:
    more = f", … (+{len(names) - NAMED})" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
