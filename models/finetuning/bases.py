"""What a fine-tuning begins with: the demo's own pretrained model, a folder, a .gguf file or a hub id."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from sidelight.models import demo_classifier
from sidelight.models.adapter import refuse_adapter
from sidelight.models.assets import AssetError
from sidelight.models.cache import Shelf
from sidelight.models.demo import ENGLISH, DemoError, Listener, Preparing, find_demo, ignore, is_demo, prepare
from sidelight.models.demo_recipe import Clock, fetch_stage
from sidelight.models.folder import read_config
from sidelight.models.hub import find
from sidelight.models.message import Message
from sidelight.models.weights import hash_weights, weight_files

from .request import learns


def find_base(reference: str, task: str, listener: Listener = ignore) -> Path:
    """The folder of a base; `demo` is fetched once and kept beside the demo models.

    Args:
        reference: `demo`, `demo-zh`, a folder, a .gguf file (for `generate`) or a hub id.
        task: a name in TASKS. The base `demo` of what learns labels is the encoder that the demo classifier was made
            of; the other demos are bases as they are.
        listener: is told of the progress of fetching, and may raise to end it.

    Raises:
        ModelError: it can't be had.
    """
    if not is_demo(reference):
        folder = find(reference)
        refuse_adapter(folder)
        read_config(folder)
        return folder
    task = _demo_task(task)
    if (reference, task) != (ENGLISH, "classify"):
        return prepare(listener, task, reference)
    shelf = _shelf()
    folder = demo_classifier.DEMO.folder.with_name(f"{demo_classifier.DEMO.folder.name}-base")

    def waiting() -> None:
        listener(Preparing("wait", 0, 1, "preparation", None))

    try:
        shelf.make(folder, lambda work: _fetch(work, Clock(listener)), waiting)
    except (AssetError, SafetensorError, OSError) as error:
        raise DemoError(
            "the demo base could not be fetched: {error}; or name a model of your own", error=error
        ) from error
    return folder


def describe_base(reference: str, task: str, folder: Path) -> str:
    """What a card says of a base: never a path, but the hash of its weights."""
    task = _demo_task(task)
    if (reference, task) == (ENGLISH, "classify"):
        return demo_classifier.BASE
    named = Path(reference).expanduser()
    if is_demo(reference):
        name: str = Message("the {title}", title=find_demo(task, reference).title)
    else:
        name = named.resolve().name if named.exists() else reference
    return Message("{base} (SHA-256 of the weights {digest})", base=name, digest=hash_weights(weight_files(folder)))


def _demo_task(task: str) -> str:
    """The task of the demo that is the base for a task: of one that learns in the same way."""
    return {"labels": "classify", "writes": "generate"}[learns(task)]


def _shelf() -> Shelf:
    """The demo classifier's own, so that its base goes with it."""
    demo = demo_classifier.DEMO
    return Shelf(demo.name, demo.shelf.pattern, "model.safetensors", Message("the demo base"))


def _fetch(work: Path, clock: Clock) -> Path:
    base = work / "base"
    demo_classifier.extract_base(fetch_stage(demo_classifier.WEIGHTS, "fetch weights", work, clock), base)
    return base
