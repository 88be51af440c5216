"""What a demo model is made by, and how it tells how far that has come."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .assets import Asset, fetch
from .cache import Shelf, home
from .card import FILE
from .message import Message

TELLING = 0.02  # of a stage; what its pace is guessed from at the least

Stage = Literal[
    "wait",
    "fetch weights",
    "fetch reviews",
    "fetch chinese reviews",
    "fetch generator",
    "pretrain",
    "read",
    "train",
    "check",
    "convert",
]


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


class Clock:
    """Hands progress on to a listener, with the seconds that the stage will still take at its pace so far."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._stage: Stage | None = None
        self._start = 0.0

    def __call__(self, stage: Stage, done: float, total: float, unit: str) -> None:
        """Tells of `done` of `total`; a new stage starts the clock anew."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._start = stage, now
        known = done >= TELLING * total > 0  # the first steps are slow, and would promise hours
        left = (now - self._start) * (total - done) / done if known else None
        self._listener(Preparing(stage, done, total, unit, left))


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo model.

    Args:
        name: of its folders, for example `demo-classifier`.
        title: what it is called in messages.
        recipe: raised with every change that makes another model.
        option: what names a model of one's own instead on the command line.
        download: the bytes that are fetched for it.
        minutes: that the rest takes on two cores, about.
        make: fills a work folder and returns the finished model's folder in it, with its card.
    """

    name: str
    title: str
    recipe: int
    option: str
    download: int
    minutes: int
    make: Callable[[Path, Clock], Path]

    @property
    def shelf(self) -> Shelf:
        """Where it is kept, earlier versions of it too."""
        return Shelf(self.name, f"{self.name}-[0-9]*", FILE, Message("the {title}", title=self.title))

    @property
    def folder(self) -> Path:
        """Where it is once it is ready."""
        return home() / f"{self.name}-{self.recipe}"


def fetch_stage(asset: Asset, stage: Stage, work: Path, clock: Clock) -> Path:
    """Fetches a package as a stage of a preparation, into a folder of its own; see `fetch`."""
    return fetch(asset, work / asset.name, lambda done: clock(stage, done, asset.size, "bytes"))
