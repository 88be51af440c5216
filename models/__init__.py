"""What can be asked of a network; knows nothing of explanations. `load` is the entry point."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from .gguf import is_gguf
from .message import RefusedError
from .prediction import ModelError
from .tasks import TASKS, find_task

if TYPE_CHECKING:
    from .base import TransformerModel
    from .classifier import Classifier
    from .demo_recipe import Listener
    from .encoder import Encoder
    from .generator import Generator
    from .pair_classifier import PairClassifier

__all__ = ["DEMO_BASE", "TASKS", "ModelError", "check", "comparable", "fetch_demo", "load"]

PRECISIONS = ("float32", "bfloat16")
DEMO_BASE = "demo-base"  # the pretrained model that the demo classifier was made of


@overload
def load(
    reference: str, task: Literal["classify"] = "classify", device: str = "cpu", precision: str = "float32"
) -> Classifier: ...


@overload
def load(reference: str, task: Literal["generate"], device: str = "cpu", precision: str = "float32") -> Generator: ...


@overload
def load(reference: str, task: Literal["encode"], device: str = "cpu", precision: str = "float32") -> Encoder: ...


@overload
def load(reference: str, task: Literal["pair"], device: str = "cpu", precision: str = "float32") -> PairClassifier: ...


@overload
def load(reference: str, task: str, device: str = "cpu", precision: str = "float32") -> TransformerModel: ...


def load(reference: str, task: str = "classify", device: str = "cpu", precision: str = "float32") -> TransformerModel:
    """Loads a model to be explained.

    Args:
        reference: `demo` or `demo-zh`, a folder, a .gguf file (for `generate`; converted once), or the id of a model
            on the Hugging Face hub, which is asked only for an id.
        task: a name in TASKS, for example `classify` for a sequence classifier; `encode` for the attention of a network
            alone, whatever head it has or lacks. The `demo` to encode with is the demo classifier's base.
        device: a torch device, for example `cpu` or `cuda`.
        precision: `float32`; or `bfloat16`, faster and less exact, for all but the full and the empty input.

    Raises:
        ModelError: the model can't be had, or is not one that can be explained.
        ValueError: the task, device or precision is unknown.
    """
    check(reference, task, precision)
    from .checkpoint import load_checkpoint
    from .demo import is_demo
    from .hub import find

    folder = fetch_demo(reference, task) if is_demo(reference) else find(reference)
    kind = find_task(task)
    return kind.model_class()(load_checkpoint(folder, _name(reference, task), *kind.heads), device, precision)


def check(reference: str, task: str, precision: str) -> None:
    """Refuses what `load` would, as far as that can be told at once.

    Raises:
        ModelError: a .gguf file is given for a task that does not write, or a demo for another task than its own.
        ValueError: the task or precision is unknown.
    """
    kind = find_task(task)
    if precision not in PRECISIONS:
        raise RefusedError(
            "{name!r} is not a precision; choose one of {known}", name=precision, known=", ".join(PRECISIONS)
        )
    if is_gguf(reference) and "writes" not in kind.capabilities:
        raise ModelError(
            "{file!r} holds a generator, not a classifier; choose the task generate", file=Path(reference).name
        )
    from .demo import find_demo, is_demo

    if is_demo(reference):
        find_demo("classify" if task == "encode" else task, reference)


def comparable(reference: str) -> tuple[str, str]:
    """The reference and the task to load a model with that is compared with a classifier: `encode` where its
    checkpoint names no trained head, and for `demo-base`, the pretrained model that the demo classifier was made of.

    Raises:
        ModelError: the model can't be had.
    """
    from .demo import ENGLISH, is_demo
    from .folder import names_head
    from .hub import find

    if reference == DEMO_BASE:
        return ENGLISH, "encode"
    if is_demo(reference):
        return reference, "classify"
    folder = find(reference)
    return reference, "classify" if names_head(folder, "ForSequenceClassification") else "encode"


def _name(reference: str, task: str) -> str:
    """What people call it: never by a path."""
    if reference == "demo" and task == "encode":
        return DEMO_BASE
    named = Path(reference).expanduser()
    if named.is_dir():
        return named.resolve().name
    return named.name if named.is_file() else reference


def fetch_demo(reference: str, task: str, listener: Listener | None = None) -> Path:
    """Makes a demo model ready, and returns its folder; to encode with `demo`, the base of the demo classifier.

    Args:
        reference: the name of the demo.
        task: what it is for.
        listener: is told of the progress, and may raise to end the work.

    Raises:
        ModelError: it can't be had.
    """
    from .demo import ignore, prepare

    if task == "encode":
        from .finetuning.bases import find_base

        return find_base(reference, "classify", listener or ignore)
    return prepare(listener or ignore, task, reference)
