"""Checkpoints of a training: each is a folder that is whole or not there, so that a killed training can go on."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from safetensors import SafetensorError
from sidelight.models.cache import size_text
from sidelight.models.message import Message

from .request import CHECKPOINT_SECONDS, FinetuneError

NAME = re.compile(r"checkpoint-(\d+)")
STAGING = ".writing"
BEST = "best.safetensors"
WRITE_ERRORS = (OSError, RuntimeError, SafetensorError)  # torch and safetensors each have an error of their own


class Checkpoints:
    """The checkpoints in a folder, of which the last is kept.

    Args:
        folder: where they are, as `checkpoint-STEP`; is made.
        seconds: after so long the next is due; None writes none.
        keep: keeps all of them, and at the end too.
    """

    def __init__(self, folder: Path, seconds: float | None = CHECKPOINT_SECONDS, *, keep: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._seconds = seconds
        self._keep = keep
        self._written = time.monotonic()

    def found(self) -> dict[int, Path]:
        """The whole checkpoints by their step, in its order."""
        named = {NAME.fullmatch(path.name): path for path in self.folder.iterdir() if path.is_dir()}
        return dict(sorted((int(match[1]), path) for match, path in named.items() if match))

    def last(self) -> Path | None:
        """The last whole one."""
        return next(reversed(self.found().values()), None)

    def is_due(self) -> bool:
        """Whether it is time for the next."""
        return self._seconds is not None and time.monotonic() - self._written >= self._seconds

    def write(self, step: int, fill: Callable[[Path], Path]) -> None:
        """Adds one and removes the others.

        Args:
            step: how many steps had been trained.
            fill: is given a new folder, and returns the folder in it that becomes the checkpoint in a single move.

        Raises:
            FinetuneError: it can't be written; the one before is kept.
        """
        target, staging = self.folder / f"checkpoint-{step}", self.folder / STAGING
        if self._seconds is None:
            return
        older = [path for number, path in self.found().items() if number != step]
        if not target.is_dir():
            self.guard(Message("the checkpoint at step {step}", step=step), lambda: _fill(staging, fill, target))
        if not self._keep:
            for path in older:
                _remove(path, staging)
        self._written = time.monotonic()

    def write_best(self, fill: Callable[[Path], Path]) -> None:
        """Keeps weights as the best so far; `fill` as of `write`.

        Raises:
            FinetuneError: they can't be written.
        """
        staging = self.folder / STAGING
        self.guard(Message("the best weights so far"), lambda: _fill(staging, fill, self.folder / BEST))

    def guard(self, what: str, work: Callable[[], None]) -> None:
        """Does work that writes, and says what is kept where it fails.

        Raises:
            FinetuneError: the work failed, as on a full disk.
        """
        try:
            work()
        except WRITE_ERRORS as error:
            shutil.rmtree(self.folder / STAGING, ignore_errors=True)
            free = size_text(shutil.disk_usage(self.folder).free)
            advice = Message("go on with the training") if self.found() else Message("begin anew")
            raise FinetuneError(
                "{subject} can't be written ({cause}); {free} are free; {kept}; free some space and {advice}",
                subject=what,
                cause=str(error).strip().partition(chr(10))[0][:120],
                free=free,
                kept=self.kept(),
                advice=advice,
            ) from error

    def kept(self) -> str:
        """What there is to go on from, for messages."""
        found = self.found()
        return (
            Message("the checkpoint at step {step} is kept", step=max(found))
            if found
            else Message("there is no checkpoint yet")
        )

    def clear(self) -> None:
        """Removes what a finished training needs no more."""
        shutil.rmtree(self.folder / STAGING, ignore_errors=True)
        (self.folder / BEST).unlink(missing_ok=True)
        for path in () if self._keep else self.found().values():
            _remove(path, self.folder / STAGING)


@contextmanager
def kept_in(checkpoints: Checkpoints | None) -> Iterator[Checkpoints]:
    """The checkpoints, or a folder for the time being: Trainer insists on one, even to save nothing."""
    if checkpoints is not None:
        yield checkpoints
        return
    with TemporaryDirectory() as scratch:
        yield Checkpoints(Path(scratch), seconds=None)


def _fill(staging: Path, fill: Callable[[Path], Path], target: Path) -> None:
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    fill(staging).replace(target)
    shutil.rmtree(staging, ignore_errors=True)


def _remove(path: Path, staging: Path) -> None:
    """Removes a checkpoint; a killed removal leaves none that looks whole."""
    shutil.rmtree(staging, ignore_errors=True)
    path.replace(staging)
    shutil.rmtree(staging, ignore_errors=True)
