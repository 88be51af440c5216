"""What can be asked of a network; knows nothing of explanations. `load` is the entry point."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from .gguf import is_gguf
from .prediction import ModelError

if TYPE_CHECKING:
    from .classifier import Classifier
    from .generator import Generator

__all__ = ["TASKS", "ModelError", "check", "load"]

TASKS = ("classify", "generate")
PRECISIONS = ("float32", "bfloat16")


@overload
def load(
    reference: str, task: Literal["classify"] = "classify", device: str = "cpu", precision: str = "float32"
) -> Classifier: ...


@overload
def load(reference: str, task: Literal["generate"], device: str = "cpu", precision: str = "float32") -> Generator: ...


@overload
def load(reference: str, task: str, device: str = "cpu", precision: str = "float32") -> Classifier | Generator: ...


def load(
    reference: str, task: str = "classify", device: str = "cpu", precision: str = "float32"
) -> Classifier | Generator:
    """Loads a model to be explained.

    Args:
        reference: `demo` or `demo-zh`, a folder, a .gguf file (for `generate`; converted once), or the id of a model
            on the Hugging Face hub, which is asked only for an id.
        task: `classify` for a sequence classifier, `generate` for a causal language model.
        device: a torch device, for example `cpu` or `cuda`.
        precision: `float32`; or `bfloat16`, faster and less exact, for all but the full and the empty input.

    Raises:
        ModelError: the model can't be had, or is not one that can be explained.
        ValueError: the task, device or precision is unknown.
    """
    check(reference, task, precision)
    from . import classifier, generator
    from .checkpoint import load_checkpoint
    from .demo import is_demo, prepare
    from .folder import find

    folder = prepare(task=task, reference=reference) if is_demo(reference) else find(reference)
    name = _name(reference)
    if task == "generate":
        return generator.Generator(load_checkpoint(folder, name, generator.SUFFIX), device, precision)
    return classifier.Classifier(load_checkpoint(folder, name, classifier.SUFFIX), device, precision)


def check(reference: str, task: str, precision: str) -> None:
    """Refuses what `load` would, as far as that can be told at once.

    Raises:
        ModelError: a .gguf file is given as a classifier, or a demo for another task than its own.
        ValueError: the task or precision is unknown.
    """
    if task not in TASKS:
        raise ValueError(f"{task!r} is not a task; choose one of {', '.join(TASKS)}")
    if precision not in PRECISIONS:
        raise ValueError(f"{precision!r} is not a precision; choose one of {', '.join(PRECISIONS)}")
    if task == "classify" and is_gguf(reference):
        raise ModelError(f"{Path(reference).name!r} holds a generator, not a classifier; choose the task generate")
    from .demo import find_demo, is_demo

    if is_demo(reference):
        find_demo(task, reference)


def _name(reference: str) -> str:
    """What people call it: never by a path."""
    named = Path(reference).expanduser()
    if named.is_dir():
        return named.resolve().name
    return named.name if named.is_file() else reference
