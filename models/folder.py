"""A checkpoint's folder, looked at before transformers sees it: what its config says, and what that leaves open.

A checkpoint is a program's input by strangers: transformers runs code that a config names and follows shards out of
the folder. Only safetensors are read, and no code of the checkpoint's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .message import Message
from .prediction import ModelError
from .tasks import TASKS
from .weights import read_json, weight_files

# What the names of architectures for a task end with, by the ending of transformers' Auto class.
ENDINGS = {
    "": ("",),
    "ForSequenceClassification": ("ForSequenceClassification",),
    "ForCausalLM": ("ForCausalLM", "LMHeadModel"),
    "ForNextSentencePrediction": ("ForNextSentencePrediction", "ForPreTraining", "ForMaskedLM"),
}
FOREIGN_CODE = ("auto_map", "trust_remote_code", "custom_pipelines")
PROBLEM_TYPES = ("single_label_classification", "multi_label_classification", "regression")
EXCLUSIVE = {"entailment", "contradiction"}  # labels of which never two are true
MOST_FOLDERS = 50  # below a folder, that are looked into for a model


def look_at(folder: Path, suffix: str, *, with_head: bool = True) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """The config of a checkpoint and the files of its weights, once nothing speaks against loading them.

    Args:
        folder: of the checkpoint.
        suffix: what the Auto class for the task ends with.
        with_head: it must have the head for that task itself; an adapter brings one else.

    Raises:
        ModelError: it is for another task, incomplete, or needs code of its own.
    """
    raw = read_config(folder)
    _refuse_foreign(folder, raw)
    if not any(folder.glob("*.safetensors")):
        _refuse_folder_of_models(folder)
    files = weight_files(folder)
    if with_head:
        _refuse_other_tasks(raw, suffix)
    _refuse_broken_labels(raw)
    return raw, files


def read_config(folder: Path) -> dict[str, Any]:
    """The config of a checkpoint.

    Raises:
        ModelError: there is none; names the folders below that have one.
    """
    if (folder / "config.json").is_file():
        return read_json(folder / "config.json")
    _refuse_folder_of_models(folder)
    if converted := sorted(folder.glob("*.gguf")):
        raise ModelError(
            "there is no config.json in {folder!r}, but {file}; give that file itself",
            folder=folder.name,
            file=converted[0].name,
        )
    raise ModelError(
        "there is no config.json in {folder!r}; give the folder that save_pretrained wrote", folder=folder.name
    )


def _refuse_folder_of_models(folder: Path) -> None:
    """Names the models in the folders below, as the checkpoints of a training, where there are any."""
    if below := models_below(folder):
        named = ", ".join(str(path.relative_to(folder)) for path in below[:5])
        more = f", … (+{len(below) - 5})" if len(below) > 5 else ""
        raise ModelError(
            "{folder!r} holds no model itself, but {names}: give one of them, as {same}/{name}",
            folder=folder.name,
            names=named + more,
            same=folder.name,
            name=below[-1].relative_to(folder),
        )


def models_below(folder: Path) -> list[Path]:
    """The folders in this one, or one level deeper, that hold a model, in the order of their steps."""
    found = [path for path in sorted(folder.iterdir())[:MOST_FOLDERS] if path.is_dir()]
    found += [below for path in found for below in sorted(path.iterdir())[:MOST_FOLDERS] if below.is_dir()]
    held = [path for path in found if (path / "config.json").is_file() or (path / "adapter_config.json").is_file()]
    return sorted(held, key=lambda path: (len(path.parts), _step(path), path))


def _step(path: Path) -> int:
    number = path.name.rpartition("-")[2]
    return int(number) if number.isdecimal() else -1


def _refuse_foreign(folder: Path, raw: dict[str, Any]) -> None:
    tokenizer = folder / "tokenizer_config.json"
    for name, document in (
        ("config.json", raw),
        (tokenizer.name, read_json(tokenizer) if tokenizer.is_file() else {}),
    ):
        if found := [key for key in FOREIGN_CODE if document.get(key)]:
            raise ModelError(
                "{name} asks to run code of its own ({key}), which is never done; use a model of the "
                "transformers library",
                name=name,
                key=found[0],
            )
    if quantization := raw.get("quantization_config"):
        method = quantization.get("quant_method") if isinstance(quantization, dict) else None
        raise ModelError(
            "the weights are quantized ({method}); give the model in float32 or bfloat16", method=str(method)[:40]
        )


def names_head(folder: Path, suffix: str) -> bool:
    """Whether a checkpoint says that it has the head of a task.

    Args:
        folder: of the checkpoint.
        suffix: what the Auto class for the task ends with.

    Raises:
        ModelError: there is no config that can be read.
    """
    named = _architectures(read_config(folder))
    return any(name.endswith(ENDINGS[suffix]) for name in named)


def _architectures(raw: dict[str, Any]) -> list[str]:
    listed = raw.get("architectures") or []
    return [str(architecture) for architecture in listed] if isinstance(listed, list) else []


def _refuse_other_tasks(raw: dict[str, Any], suffix: str) -> None:
    named = _architectures(raw)
    if named and not any(name.endswith(ENDINGS[suffix]) for name in named):
        others = (task for task, one in TASKS.items() if any(named[0].endswith(ENDINGS[head]) for head in one.heads))
        if task := next(others, None):
            raise ModelError(
                "this checkpoint is a {architecture}, which serves the task {task}; choose that task",
                architecture=named[0][:80],
                task=task,
            )
        raise ModelError(
            "this checkpoint is a {architecture}; a model ending in {suffix} is needed here",
            architecture=named[0][:80],
            suffix=suffix,
        )


def _refuse_broken_labels(raw: dict[str, Any]) -> None:
    kind, labels = raw.get("problem_type"), raw.get("id2label")
    if kind and kind not in PROBLEM_TYPES:
        raise ModelError(
            "config.json says problem_type {kind!r}; write one of {known}",
            kind=str(kind)[:40],
            known=", ".join(PROBLEM_TYPES),
        )
    if not labels:
        return
    if not isinstance(labels, dict):
        raise ModelError("id2label in config.json is no JSON object; write the names of the labels by their ids")
    keys = sorted(labels)
    if sorted(str(index) for index in range(len(keys))) != keys:
        raise ModelError(
            "the labels in config.json are numbered {numbers}; they must be 0 to n - 1", numbers=", ".join(keys[:8])
        )


def label_notices(raw: Mapping[str, Any], labels: tuple[str, ...]) -> tuple[str, ...]:
    """The notices of what the config of a classifier contradicts or leaves open, and what is assumed.

    Args:
        raw: the config as it stands in its file.
        labels: the names by their ids, as they are used.
    """
    known = EXCLUSIVE & {label.lower() for label in labels}
    return (*_contradictions(raw, labels), *_unnamed(labels), *(() if known else _open_kind(raw, len(labels))))


def _contradictions(raw: Mapping[str, Any], labels: tuple[str, ...]) -> tuple[str, ...]:
    """Where label2id, or the number of labels, says something else than id2label does."""
    named, said = raw.get("id2label") or {}, raw.get("num_labels")
    if named and isinstance(said, int) and said != len(named):
        return (
            Message(
                "config.json names {count} labels in id2label but says num_labels {number}; the names are not used.",
                count=len(named),
                number=said,
            ),
        )
    ids = raw.get("label2id")
    if not isinstance(ids, dict):
        return ()
    if all(label == f"LABEL_{index}" for index, label in enumerate(labels)):
        return _named_elsewhere(ids, labels)
    known = {str(label).casefold(): (label, index) for label, index in ids.items()}
    for index, label in enumerate(labels):
        other, number = known.get(label.casefold(), (label, index))
        if _as_id(number) != str(index):
            return (
                Message(
                    "config.json contradicts itself: by id2label the label {index} is {label!r}, by "
                    "label2id {same!r} is {other!r}. Labels are named by id2label; if that is wrong, "
                    "every sign is the other way round.",
                    index=index,
                    label=label,
                    same=other,
                    other=number,
                ),
            )
    return ()


def _as_id(number: object) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)


def _named_elsewhere(ids: Mapping[str, Any], labels: tuple[str, ...]) -> tuple[str, ...]:
    """Where label2id alone names the labels, by which nothing is called."""
    names = {_as_id(number): name for name, number in ids.items() if name not in labels}
    if "0" not in names:
        return ()
    return (
        Message(
            "config.json names its labels in label2id alone: by it the label 0 is {name!r}. They are "
            "shown as {label}, …; write the names into id2label to see them.",
            name=names["0"],
            label=labels[0],
        ),
    )


def _unnamed(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(labels) > 1 and len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        return (
            Message(
                "config.json gives several labels the name {name!r}; they are told apart by their ids.", name=twice
            ),
        )
    return ()


def _open_kind(raw: Mapping[str, Any], count: int) -> tuple[str, ...]:
    """Softmax or sigmoid: with two labels they exclude each other in practice, with more it is a guess."""
    if raw.get("problem_type"):
        return ()
    if count == 1:
        return (
            Message(
                "config.json names no problem_type; with its one label the answer is taken for a number (regression)."
            ),
        )
    if count == 2:
        return ()
    return (
        Message(
            "config.json names no problem_type: its {count} labels are taken to exclude each other "
            '(softmax). If several can be true at once (sigmoid), set `"problem_type": '
            '"multi_label_classification"` there.',
            count=count,
        ),
    )
